"""Hostile documents, from the field to every page, feed and message."""
