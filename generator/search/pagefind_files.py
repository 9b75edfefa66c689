"""Rewrites the files of a Pagefind index so that equal records give equal bytes.

Pagefind writes the filters and the values of each filter in the order of a hash map, which differs from run to run.
The names of these files, which are hashes, and the file that refers to them differ with it. All other files are the
same in every run. The files are CBOR after a signature, compressed with gzip.

Pagefind writes a file for each record with all that a result shows. Instead, several consecutive records are in one
file, which the page loads itself. The id of a record, by which Pagefind names it in results, contains the path of this
file, the position in it, and the time of the newest report, by which results are sorted.

The words of an index are in chunks, in alphabetical order, and a browser loads the chunks that may contain the words of
a query, from every segment. The chunks are split into smaller ones, so that it loads less.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.search.records import Record
from generator.util.serialize import gzipped

ENTRY = "pagefind-entry.json"
SCRIPT = "pagefind.js"
_WORKER = "pagefind-worker.js"
_SIGNATURE = b"pagefind_dcd"
_FINGERPRINT = "fingerprint"
# Counted in pages that contain the words of a chunk.
_CHUNK_SIZE = 1500
# The number of records in a file.
_PACK_SIZE = 8

Files = Mapping[str, bytes]
"""Contents of files by their names below a folder."""


class UnknownFormatError(Exception):
    """Pagefind wrote files that this module cannot read."""


def segment(files: Files, records: Sequence[Record], *, name: str, fingerprint: str) -> dict[str, bytes]:
    """Returns the files of a segment that a browser needs besides the engine.

    Args:
        files: those that Pagefind wrote.
        records: those that it indexed.
        name: the name of the segment.
        fingerprint: the fingerprint of the segment.

    Raises:
        UnknownFormatError: the files have another format.
    """
    try:
        return _segment(files, records, name, fingerprint)
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


def _segment(files: Files, records: Sequence[Record], folder: str, fingerprint: str) -> dict[str, bytes]:
    entry = json.loads(files[ENTRY])
    ((language, about),) = entry["languages"].items()
    version, pages, chunks, filters, sorts, fields = _unpack(files[f"pagefind.{about['hash']}.pf_meta"])
    result: dict[str, bytes] = {}
    ids: dict[str, str] = {}
    for start in range(0, len(records), _PACK_SIZE):
        pack = records[start : start + _PACK_SIZE]
        data = json.dumps([_shown(record) for record in pack], ensure_ascii=False, separators=(",", ":")).encode()
        name = f"fragment/{_name(language, data)}.json"
        result[name] = data
        for place, record in enumerate(pack):
            ids[record.address] = f"{folder}/{name} {place} {record.newest}"
    new_pages = [[ids[_address(files[f"fragment/{old}.pf_fragment"])], count] for old, count in pages]
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
    meta = _pack([version, new_pages, new_chunks, new_filters, sorted(sorts), fields])
    name = _name(language, meta)
    result[f"pagefind.{name}.pf_meta"] = gzipped(meta)
    result[ENTRY] = _entry(entry, language, about | {"hash": name}, fingerprint)
    return result


def _shown(record: Record) -> dict[str, Any]:
    """Returns what a result shows."""
    return {
        "address": record.address,
        "title": record.title,
        "source": record.source,
        "date": record.date,
        "sources": record.sources,
        "topics": record.topic_names,
        "summary": record.summary,
        "others": [[other.source, other.title, other.summary] for other in record.others],
    }


def _address(fragment: bytes) -> str:
    """Returns the address of the record in a file of Pagefind."""
    return str(json.loads(_unsigned(fragment))["url"])


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


def _unsigned(data: bytes) -> bytes:
    data = gzip.decompress(data)
    if not data.startswith(_SIGNATURE):
        raise ValueError("there is no signature")
    return data[len(_SIGNATURE) :]


def _unpack(data: bytes) -> Any:  # noqa: ANN401 - the caller checks the value
    import cbor2  # noqa: PLC0415 - only needed where a segment is indexed

    data = _unsigned(data)
    try:
        return cbor2.loads(data)
    except cbor2.CBORDecodeError as error:
        raise ValueError(str(error)) from error


def _pack(value: object) -> bytes:
    import cbor2  # noqa: PLC0415 - as above

    return _SIGNATURE + cbor2.dumps(value)


def _name(language: str, data: bytes) -> str:
    return f"{language}_{hashlib.blake2b(data, digest_size=5).hexdigest()}"
