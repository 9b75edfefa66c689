"""Reads source files into items, and items into the collection with its topics, sources and days."""
