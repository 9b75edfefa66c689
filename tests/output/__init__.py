"""Tests of the package ``generator.output``."""
