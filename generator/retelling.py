"""Stories told on from where an earlier build was sure: nothing that is decided for an item depends on later ones.

The collection is cut into epochs in the order of time. While the digest of all items up to the end of an epoch is as it
was, what was told of them stands, and telling goes on from the state that was kept at that end.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from generator import hashing
from generator.memory import Epoch
from generator.model import Item
from generator.stories import TellingState, Told, ToldItem, in_time
from generator.telling import EPOCH, Telling

_STATES = 2
_TOLD = msgspec.msgpack.Decoder(list[ToldItem])
_STATE = msgspec.msgpack.Decoder(TellingState)
_ENCODER = msgspec.msgpack.Encoder()


def tell(items: Iterable[Item], *, about: str | None = None) -> Told:
    """Groups items into stories and finds what belongs beside each.

    Args:
        items: each article once, in any order.
        about: the identity of an item whose comparisons are to be noted.
    """
    in_order = sorted(items, key=in_time)
    telling = Telling(in_order, about)
    telling.run(len(in_order))
    return telling.result()


def retell(
    items: Iterable[Item], digests: Mapping[str, bytes], epochs: Sequence[Epoch]
) -> tuple[Told, tuple[Epoch, ...]]:
    """Groups items into stories as :func:`tell` does.

    Args:
        items: each article once, in any order.
        digests: of each item with all that is in it, by the document's name.
        epochs: what an earlier call gave.

    Returns:
        the stories, and what the next call may go on from.
    """
    in_order = sorted(items, key=in_time)
    chains = _chains(in_order, digests)
    kept = _usable(chains, epochs)
    telling = Telling(in_order)
    if kept and kept[-1].state is not None:
        told = [one for epoch in kept for one in _TOLD.decode(epoch.told)]
        telling.go_on(told, _STATE.decode(kept[-1].state))
    for number in range(len(kept), len(chains)):
        telling.run((number + 1) * EPOCH)
        state = _ENCODER.encode(telling.state()) if number >= len(chains) - _STATES else None
        decided = _ENCODER.encode(telling.told(number * EPOCH))
        kept.append(Epoch(chain=chains[number], told=decided, state=state))
    telling.run(len(in_order))
    return telling.result(), tuple(_without_old_states(kept))


def _chains(items: Sequence[Item], digests: Mapping[str, bytes]) -> list[bytes]:
    """The digest of all items up to the end of each full epoch."""
    chains: list[bytes] = []
    for end in range(EPOCH, len(items) + 1, EPOCH):
        before = chains[-1] if chains else b""
        chains.append(hashing.digest(before, *(digests[item.name] for item in items[end - EPOCH : end])))
    return chains


def _usable(chains: Sequence[bytes], epochs: Sequence[Epoch]) -> list[Epoch]:
    """The epochs that are as they were, up to the last after which telling can go on."""
    usable: list[Epoch] = []
    for chain, epoch in zip(chains, epochs, strict=False):
        if epoch.chain != chain:
            break
        usable.append(epoch)
    while usable and usable[-1].state is None:
        usable.pop()
    return usable


def _without_old_states(epochs: Sequence[Epoch]) -> Iterable[Epoch]:
    for number, epoch in enumerate(epochs):
        is_old = number < len(epochs) - _STATES
        yield msgspec.structs.replace(epoch, state=None) if is_old and epoch.state is not None else epoch
