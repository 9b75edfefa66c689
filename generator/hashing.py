"""Digests of bytes and of values: equal where these are."""

import hashlib

import msgspec


def _of_kind(value: object) -> object:
    """A text of a kind of its own, such as an address, as another value than the same text."""
    return [str(value)]


# Sets have no order of their own; equal values are to be equal bytes.
_ENCODER = msgspec.msgpack.Encoder(enc_hook=_of_kind, order="deterministic")
_DIGEST_BYTES = 16


def fingerprint(value: object) -> bytes:
    """The digest of a value made of plain ones, dataclasses and structs."""
    return digest(_ENCODER.encode(value))


def digest(*parts: bytes) -> bytes:
    """BLAKE2b of the parts, 128 bits; each part counts with its length."""
    found = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.digest()
