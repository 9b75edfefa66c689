"""Recognises a built site whose ``base_url`` is a placeholder, such as ``https://example.org/``."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import click

from generator.content import urls
from generator.util.text import printable

_LOCATION = re.compile(rb"<loc>([^<]+?)/sitemaps/")
# RFC 2606 and RFC 6761 reserve these names for documentation, tests and the local machine.
_RESERVED = re.compile(r"(.*\.)?(example\.(com|net|org)|example|test|invalid|localhost)|127\..*|\[?::1]?")


def base_url_of(output: Path) -> str:
    """Returns the base URL that a site was built for, read from its sitemap; ``""`` if the sitemap does not say."""
    try:
        location = _LOCATION.search((output / urls.file_path(urls.SITEMAP)).read_bytes())
    except OSError:
        location = None
    return f"{location[1].decode(errors='replace')}/" if location else ""


def is_placeholder(url: str) -> bool:
    """Whether the host of a URL is reserved, so that no public site can have it."""
    return _RESERVED.fullmatch(urlsplit(url).hostname or "") is not None


def warn_of_placeholder(output: Path) -> None:
    """Prints a warning if a site that is about to be published was built for a placeholder."""
    if is_placeholder(base_url := base_url_of(output)):
        message = f"the site was built for {base_url}, and its feeds, sitemaps and canonical links lead there"
        remedy = "set base_url in site.toml, or build with --base-url"
        click.echo(click.style("warning: ", fg="yellow") + printable(f"{message} ({remedy})"), err=True)
