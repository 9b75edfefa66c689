"""Helpers without knowledge of the site: text, dates, files, hashing, HTTP, worker processes."""
