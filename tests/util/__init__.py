"""Tests of the package ``generator.util``."""
