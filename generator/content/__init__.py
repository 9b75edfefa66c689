"""Reads source files into items and own pages, and items into the collection with its topics, sources and days."""
