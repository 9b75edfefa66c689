"""Tests of the package ``generator.commands``."""
