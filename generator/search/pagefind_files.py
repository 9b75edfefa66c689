"""Rewrites the files of a Pagefind index so that equal records give equal bytes.

Pagefind writes the filters and the values of each filter in the order of a hash map, which differs from run to run.
The names of these files, which are hashes, and the file that refers to them differ with it. All other files are the
same in every run. The files are CBOR after a signature, compressed with gzip.

The words of an index are in chunks, in alphabetical order, and a browser loads the chunks that may contain the words of
a query, from every segment. The chunks are split into smaller ones, so that it loads less.
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
# Counted in pages that contain the words of a chunk.
_CHUNK_SIZE = 1500

Files = Mapping[str, bytes]
"""Contents of files by their names below a folder."""


class UnknownFormatError(Exception):
    """Pagefind wrote files that this module cannot read."""


def segment(files: Files, *, fingerprint: str) -> dict[str, bytes]:
    """Returns the files of a segment that a browser needs besides the engine.

    Raises:
        UnknownFormatError: the files have another format.
    """
    try:
        return _segment(files, fingerprint)
    except (KeyError, ValueError, TypeError, AttributeError, OSError, EOFError) as error:
        raise UnknownFormatError(f"{type(error).__name__}: {error}") from error


def engine(files: Files, *, fingerprint: str) -> dict[str, bytes]:
    """Returns the files of the engine: the scripts that all segments share, and an empty index to merge them into.

    Raises:
        UnknownFormatError: the files have another format.
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


def _segment(files: Files, fingerprint: str) -> dict[str, bytes]:
    entry = json.loads(files[ENTRY])
    ((language, about),) = entry["languages"].items()
    version, pages, chunks, filters, sorts, fields = _unpack(files[f"pagefind.{about['hash']}.pf_meta"])
    result = {name: data for name, data in files.items() if name.startswith("fragment/")}
    new_chunks = []
    for _first, _last, old_name in chunks:
        (words,) = _unpack(files[f"index/{old_name}.pf_index"])
        for part in _split(words):
            data = _pack([part])
            name = _name(language, data)
            result[f"index/{name}.pf_index"] = gzipped(data)
            new_chunks.append([part[0][0], part[-1][0], name])
    new_filters = []
    for label, old_name in sorted(filters):
        same_label, values = _unpack(files[f"filter/{old_name}.pf_filter"])
        data = _pack([same_label, sorted([value, sorted(numbers)] for value, numbers in values)])
        name = _name(language, data)
        result[f"filter/{name}.pf_filter"] = gzipped(data)
        new_filters.append([label, name])
    meta = _pack([version, pages, new_chunks, new_filters, sorted(sorts), fields])
    name = _name(language, meta)
    result[f"pagefind.{name}.pf_meta"] = gzipped(meta)
    result[ENTRY] = _entry(entry, language, about | {"hash": name}, fingerprint)
    return result


def _split(words: list[Any]) -> Iterator[list[Any]]:
    """Yields the parts of a chunk. A word is a list of its text, its pages and its variants."""
    part: list[Any] = []
    size = 0
    for word in words:
        part.append(word)
        size += len(word[1])
        if size >= _CHUNK_SIZE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _entry(entry: dict[str, Any], language: str, about: dict[str, Any], fingerprint: str) -> bytes:
    return json.dumps(entry | {"languages": {language: about}, _FINGERPRINT: fingerprint}, sort_keys=True).encode()


def _unpack(data: bytes) -> Any:  # noqa: ANN401 - the caller checks the value
    data = gzip.decompress(data)
    if not data.startswith(_SIGNATURE):
        raise ValueError("there is no signature")
    import cbor2  # noqa: PLC0415 - only needed where a segment is indexed

    try:
        return cbor2.loads(data[len(_SIGNATURE) :])
    except cbor2.CBORDecodeError as error:
        raise ValueError(str(error)) from error


def _pack(value: object) -> bytes:
    import cbor2  # noqa: PLC0415 - as above

    return _SIGNATURE + cbor2.dumps(value)


def _name(language: str, data: bytes) -> str:
    return f"{language}_{hashlib.blake2b(data, digest_size=5).hexdigest()}"
