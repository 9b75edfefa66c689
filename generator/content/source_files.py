"""Scans the source folder for documents, and reads their text."""

import hashlib
import operator
import os
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from generator.content import copies
from generator.errors import Code, Diagnostic, Severity
from generator.util.file_names import composed

SUFFIXES = frozenset({".md", ".markdown", ".txt"})
_ENDINGS = tuple(SUFFIXES)
MAX_BYTES = 4 * 1024 * 1024
"""The size limit of a document. Real ones are far smaller."""
Stamp = tuple[int, int, int]
"""The size of a file in bytes, and the times of its last modification and status change, in nanoseconds."""


class Folder(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The source folder."""

    root: str
    """Its resolved path."""
    above: str
    """Its path as given by the user."""
    on_disk: Mapping[str, str] = {}
    """The names of files that the file system writes in another form of Unicode, by name."""

    def path(self, name: str) -> str:
        """Returns the path of a file in the folder."""
        return f"{self.root}/{self.on_disk.get(name, name)}"

    def named(self, name: str) -> str:
        """Returns the path for diagnostics, below the folder as given. Bytes that are not UTF-8 are escaped."""
        if not name:
            return self.above
        path = name if self.above == "." else f"{self.above.rstrip('/')}/{name}"
        return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()


class SourceFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file with the suffix of a document."""

    name: str
    """The path relative to the source folder, with ``/``, in NFC. Documents are sorted by it."""
    stamp: Stamp


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A source file that has been read."""

    name: str
    """The path relative to the source folder."""
    shown: str
    """The path for diagnostics."""
    text: str
    r"""The text without a byte order mark; lines end with ``\n``."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The result of scanning the source folder."""

    folder: Folder
    files: tuple[SourceFile, ...]
    """The documents, sorted by name."""
    diagnostics: tuple[Diagnostic, ...]
    ignored: tuple[str, ...]
    """The paths of files with other suffixes, for diagnostics. Hidden files and folders are skipped."""
    others: tuple[SourceFile, ...] = ()
    """These files, but for those that are no regular files or outside of the folder, sorted by name."""


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Found)
_NAME = operator.attrgetter("name")


def pack(found: Found) -> bytes | Found:
    """Encodes the result of a scan, to send it to another process. Returns it unchanged if it cannot be encoded."""
    try:
        return _ENCODER.encode(found)
    except UnicodeEncodeError:  # the path of the source folder is not UTF-8
        return found


def unpack(packed: bytes | Found) -> Found:
    """Returns the result of a scan from what :func:`pack` returned."""
    return _DECODER.decode(packed) if isinstance(packed, bytes) else packed


def find(source: Path) -> Found:
    """Scans ``source`` and all folders below it for documents.

    Links to files inside the source folder are followed. Links to files outside are errors, and linked folders are
    skipped with a warning.
    """
    root = Folder(root=str(source.resolve()), above=source.as_posix())
    files: list[SourceFile] = []
    diagnostics: list[Diagnostic] = []
    others: list[tuple[os.DirEntry[str], str]] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(root.path(folder)))
        except OSError as error:
            diagnostics.append(_unreadable(root.named(folder.removesuffix("/")), error))
            continue
        for entry in entries:
            name = folder + entry.name
            if entry.name.startswith("."):
                continue
            if file := _plain_file(entry, name):
                files.append(file)
            elif _is_folder(entry):
                if entry.is_symlink():
                    message = "a linked folder is not searched"
                    remedy = "put the documents into the source folder itself"
                    warning = _diagnostic(
                        root.named(name), Code.LINKED_FOLDER, message, remedy, severity=Severity.WARNING
                    )
                    diagnostics.append(warning)
                else:
                    folders.append(f"{name}/")
            elif not entry.name.lower().endswith(_ENDINGS):
                others.append((entry, name))
            else:
                result = _examine(entry, root, name)
                if isinstance(result, Diagnostic):
                    diagnostics.append(result)
                else:
                    files.append(result)
    regular = [one for entry, name in others if isinstance(one := _examine(entry, root, name), SourceFile)]
    on_disk: dict[str, str] = {}
    files, doubles = _composed(files, root, on_disk)
    diagnostics += doubles
    regular, doubles = _composed(regular, root, on_disk)
    diagnostics += doubles
    files.sort(key=_NAME)
    files, conflicts = _without_conflict_copies(files, root)
    diagnostics += conflicts
    return Found(
        folder=msgspec.structs.replace(root, on_disk=on_disk),
        files=tuple(files),
        diagnostics=tuple(diagnostics),
        ignored=tuple(sorted(root.named(composed(name)) for _, name in others)),
        others=tuple(sorted(regular, key=_NAME)),
    )


