"""Tests of the package ``generator.site``."""
