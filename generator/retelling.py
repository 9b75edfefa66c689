"""Stories told on from where an earlier build was sure: nothing that is decided for an item depends on later ones.

The collection is cut into epochs in the order of time. While the digest of all items up to the end of an epoch is as it
was, what was told of them stands, and telling goes on from the state that was kept at that end. What is left over is an
epoch, too: where even that is as it was, there is nothing to tell.

Other processes look at epochs while this one decides in their order.
"""

import array
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from generator import hashing, pool
from generator.looking import EPOCH, NOTHING, Analysed, Look, Looking, LookingState
from generator.memory import Epoch, KnownDocument
from generator.model import Item
from generator.spool import Spool
from generator.stories import TellingState, Told, ToldItem, in_time
from generator.telling import Telling

_AT_ONCE = 4
"""Epochs."""
_LOOKS = msgspec.msgpack.Decoder(list[Look])
_STATE = msgspec.msgpack.Decoder(TellingState)
_LOOKING = msgspec.msgpack.Decoder(LookingState)
_ENCODER = msgspec.msgpack.Encoder()


def tell(items: Iterable[Item], *, about: str | None = None) -> Told:
    """Groups items into stories and finds what belongs beside each.

    Args:
        items: each article once, in any order.
        about: the identity of an item whose comparisons are to be noted.
    """
    in_order = sorted(items, key=in_time)
    looking, telling = Looking(in_order, {}, about=about), Telling(in_order, about)
    for look in looking.looks(len(in_order)):
        telling.tell(look, looking.notes)
        looking.notes.clear()
    return telling.result()


def retell(
    items: Sequence[Item],
    documents: Mapping[str, KnownDocument],
    epochs: Sequence[Epoch],
    *,
    analysed: Analysed | None = None,
    jobs: int = 1,
) -> tuple[Told, tuple[Epoch, ...]]:
    """Groups items into stories as :func:`tell` does.

    Args:
        items: each article once, in any order.
        documents: of all items, by name.
        epochs: what an earlier call gave.
        analysed: the terms of texts, as far as they are known already.
        jobs: number of processes: this one decides, the others look at items.

    Returns:
        the stories, and what the next call may go on from.
    """
    in_order = sorted(items, key=in_time)
    analysed = analysed or {}
    *chains, of_all = _chains(in_order, documents)
    telling = Telling(in_order)
    if [epoch.chain for epoch in epochs] == [*chains, of_all]:
        _take(telling, epochs)
        return msgspec.structs.replace(telling.result(), stood=len(chains) * EPOCH), tuple(epochs)
    kept = _usable(chains, epochs)
    stood = len(kept) * EPOCH
    start = NOTHING
    if kept and kept[-1].state:
        state = _STATE.decode(kept[-1].state())
        _take(telling, kept)
        telling.go_on(state)
        start = _LOOKING.decode(state.looking)
    looks = pool.in_chunks(
        functools.partial(_look, len(chains)),
        range(len(kept), len(chains) + 1),
        prepare=functools.partial(Looking, in_order, analysed, start),
        # Deciding takes a processor, too.
        jobs=jobs - 1 if pool.IS_FORKING else 0,
        is_aside=True,
        size=_AT_ONCE,
    )
    spool = Spool()
    for packed, looking in (one for chunk in looks for one in chunk):
        for look in _LOOKS.decode(packed):
            telling.tell(look)
        if len(kept) < len(chains):
            after = _aside(_ENCODER.encode(telling.state(looking)), spool) if looking else None
            kept.append(_epoch(chains[len(kept)], telling.told(len(kept) * EPOCH), after, spool))
    last = _epoch(of_all, telling.told(len(chains) * EPOCH), None, spool)
    return msgspec.structs.replace(telling.result(), stood=stood), (*_without_old_states(kept), last)


def _take(telling: Telling, epochs: Sequence[Epoch]) -> None:
    stories = array.array("I", b"".join([epoch.stories for epoch in epochs]))
    telling.take(stories.tolist(), [epoch.told for epoch in epochs])


def _epoch(
    chain: bytes, told: tuple[Sequence[int], Sequence[ToldItem]], state: Callable[[], bytes] | None, spool: Spool
) -> Epoch:
    stories, items = told
    return Epoch(
        chain=chain,
        stories=array.array("I", stories).tobytes(),
        told=_aside(_ENCODER.encode(items), spool),
        state=state,
    )


def _aside(data: bytes, spool: Spool) -> Callable[[], bytes]:
    start = spool.put(data)
    return functools.partial(spool.get, start, start + len(data))


def _look(full: int, looking: Looking, epochs: Sequence[int]) -> list[tuple[bytes, bytes]]:
    """Looks at epochs, each packed, with the state after those that are to be gone on from. May run in a worker.

    Args:
        full: the number of full epochs.
        looking: what is known from the items before, or from fewer: epochs that others look at are counted only.
        epochs: their numbers, in order.
    """
    found: list[tuple[bytes, bytes]] = []
    for number in epochs:
        looking.skip(number * EPOCH)
        looks = _ENCODER.encode(list(looking.looks((number + 1) * EPOCH)))
        found.append((looks, _ENCODER.encode(looking.state()) if keeps_state(number, full) else b""))
    return found


def _chains(items: Sequence[Item], documents: Mapping[str, KnownDocument]) -> list[bytes]:
    """The digest of all items up to the end of each full epoch, and of all there are."""
    chains: list[bytes] = []
    for start in range(0, len(items) + 1, EPOCH):
        before = chains[-1] if chains else b""
        contents = [documents[item.name].content for item in items[start : start + EPOCH]]
        chains.append(hashing.digest_of(before + b"".join(contents)))
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


def keeps_state(number: int, full: int) -> bool:
    """Whether telling can go on from the end of an epoch: from the last ones, and ever fewer of those before.

    So a change is told on from not much further back than it lies, and few states are kept. One that is kept was kept
    when there were fewer epochs.
    """
    age = full - number
    step = 1 << max((age // 2).bit_length() - 1, 0)
    return age > 0 and (number + 1) % step == 0


def _without_old_states(epochs: Sequence[Epoch]) -> Iterable[Epoch]:
    for number, epoch in enumerate(epochs):
        is_old = epoch.state is not None and not keeps_state(number, len(epochs))
        yield msgspec.structs.replace(epoch, state=None) if is_old else epoch
