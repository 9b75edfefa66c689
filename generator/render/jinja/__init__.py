"""Compiles templates into faster code."""
