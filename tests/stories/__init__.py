"""Tests of the package ``generator.stories``."""
