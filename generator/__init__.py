"""A static site generator for a medical-AI news digest.

One way through, and a module for each station::

    sources -> items -> digest -> pages -> render -> tree

``build`` is that picture as code; ``cli`` is its edge to the world. ``docs/architecture.md`` has the layers.
"""

__version__ = "0.1.0"
