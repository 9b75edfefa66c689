"""Sites of other programs are hostile, too: what ``digest import`` writes is clean, and what it says."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.util import weburls
from generator.util.text import repair
from tests.security.test_attacks import COMMANDS, IN_NAMES, assert_plain
from tests.support.attacks import ADDRESSES, ALIASES, BREAKOUTS, CANARY, SLUGS, TEXTS
from tests.support.making import SiteFolder, read, run

BASE = "https://old.example/"
PROGRAMS = ("jekyll", "hugo", "pelican")
_TITLES = {
    "jekyll": ("_config.yml", "title", "permalink", "/:categories/:slug/"),
    "hugo": ("hugo.json", "title", "permalinks", {"posts": "/:title/:slug/"}),
    "pelican": ("pelicanconf.py", "SITENAME", "ARTICLE_URL", "{category}/{slug}/"),
}
_FOLDERS = {"jekyll": "_posts", "hugo": "content/posts", "pelican": "content"}


class OldSiteFolder:
    """A site of another program, whose folder has a name of commands to a terminal, and an import of it."""

    def __init__(self, root: Path, program: str, title: str) -> None:
        self.new = SiteFolder(root / "new")
        self._into = root / f"into{IN_NAMES}"
        self._folder = root / f"old{IN_NAMES}"
        self._program = program
        name, *settings, template = _TITLES[program]
        values = dict(zip(settings, (title, template), strict=True))
        text = "".join(f"{key} = {value!r}\n" for key, value in values.items())
        self._write(name, text if name.endswith(".py") else json.dumps(values))

    def add(self, name: str, body: str = "Words.", **fields: Any) -> None:
        """Writes a post; values that are lists have one entry."""
        if self._program == "pelican":
            lines = (f"{key}: {value[0] if isinstance(value, list) else value}\n" for key, value in fields.items())
            text = f"{''.join(lines)}\n{body}\n"
        else:
            text = f"---\n{yaml.safe_dump(fields)}---\n{body}\n"
        self._write(f"{_FOLDERS[self._program]}/{name}", text)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def imported(self, code: int, base_url: str = BASE) -> tuple[dict[str, Mapping[str, Any]], str]:
        """Runs ``digest import``; returns the fields of each document, with its body, and what was said."""
        found, *said = run(
            "import", str(self._folder), "--from", self._program, "--into", str(self._into), "--base-url", base_url,
            "--config", str(self.new.root / "site.toml"),
        )  # fmt: skip
        assert found == code, said
        assert_plain(*said)
        documents = {}
        for path in sorted(self._into.rglob("*")):
            assert path.parent == self._into
            assert re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z0-9]+(-[a-z0-9]+)*\.md", path.name)
            text = path.read_text(encoding="utf-8")
            assert read(text, path.name).item
            _, front, body = text.split("---\n", 2)
            documents[path.name] = yaml.safe_load(front) | {"body": body}
        return documents, "".join(said)


@pytest.mark.parametrize("with_slug", [True, False])
@pytest.mark.parametrize("program", PROGRAMS)
def test_documents_of_old_posts_are_clean(tmp_path: Path, program: str, *, with_slug: bool) -> None:
    """Texts of posts and of the configuration are one clean line each; names are made of letters and hyphens."""
    title = f"Old {COMMANDS}"
    old = OldSiteFolder(tmp_path, program, title)
    # What ends a tag of Pelican, or makes a file binary, is left out.
    texts = {f"2025-03-{number + 1:02}": re.sub("[,;\0]", "", text) for number, text in enumerate(TEXTS.values())}
    for day, text in texts.items():
        old.add(
            f"{day}-{IN_NAMES if with_slug else '...'} <b>.md",
            "One\ntwo &amp;amp;#27;[2J",
            title=text,
            date=day,
            tags=[text],
            category=[text],
            **({"slug": text} if with_slug else {}),
            **({"description": text} if with_slug else {}),
        )
    documents, _ = old.imported(0)
    assert len(documents) == len(texts)
    for name, values in documents.items():
        text = repair(texts[name[:10]])
        assert values["title"] == text
        assert values["excerpt"] == (text if with_slug else "One two [2J")
        assert values["topics"] == [text]
        assert values["provider"] == {"name": repair(title)}
        assert re.fullmatch(r"https://old\.example/([\w.-]+/)+", values["webUrl"])
        address = values["webUrl"].removeprefix(BASE[:-1])
        assert values.get("aliases") == (None if "/." in address else [address])


@pytest.mark.parametrize("program", PROGRAMS)
def test_names_of_documents_without_letters(tmp_path: Path, program: str) -> None:
    """Where neither a slug nor a file name has any, the title gives some, whatever is in it."""
    old = OldSiteFolder(tmp_path, program, "Old")
    for number, slug in enumerate(slug.replace("\0", "") for slug in SLUGS):
        old.add(f"2025-03-{number + 1:02}-\u2026.md", title=f"x {slug}", date=f"2025-03-{number + 1:02}", slug="\u2026")
    documents, _ = old.imported(0)
    assert len(documents) == len(SLUGS)


def test_former_addresses_of_old_posts(tmp_path: Path) -> None:
    """Those that are none are not kept; others are, as they are read, and links to them lead to the document."""
    old = OldSiteFolder(tmp_path, "hugo", "Old")
    old.add("one.md", title="One", date="2025-03-14", aliases=[*ALIASES, "/Old%20Page"])
    old.add("two.md", "[x](/Old%20Page) [y](javascript:__pwned(1))", title="Two", date="2025-03-14")
    documents, said = old.imported(0)
    one, two = documents.values()
    assert one["aliases"] == ["/one/one/", "/Old Page/"]
    assert said.count(" is not kept: it ") == len(ALIASES)
    assert two["body"] == "[x](/2025/03/14/one/) [y](javascript:__pwned(1))\n"


def test_old_sites_are_at_addresses_of_the_web(tmp_path: Path) -> None:
    """Another is asked for; what could end an attribute is encoded."""
    old = OldSiteFolder(tmp_path, "hugo", "Old")
    old.add("one.md", title="One", date="2025-03-14")
    for address in ADDRESSES:
        assert old.imported(2, address)[0] == {}
    (document,) = old.imported(0, BREAKOUTS[0])[0].values()
    assert document["webUrl"].startswith(weburls.clean(BREAKOUTS[0]))


def test_old_posts_that_link_to_no_address_of_the_web(tmp_path: Path) -> None:
    """They are errors, and none of them is imported."""
    old = OldSiteFolder(tmp_path, "hugo", "Old")
    for number, address in enumerate(ADDRESSES):
        old.add(f"{number}.md", title="One", date="2025-03-14", link=address)
    assert old.imported(1)[0] == {}


def test_fields_of_old_posts_that_are_no_names_are_not_quoted(tmp_path: Path) -> None:
    """What is no name may be a piece of a value."""
    old = OldSiteFolder(tmp_path, "hugo", "Old")
    old.add("one.md", title="One", date="2025-03-14", **{f"{CANARY}=": "x", COMMANDS: "x"})
    _, said = old.imported(0)
    assert said.count("a key (not shown) is not imported") == 1
    assert CANARY not in said
