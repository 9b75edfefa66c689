"""Tests of the package ``generator.render``."""
