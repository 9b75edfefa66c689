"""Makes documents and sites for tests."""

import contextlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import click
import yaml
from msgspec import structs

from generator.cache.document_keys import DocumentKeys
from generator.commands import cli
from generator.config.options import Tuning
from generator.content import publishers
from generator.content.model import Item
from generator.content.parse import Parsed, parse
from generator.content.source_files import Document
from generator.content.words import words_key
from generator.output.tree import MANIFEST
from generator.util import hashing

NOW = "2026-01-01T00:00:00Z"
JOBS = 1
"""The number of processes of a build, unless a test says otherwise."""


@contextlib.contextmanager
def small_sizes(**sizes: Any) -> Iterator[None]:
    """Builds with small sizes, so that few documents fill several blocks, and checks every cached result."""
    tuning = Tuning(**{"block": 4, "is_verifying": True} | sizes)
    with mock.patch("generator.config.options.TUNING", tuning):
        yield


def fields(**changes: Any) -> dict[str, Any]:
    """The fields of a valid document; ``None`` removes one."""
    values: dict[str, Any] = {
        "category": "news",
        "title": "Model reads chest films",
        "excerpt": "A model found what two readers had missed.",
        "publishedDateTime": "2025-03-14T09:30:00Z",
        "webUrl": "https://news.example.org/2025/chest-films.html",
        "type": "article",
        "quality": 40,
        "heat": -1,
        "published": False,
        "provider": {"name": "Example News", "domain": "news.example.org"},
        "topics": ["Radiology", "AI"],
        "secured": "c2VjcmV0IHRleHQ=;bm9uY2U=",
    }
    return {key: value for key, value in (values | changes).items() if value is not None}


def document(body: str = "", **changes: Any) -> str:
    """The text of a valid document."""
    return f"---\n{yaml.safe_dump(fields(**changes), sort_keys=False, allow_unicode=True)}---\n{body}"


def read(text: str, name: str = "2025-03-14-chest-films.md", base_path: str = "") -> Parsed:
    """Parses a document's text."""
    source = Document(name=name, shown=f"seeds/{name}", text=text)
    return parse(source, publishers=publishers.shipped(), base_path=base_path)


def keys_of(items: Iterable[Item]) -> dict[str, DocumentKeys]:
    """Returns the keys of the documents of items, by name."""
    return {
        item.name: DocumentKeys(
            core=hashing.blake2_of_value(structs.replace(item, related=())),
            related=hashing.blake2_of_value(tuple(item.related)),
            words=words_key(item),
        )
        for item in items
    }


def entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An entry of a ``related`` list."""
    values = {
        "title": f"Related article {number}",
        "excerpt": "Another view.",
        "publishedDateTime": "2025-03-13T08:00:00Z",
        "webUrl": f"https://other.example.net/{number}",
        "type": "article",
        "provider": {"name": "Other", "domain": "other.example.net"},
        "quality": 20,
    } | changes
    return {key: value for key, value in values.items() if value is not None}


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line did."""

    code: int
    stdout: str
    stderr: str
    report: dict[str, Any]

    def codes(self) -> list[str]:
        """The codes of the reported problems."""
        return [diagnostic["code"] for diagnostic in self.report["problems"]]


def _toml(key: str, value: object) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}\n"


@dataclass
class SiteFolder:
    """A site in a temporary folder."""

    root: Path
    settings: Mapping[str, Any] = field(
        default_factory=lambda: {"title": "Test Digest", "base_url": "https://example.org/"}
    )

    def __post_init__(self) -> None:
        (self.root / "seeds").mkdir(parents=True, exist_ok=True)
        self.configure(**self.settings)

    @property
    def output(self) -> Path:
        return self.root / "output"

    def configure(self, **settings: Any) -> None:
        """Writes ``site.toml``. A dictionary is a table, a list of dictionaries a list of tables."""
        lines, tables = [], []  # a table comes after the settings outside of it
        for key, value in settings.items():
            if isinstance(value, dict):
                entries, header = [value], f"[{key}]\n"
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                entries, header = value, f"[[{key}]]\n"
            else:
                lines.append(_toml(key, value))
                continue
            for entry in entries:
                tables += [header, *(_toml(name, one) for name, one in entry.items())]
        (self.root / "site.toml").write_text("".join(lines + tables), encoding="utf-8")

    def add(self, name: str, text: str | None = None, **changes: Any) -> Path:
        """Writes a document; without a text, a valid one with an address of its own."""
        path = self.root / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            changes.setdefault("webUrl", f"https://news.example.org/{name}")
            text = document(**changes)
        path.write_text(text, encoding="utf-8")
        return path

    def write(self, name: str, text: str) -> Path:
        """Writes any file of the site."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def arguments(self, *more: str) -> list[str]:
        return [
            "build", "--source", str(self.root / "seeds"), "--output", str(self.output),
            "--config", str(self.root / "site.toml"), "--now", NOW, "--jobs", str(JOBS), *more,
        ]  # fmt: skip

    def build(self, *more: str) -> Outcome:
        """Runs ``digest build`` in this process."""
        report = self.root / "report.json"
        report.unlink(missing_ok=True)
        code, stdout, stderr = run(*self.arguments("--report", str(report), *more))
        return Outcome(code, stdout, stderr, json.loads(report.read_text()) if report.exists() else {})

    def files(self) -> dict[str, bytes]:
        """The published files by name."""
        return published(self.output)

    def page(self, address: str) -> str:
        """The text of a page."""
        path = self.output / (address.lstrip("/") + ("index.html" if address.endswith("/") else ""))
        return path.read_text(encoding="utf-8")


def published(output: Path) -> dict[str, bytes]:
    """Returns the files of a built site by path, without the list of these files."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != MANIFEST and ".digest" not in path.relative_to(output).parts
    }


def command_named(name: str) -> click.Command:
    """A command of the command line by its name."""
    found = cli.cli.get_command(click.Context(cli.cli), name)
    assert found
    return found


def run(*arguments: str) -> tuple[int, str, str]:
    """Runs the command line in this process; returns exit code, stdout and stderr."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        code = cli.run(list(arguments))
    return code, stdout.getvalue(), stderr.getvalue()
