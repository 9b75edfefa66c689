"""Tests of the package ``generator.content``."""
