"""Hashes bytes and values with BLAKE2b, for keys of the cache. Hashes have 16 bytes."""

import hashlib

import msgspec

_SIZE = 16
NOTHING = bytes(_SIZE)
"""The value in a key where there is nothing to hash."""


# The hook is for instances of subclasses of `str`, such as addresses: their hash differs from that of a plain string.
# Sets are sorted, so that equal values are encoded to equal bytes.
_ENCODER = msgspec.msgpack.Encoder(enc_hook=lambda value: [str(value)], order="deterministic")


def blake2_of_value(value: object) -> bytes:
    """Returns the hash of a value made of dataclasses, structs, collections and plain values."""
    return blake2(_ENCODER.encode(value))


def blake2(*parts: bytes) -> bytes:
    """Returns the hash of several parts. The length of each part is hashed too, so that their bounds count."""
    state = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.digest()


def blake2_joined(joined: bytes) -> bytes:
    """Returns the hash of joined parts. It is faster than :func:`blake2`.

    All parts but the last must have a fixed length; else different parts may have the same hash.
    """
    return hashlib.blake2b(joined, digest_size=_SIZE).digest()
