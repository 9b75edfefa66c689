"""Digests of bytes and of values: equal where these are."""

import hashlib

import msgspec


def _of_kind(value: object) -> object:
    """A text of a kind of its own, such as an address, as another value than the same text."""
    return [str(value)]


# Sets have no order of their own; equal values are to be equal bytes.
_ENCODER = msgspec.msgpack.Encoder(enc_hook=_of_kind, order="deterministic")
SIZE = 16
"""Of a digest, in bytes."""
NOTHING = bytes(SIZE)
"""Stands where there is nothing to have a digest."""


def blake2_of_value(value: object) -> bytes:
    """The digest of a value made of plain ones, dataclasses and structs."""
    return blake2(_ENCODER.encode(value))


def blake2(*parts: bytes) -> bytes:
    """BLAKE2b of the parts, 128 bits; each part counts with its length."""
    found = hashlib.blake2b(digest_size=SIZE)
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.digest()


def blake2_joined(joined: bytes) -> bytes:
    """The digest of parts whose lengths are known, but for that of the last one, in one; faster than ``blake2``."""
    return hashlib.blake2b(joined, digest_size=SIZE).digest()
