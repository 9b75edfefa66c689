"""Tests of the package ``generator.search``."""
