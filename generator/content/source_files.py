"""The source folder: which files are documents, and their text."""

import hashlib
import operator
import os
import stat
from pathlib import Path

import msgspec

from generator.errors import Code, Diagnostic, Severity

SUFFIXES = frozenset({".md", ".markdown", ".txt"})
_ENDINGS = tuple(SUFFIXES)
MAX_BYTES = 4 * 1024 * 1024
"""The largest real document has 143 kB; 4 MiB is a robot's accident, not news."""


Stamp = tuple[int, int, int]
"""A file's size in bytes and the times of its last modification and change, in nanoseconds."""


class Folder(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A source folder."""

    root: str
    """Its path, without links."""
    above: str
    """As the user gave it."""

    def path(self, name: str) -> str:
        """Where a file in it is."""
        return f"{self.root}/{name}"

    def named(self, name: str) -> str:
        """How problems name what is in it: as the user named the folder; what is no UTF-8 in it is escaped."""
        if not name:
            return self.above
        path = name if self.above == "." else f"{self.above.rstrip('/')}/{name}"
        return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()


class SourceFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file that should be a document."""

    name: str
    """Relative to the source folder, with ``/``; sorts the documents."""
    stamp: Stamp


class Document(msgspec.Struct, frozen=True, kw_only=True):
    r"""A file's text: UTF-8 decoded, without a byte order mark, lines ended by ``\\n``."""

    name: str
    shown: str
    text: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a source folder holds."""

    folder: Folder
    files: tuple[SourceFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    ignored: tuple[str, ...]
    """Files that are no documents by their ending (hidden files and folders are not even looked at)."""


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Found)
_NAME = operator.attrgetter("name")


def pack(found: Found) -> bytes | Found:
    """What was found, for the way between processes."""
    try:
        return _ENCODER.encode(found)
    except UnicodeEncodeError:  # the source folder's own path is no UTF-8
        return found


def unpack(packed: bytes | Found) -> Found:
    """What was packed."""
    return _DECODER.decode(packed) if isinstance(packed, bytes) else packed


def find(source: Path) -> Found:
    """Looks for documents in all folders below ``source``, in the order of their names.

    Links to files inside the source folder are read, links out of it are errors; linked folders are not entered.
    """
    of = Folder(root=str(source.resolve()), above=source.as_posix())
    files: list[SourceFile] = []
    diagnostics: list[Diagnostic] = []
    ignored: list[str] = []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(of.path(folder)))
        except OSError as error:
            diagnostics.append(_unreadable(of.named(folder.removesuffix("/")), error))
            continue
        for entry in entries:
            name = folder + entry.name
            if entry.name.startswith("."):
                continue
            if file := _plain(entry, name):
                files.append(file)
            elif _is_folder(entry):
                if entry.is_symlink():
                    diagnostics.append(_linked(of.named(name)))
                else:
                    waiting.append(f"{name}/")
            elif not entry.name.lower().endswith(_ENDINGS):
                ignored.append(of.named(name))
            else:
                found = _examine(entry, of, name)
                if isinstance(found, Diagnostic):
                    diagnostics.append(found)
                else:
                    files.append(found)
    return Found(
        folder=of,
        files=tuple(sorted(files, key=_NAME)),
        diagnostics=tuple(diagnostics),
        ignored=tuple(sorted(ignored)),
    )


def _plain(entry: "os.DirEntry[str]", name: str) -> SourceFile | None:
    """The file, if there is nothing about it that would have to be looked at, as with nearly all."""
    if not (name.isascii() and name.lower().endswith(_ENDINGS) and entry.is_file(follow_symlinks=False)):
        return None
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return SourceFile(name, (found.st_size, found.st_mtime_ns, found.st_ctime_ns))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links, a folder that may not be entered
        return False


def _linked(shown: str) -> Diagnostic:
    return Diagnostic(
        path=shown,
        code=Code.LINKED_FOLDER,
        severity=Severity.WARNING,
        message="a linked folder is not searched",
        remedy="put the documents into the source folder itself",
    )


def _examine(entry: "os.DirEntry[str]", folder: Folder, name: str) -> SourceFile | Diagnostic:
    """The file, or why it is none to read."""
    shown = folder.named(name)
    if not (name.isascii() or name.isprintable()) and name.encode("utf-8", "replace").decode() != name:
        return Diagnostic(
            path=shown,
            code=Code.UNREADABLE,
            message="has a name that is not UTF-8",
            remedy="rename the file",
        )
    try:
        if entry.is_symlink() and not Path(entry.path).resolve(strict=True).is_relative_to(folder.root):
            return Diagnostic(
                path=shown,
                code=Code.OUTSIDE_SOURCE,
                message="is a link to a file outside the source folder",
                remedy="put a copy of the file here",
            )
        found = entry.stat()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        return _unreadable(shown, error)
    if not stat.S_ISREG(found.st_mode):
        return Diagnostic(
            path=shown,
            code=Code.NOT_A_FILE,
            message="is no regular file",
            remedy="remove it from the source folder",
        )
    return SourceFile(name, (found.st_size, found.st_mtime_ns, found.st_ctime_ns))


def fetch(folder: Folder, file: SourceFile) -> bytes | Diagnostic:
    """The file's bytes, of a file that is too large one more than it may have; or why they cannot be had."""
    path, size = folder.path(file.name), min(file.stamp[0], MAX_BYTES)
    try:
        # Without a buffer for what might be, which is a thousand times as large as what is.
        with open(path, "rb", buffering=0) as stream:
            data = stream.read(size + 1) or b""
        return data if len(data) == size else _all_of(path)  # it has changed meanwhile
    except OSError as error:
        return _unreadable(folder.named(file.name), error)


def digest_of(folder: Folder, file: SourceFile) -> bytes | None:
    """Returns the SHA-256 of a file's bytes, as far as a document may be long; None where they cannot be read."""
    data = fetch(folder, file)
    return None if isinstance(data, Diagnostic) else hashlib.sha256(data).digest()


def read(path: str, *, name: str, shown: str) -> Document | Diagnostic:
    """The text of any file, or why it has none."""
    try:
        return decode(_all_of(path), name=name, shown=shown)
    except OSError as error:
        return _unreadable(shown, error)


def _all_of(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(MAX_BYTES + 1)


def decode(data: bytes, *, name: str, shown: str) -> Document | Diagnostic:
    """Turns the bytes of a document into its text, or says what they are instead."""
    if len(data) > MAX_BYTES:
        return Diagnostic(
            path=shown,
            code=Code.TOO_LARGE,
            message=f"is larger than {MAX_BYTES // 1024 // 1024} MiB",
            remedy="a document is one item of news: shorten it",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Diagnostic(path=shown, code=Code.NOT_UTF8, message="is UTF-16 and not UTF-8", remedy="save it as UTF-8")
    if b"\0" in data:
        line, column = _place(data, data.index(b"\0"))
        return Diagnostic(
            path=shown,
            line=line,
            column=column,
            code=Code.BINARY,
            message="is a binary file (it holds a NUL byte)",
            remedy="remove it, or save it as UTF-8 text",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(data, error.start)
        return Diagnostic(
            path=shown,
            line=line,
            column=column,
            code=Code.NOT_UTF8,
            message=f"byte 0x{data[error.start]:02x} is not UTF-8",
            remedy="save it as UTF-8",
        )
    return Document(name=name, shown=shown, text=_with_plain_ends(text))


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _place(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a byte."""
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head, _, last = before.rpartition(b"\n")
    is_first = b"\n" not in before
    return (1 if is_first else head.count(b"\n") + 2, len(last.decode("utf-8", "replace")) + 1)


def _unreadable(shown: str, error: Exception) -> Diagnostic:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Diagnostic(
        path=shown,
        code=Code.UNREADABLE,
        message=f"cannot be read: {reason}",
        remedy="check the file and its rights",
    )
