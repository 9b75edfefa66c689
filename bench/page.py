"""Writes what was measured into ``docs/performance.md``, between two comments; the rest of it is written by hand."""

from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def show(name: str, lines: Sequence[str], page: Path = PAGE) -> None:
    """Prints lines, and writes them into the page where that has a place of the name."""
    print("\n".join(lines))
    changed = replaced(page.read_text(encoding="utf-8"), name, lines)
    if changed is None:
        print(f"\n{page.name} has no place for {name}\n")
    else:
        page.write_text(changed, encoding="utf-8")
        print(f"\nwritten to {page.name}\n")


def replaced(text: str, name: str, lines: Sequence[str]) -> str | None:
    """A text with lines between the two comments of that name; None if it has no such place."""
    opening, closing = f"<!-- measured: {name} -->", f"<!-- end of {name} -->"
    before, _, rest = text.partition(opening)
    _, found, after = rest.partition(closing)
    return "\n".join([before + opening, "", *lines, "", closing + after]) if found else None
