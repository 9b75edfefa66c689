"""The names that ``hooks.py`` of a site may import; ``docs/hooks.md`` describes them. The program does not use them."""

from msgspec import Struct
from msgspec.structs import replace

from generator.content import urls
from generator.content.aliases import Alias
from generator.content.model import Article, Image, Item, Provider
from generator.content.urls import Address
from generator.site.cards import item_link
from generator.site.context import PlanContext
from generator.site.page import Page
from generator.site.views import Card, CountedLink, Head, Link, Picture, Section, Time

__all__ = [
    "Address",
    "Alias",
    "Article",
    "Card",
    "CountedLink",
    "Head",
    "Image",
    "Item",
    "Link",
    "Page",
    "Picture",
    "PlanContext",
    "Provider",
    "Section",
    "Struct",
    "Time",
    "item_link",
    "replace",
    "urls",
]
