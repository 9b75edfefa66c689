"""Tests of the package ``generator.config``."""
