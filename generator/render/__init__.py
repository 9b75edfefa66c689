"""Turns planned pages into bytes: HTML by Jinja, feeds, sitemaps and JSON-LD by writers of their own."""
