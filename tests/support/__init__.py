"""What the tests share: sites and documents to build, attacks, servers, a browser."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
"""The checkout."""
