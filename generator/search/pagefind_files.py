"""The files of a search index, brought into a form that is the same for the same records.

Pagefind writes the values of a filter, and the list of filters, in the order of a hash map, which differs from run to
run; so do the names of those files, which are hashes, and of the file that refers to them. All else it writes is the
same every time. Its files are CBOR behind a signature, compressed with gzip.

The words of an index lie in chunks, in alphabetical order, of which a browser loads those that may hold a word it looks
for. Pagefind's are of 20 kB whatever a word needs, and every segment has its own; here they are cut into smaller ones.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from generator.util.serialize import gzipped

ENTRY = "pagefind-entry.json"
SCRIPT = "pagefind.js"
_WORKER = "pagefind-worker.js"
_SIGNATURE = b"pagefind_dcd"
_FINGERPRINT = "fingerprint"
# Pages of words in a chunk: 4 to 6 kB.
_CHUNK = 1500

Files = Mapping[str, bytes]
"""Bytes by name below a folder."""


class UnknownFormatError(Exception):
    """The indexer wrote what this module does not know."""


def segment(files: Files, *, fingerprint: str) -> dict[str, bytes]:
    """The files of a segment that a browser needs beside those of the engine.

    Raises:
        UnknownFormatError: the files are not as expected.
    """
    try:
        return _segment(files, fingerprint)
    except (KeyError, ValueError, TypeError, AttributeError, OSError, EOFError) as error:
        raise UnknownFormatError(f"{type(error).__name__}: {error}") from error


def engine(files: Files, *, fingerprint: str) -> dict[str, bytes]:
    """The files that all segments share, and an index without records for them to be merged into.

    Args:
        files: of any index in the site's language.
        fingerprint: of the engine.

    Raises:
        UnknownFormatError: the files are not as expected.
    """
    try:
        entry = json.loads(files[ENTRY])
        ((language, about),) = entry["languages"].items()
        wasm = f"wasm.{about['wasm'] or 'unknown'}.pagefind"
        empty = _pack([entry["version"], [], [], [], [], []])
        name = _name(language, empty)
        return {
            SCRIPT: files[SCRIPT],
            _WORKER: files[_WORKER],
            wasm: files[wasm],
            f"pagefind.{name}.pf_meta": gzipped(empty),
            ENTRY: _entry(entry, language, about | {"hash": name, "page_count": 0}, fingerprint),
        }
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnknownFormatError(f"{type(error).__name__}: {error}") from error


def fingerprint_of(entry: bytes) -> str:
    """The fingerprint in an entry file that this module wrote; nothing in any other."""
    try:
        found = json.loads(entry)[_FINGERPRINT]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def _segment(files: Files, fingerprint: str) -> dict[str, bytes]:
    entry = json.loads(files[ENTRY])
    ((language, about),) = entry["languages"].items()
    version, pages, chunks, filters, sorts, fields = _unpack(files[f"pagefind.{about['hash']}.pf_meta"])
    kept = {name: data for name, data in files.items() if name.startswith("fragment/")}
    cut = []
    for _first, _last, old in chunks:
        (words,) = _unpack(files[f"index/{old}.pf_index"])
        for part in _cut(words):
            data = _pack([part])
            name = _name(language, data)
            kept[f"index/{name}.pf_index"] = gzipped(data)
            cut.append([part[0][0], part[-1][0], name])
    named = []
    for label, old in sorted(filters):
        same_label, values = _unpack(files[f"filter/{old}.pf_filter"])
        data = _pack([same_label, sorted([value, sorted(numbers)] for value, numbers in values)])
        name = _name(language, data)
        kept[f"filter/{name}.pf_filter"] = gzipped(data)
        named.append([label, name])
    meta = _pack([version, pages, cut, named, sorted(sorts), fields])
    name = _name(language, meta)
    kept[f"pagefind.{name}.pf_meta"] = gzipped(meta)
    kept[ENTRY] = _entry(entry, language, about | {"hash": name}, fingerprint)
    return kept


def _cut(words: list[Any]) -> Iterator[list[Any]]:
    """Cuts a chunk where it has enough; a word is its text, its pages and its variants."""
    part: list[Any] = []
    size = 0
    for word in words:
        part.append(word)
        size += len(word[1])
        if size >= _CHUNK:
            yield part
            part, size = [], 0
    if part:
        yield part


def _entry(entry: dict[str, Any], language: str, about: dict[str, Any], fingerprint: str) -> bytes:
    return json.dumps(entry | {"languages": {language: about}, _FINGERPRINT: fingerprint}, sort_keys=True).encode()


def _unpack(data: bytes) -> Any:  # noqa: ANN401 - whatever is in it is checked where it is taken apart
    data = gzip.decompress(data)
    if not data.startswith(_SIGNATURE):
        raise ValueError("there is no signature")
    import cbor2  # noqa: PLC0415 - pages need no more of this module than names

    try:
        return cbor2.loads(data[len(_SIGNATURE) :])
    except cbor2.CBORDecodeError as error:
        raise ValueError(str(error)) from error


def _pack(value: object) -> bytes:
    import cbor2  # noqa: PLC0415 - the same

    return _SIGNATURE + cbor2.dumps(value)


def _name(language: str, data: bytes) -> str:
    return f"{language}_{hashlib.blake2b(data, digest_size=5).hexdigest()}"