def _composed(
    files: list[SourceFile], root: Folder, on_disk: dict[str, str]
) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Gives files names in NFC, and adds those that they have on disk. Of two with one name, reports the second."""
    if all(file.name.isascii() for file in files):
        return files, []
    found: dict[str, SourceFile] = {}
    diagnostics: list[Diagnostic] = []
    for file in sorted(files, key=lambda file: (file.name != composed(file.name), file.name)):
        name = composed(file.name)
        if name in found:
            message = "has the name of another file here, in another form of Unicode: macOS takes the two for one file"
            diagnostics.append(
                _diagnostic(root.named(file.name), Code.ADDRESS_COLLISION, message, "rename or remove one")
            )
            continue
        if name != file.name:
            on_disk[name] = file.name
        found[name] = msgspec.structs.replace(file, name=name)
    return list(found.values()), diagnostics


def _without_conflict_copies(files: list[SourceFile], root: Folder) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Leaves out the copies that a synchronising program made of other documents, with a warning for each."""
    originals = {file.name: original for file in files if (original := copies.original_of_conflict(file.name))}
    if not originals:
        return files, []
    names = {file.name for file in files} - originals.keys()
    diagnostics = [
        _diagnostic(
            root.named(name),
            Code.CONFLICT_COPY,
            f"is a conflict copy of {root.named(original)}, "
            + ("which is used" if original in names else "which does not exist, so the copy is used"),
            "compare the two, and remove the copy" if original in names else "rename it",
            severity=Severity.WARNING,
        )
        for name, original in originals.items()
    ]
    return [file for file in files if originals.get(file.name) not in names], diagnostics


def _plain_file(entry: "os.DirEntry[str]", name: str) -> SourceFile | None:
    """Returns the file if it needs no further checks, as nearly all files do: a document with an ASCII name."""
    if not (name.isascii() and name.lower().endswith(_ENDINGS) and entry.is_file(follow_symlinks=False)):
        return None
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return SourceFile(name, (status.st_size, status.st_mtime_ns, status.st_ctime_ns))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links, a folder that may not be entered
        return False


def _examine(entry: "os.DirEntry[str]", folder: Folder, name: str) -> SourceFile | Diagnostic:
    """Returns the file, or the reason why it is not a document."""
    shown = folder.named(name)
    if not (name.isascii() or name.isprintable()) and name.encode("utf-8", "replace").decode() != name:
        return _diagnostic(shown, Code.UNREADABLE, "has a name that is not UTF-8", "rename the file")
    try:
        if entry.is_symlink() and not Path(entry.path).resolve(strict=True).is_relative_to(folder.root):
            message = "is a link to a file outside the source folder"
            return _diagnostic(shown, Code.OUTSIDE_SOURCE, message, "put a copy of the file here")
        status = entry.stat()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        return _unreadable(shown, error)
    if not stat.S_ISREG(status.st_mode):
        return _diagnostic(shown, Code.NOT_A_FILE, "is no regular file", "remove it from the source folder")
    return SourceFile(name, (status.st_size, status.st_mtime_ns, status.st_ctime_ns))


def fetch(folder: Folder, file: SourceFile) -> bytes | Diagnostic:
    """Returns the bytes of a file, at most ``MAX_BYTES`` + 1, or the reason why it cannot be read."""
    path, size = folder.path(file.name), min(file.stamp[0], MAX_BYTES)
    try:
        # Reading a known number of bytes without a buffer is faster, because files are small.
        with open(path, "rb", buffering=0) as stream:
            data = stream.read(size + 1) or b""
        return data if len(data) == size else _read(path)  # the size has changed since the scan
    except OSError as error:
        return _unreadable(folder.named(file.name), error)


def digest_of(folder: Folder, file: SourceFile) -> bytes | None:
    """Returns the SHA-256 of the bytes that :func:`fetch` returns, or None if the file cannot be read."""
    data = fetch(folder, file)
    return None if isinstance(data, Diagnostic) else hashlib.sha256(data).digest()


def read(path: str, *, name: str, shown: str) -> Document | Diagnostic:
    """Reads and decodes any file; ``shown`` is its path for diagnostics."""
    try:
        return decode(_read(path), name=name, shown=shown)
    except OSError as error:
        return _unreadable(shown, error)


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(MAX_BYTES + 1)


def decode(data: bytes, *, name: str, shown: str) -> Document | Diagnostic:
    """Decodes the bytes of a document, or returns the reason why they are not a text."""
    if len(data) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 1024 // 1024} MiB"
        return _diagnostic(shown, Code.TOO_LARGE, message, "a document is one item of news: shorten it")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _diagnostic(shown, Code.NOT_UTF8, "is UTF-16 and not UTF-8", "save it as UTF-8")
    if b"\0" in data:
        message, remedy = "is a binary file (it holds a NUL byte)", "remove it, or save it as UTF-8 text"
        return _diagnostic(shown, Code.BINARY, message, remedy, _place(data, data.index(b"\0")))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return _diagnostic(shown, Code.NOT_UTF8, message, "save it as UTF-8", _place(data, error.start))
    return Document(name=name, shown=shown, text=text.replace("\r\n", "\n").replace("\r", "\n"))


def _place(data: bytes, offset: int) -> tuple[int, int]:
    """Returns line and column, from 1, of the byte at an offset."""
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head, _, last = before.rpartition(b"\n")
    is_first = b"\n" not in before
    return (1 if is_first else head.count(b"\n") + 2, len(last.decode("utf-8", "replace")) + 1)


def _unreadable(shown: str, error: Exception) -> Diagnostic:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return _diagnostic(shown, Code.UNREADABLE, f"cannot be read: {reason}", "check the file and its rights")


def _diagnostic(
    shown: str,
    code: Code,
    message: str,
    remedy: str,
    place: tuple[int, int] = (1, 1),
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    line, column = place
    return Diagnostic(
        path=shown, line=line, column=column, code=code, severity=severity, message=message, remedy=remedy
    )
