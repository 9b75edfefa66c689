"""Tests of the package ``generator.errors``."""
