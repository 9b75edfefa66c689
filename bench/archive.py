"""Documents in a folder, for our program and for Hugo, and what happens to them: they change, come and go."""

import enum
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bench import peer

# A build reads a document by its content if it changed in the two seconds before: its times could be those of an
# earlier change. A reader of news does not build so soon, so each timed build waits. Setting other times with
# `os.utime` would not do, for the time of the last change of the times counts, too.
_SETTLED_SECONDS = 2.5
_TITLE = re.compile(r'^title: "(.*?)(?: – corrected \d+)?"$', re.MULTILINE)
_TEMPLATES = Path(__file__).parent.parent / "templates"
_END = "</body>"


class Change(enum.StrEnum):
    """What happens before a build."""

    COLD = "cold"
    NOTHING = "nothing changed"
    NEWEST = "the newest document changed"
    OLD = "an old document changed"
    ADDED = "a document added"
    DELETED = "a document deleted"
    TEMPLATE = "the template of all pages changed"


@dataclass(slots=True)
class Archive:
    """A site for each program, with the same documents."""

    root: Path
    """Our site: ``seeds/``, ``site.toml``, ``search.toml``, and ``templates/`` once they changed."""
    peer: Path | None
    """The site of Hugo's."""
    names: list[str]
    """The documents that are there, oldest first."""
    coming: list[tuple[str, str]]
    """Documents that will be added."""
    changes: int = 0
    written_at: float = field(default_factory=time.time)

    def make(self, change: Change) -> None:
        """Changes documents or a template, each time in another way."""
        self.changes += 1
        names = self.names
        if change is Change.NEWEST:
            self._correct(names[-1])
        elif change is Change.OLD:
            self._correct(names[len(names) // 2])
        elif change is Change.ADDED:
            self.put(*self.coming.pop(0))
        elif change is Change.DELETED:
            self._drop(names[len(names) // 3])
        elif change is Change.TEMPLATE:
            self._mark()

    def settle(self) -> None:
        """Waits until a build trusts the times of the documents."""
        time.sleep(max(0.0, self.written_at + _SETTLED_SECONDS - time.time()))

    def put(self, name: str, text: str) -> None:
        """Adds a document that is newer than all others."""
        self.names.append(name)
        self._write(name, text)

    def _write(self, name: str, text: str) -> None:
        (self.root / "seeds" / name).write_text(text, encoding="utf-8")
        if self.peer:
            (peer.content(self.peer) / name).write_text(peer.document(text), encoding="utf-8")
        self.written_at = time.time()

    def _correct(self, name: str) -> None:
        text = (self.root / "seeds" / name).read_text(encoding="utf-8")
        self._write(name, _TITLE.sub(rf'title: "\1 – corrected {self.changes}"', text, count=1))

    def _drop(self, name: str) -> None:
        self.names.remove(name)
        (self.root / "seeds" / name).unlink()
        if self.peer:
            (peer.content(self.peer) / name).unlink()

    def _mark(self) -> None:
        """Every page ends in another way from now on."""
        _mark(_TEMPLATES / "base.html", self.root / "templates" / "base.html", self.changes)
        if self.peer:
            _mark(peer.FRAME, peer.frame(self.peer), self.changes)


def prepare(documents: Iterable[tuple[str, str]], count: int, root: Path, *, with_peer: bool) -> Archive:
    """Writes documents into new sites below a folder, and keeps those after the first ``count`` to be added later."""
    ours = root / "digest"
    (ours / "seeds").mkdir(parents=True)
    (ours / "templates").mkdir()
    (ours / "site.toml").write_text('title = "Medical AI Digest"\nsearch = false\n', encoding="utf-8")
    (ours / "search.toml").write_text('title = "Medical AI Digest"\n', encoding="utf-8")
    archive = Archive(root=ours, peer=peer.prepare(root / "hugo") if with_peer else None, names=[], coming=[])
    for number, (name, text) in enumerate(documents):
        if number < count:
            archive.put(name, text)
        else:
            archive.coming.append((name, text))
    return archive


def _mark(template: Path, target: Path, number: int) -> None:
    text = template.read_text(encoding="utf-8")
    assert _END in text, f"{template.name} has no end"  # noqa: S101 - it is ours
    target.write_text(text.replace(_END, f"<!-- {number} -->{_END}"), encoding="utf-8")
