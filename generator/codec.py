"""Parsed documents as bytes: for the way between processes, and for the next build. MessagePack, by ``msgspec``."""

import datetime as dt
import hashlib

import msgspec

from generator.items import Parsed

# Sets have no order of their own; equal documents are to be equal bytes.
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Parsed)
_DIGEST_BYTES = 16


def pack(parsed: Parsed) -> bytes:
    """The bytes of a parsed document: equal where the documents are."""
    return _ENCODER.encode(parsed)


def unpack(data: bytes, zone: dt.tzinfo) -> Parsed:
    """The parsed document of :func:`pack`.

    Args:
        data: what was packed by the same version of the program.
        zone: the site's time zone: of a time, the bytes hold the moment alone.
    """
    parsed = _DECODER.decode(data)
    if parsed.item:
        # Frozen for all others; this one was made here, and nobody has seen it yet.
        object.__setattr__(parsed.item, "published_at", parsed.item.published_at.astimezone(zone))
    return parsed


def fingerprint(value: object) -> bytes:
    """The digest of a value made of plain ones and dataclasses."""
    return digest(_ENCODER.encode(value))


def digest(*parts: bytes) -> bytes:
    """BLAKE2b of the parts, 128 bits; each part counts with its length."""
    found = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.digest()
