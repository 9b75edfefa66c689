"""A page of each type of a built site."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

QUERY = "artificial intelligence in healthcare"


def pages(output: Path) -> Iterator[tuple[str, str]]:
    """Names and addresses of pages, one of each type: the one with the most on it."""
    yield "front", "/"
    stories = _read(output, "story/*/*/*/*")
    items = _read(output, "[0-9]*/*/*/*")
    for name, texts, size in (
        ("story", stories, _count('class="report"')),
        ("story-copies", stories, _count("<details")),
        ("item-pictured", items, lambda text: len(text) * ("<figure>" in text)),
        ("item-bare", items, lambda text: len(text) * ("<figure>" not in text)),
        ("day", _read(output, "[0-9]*/*/*"), len),
        ("month", _read(output, "[0-9]*/*"), len),
        ("year", _read(output, "[0-9]*"), len),
        ("week", _read(output, "digest/*"), len),
        ("topic", _read(output, "topics/*"), len),
        ("source", _read(output, "sources/*"), len),
    ):
        largest = max(texts, key=lambda address: size(texts[address]), default=None)
        if largest and size(texts[largest]):
            yield name, largest
    for name, address in (("weeks", "digest"), *((name, name) for name in ("archive", "topics", "sources", "about"))):
        yield name, f"/{address}/"
    if Path(output, "search").exists():
        yield "search", f"/search/?{urlencode({'q': QUERY})}"
    yield "404", "/404.html"


def _read(output: Path, pattern: str) -> dict[str, str]:
    """Texts by address, without redirects."""
    texts = {path.parent: path.read_text(encoding="utf-8") for path in sorted(output.glob(f"{pattern}/index.html"))}
    return {f"/{path.relative_to(output).as_posix()}/": text for path, text in texts.items() if not is_redirect(text)}


def is_redirect(text: str) -> bool:
    """Whether a page only leads to another."""
    return 'http-equiv="refresh"' in text


def _count(part: str) -> Callable[[str], int]:
    return lambda text: text.count(part)
