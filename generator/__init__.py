"""A static site generator for a medical-AI news digest.

A build scans the documents, loads those that changed, clusters them into stories, plans every page, renders the pages
that changed, and publishes them. ``docs/architecture.md`` describes the packages.
"""

__version__ = "0.1.0"
