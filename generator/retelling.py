"""Stories told on from where an earlier build was sure: nothing that is decided for an item depends on later ones.

The collection is cut into epochs in the order of time. While the digest of all items up to the end of an epoch is as it
was, what was told of them stands, and telling goes on from the state that was kept at that end. What is left over is an
epoch, too: where even that is as it was, there is nothing to tell.

Other processes look at epochs while this one decides in their order.
"""

import array
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from generator import hashing, pool
from generator.evidence import Rarity, profile_again
from generator.listing import Analysed, Listed, Listing
from generator.looking import EPOCH, NOTHING, Look, Looking, LookingState
from generator.memory import Epoch, KnownDocument
from generator.model import Item
from generator.repeating import Repeating
from generator.spool import Spool
from generator.stories import TellingState, Told, ToldItem, in_time
from generator.telling import Telling
from generator.terms import unpack

_AT_ONCE = 4
"""Epochs."""
_LOOKS = msgspec.msgpack.Decoder(list[Look])
_LISTED = msgspec.msgpack.Decoder(list[Listed])
_TOLD = msgspec.msgpack.Decoder(list[ToldItem])
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
    for look, listed in looking.looks(len(in_order)):
        telling.tell(look, listed, looking.notes)
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
    contents = _contents(in_order, documents)
    telling = Telling(in_order)
    full = len(contents) - 1
    if [epoch.contents for epoch in epochs] == contents:
        telling.take(epochs)
        return msgspec.structs.replace(telling.result(), stood=full * EPOCH), tuple(epochs)
    kept = _usable(contents, epochs)
    stood = len(kept)
    if kept and kept[-1].state:
        telling.take(kept)
        telling.go_on(_STATE.decode(kept[-1].state()))
    words = [epoch.words for epoch in kept]
    words += [_words(in_order, documents, number) for number in range(stood, full + 1)]
    before = epochs[: _alike(words[:full], epochs)]
    edge = _edge(words, epochs, len(before))
    looked = pool.in_chunks(
        functools.partial(_look, full),
        range(stood, full + 1),
        prepare=functools.partial(_Lookers, in_order, analysed or {}, contents, before, edge, stood),
        # Deciding takes a processor, too.
        jobs=jobs - 1 if pool.IS_FORKING else 0,
        is_aside=True,
        size=_AT_ONCE,
    )
    repeating = None if telling.is_edited else Repeating(telling)
    spool = Spool()
    for number, seen in enumerate((one for chunk in looked for one in chunk), stood):
        was = before[number] if number < len(before) else None
        looks = was.looks() if was else seen.looks
        listed = _LISTED.decode(seen.listed) if seen.listed else _listed_before(was)
        old = was or (edge.epoch if number == len(before) else None)
        stand = EPOCH if was else edge.same if old else 0
        told_before = _TOLD.decode(old.told())[:stand] if old and repeating else []
        is_same = _same(old.contents if old else b"", contents[number])
        for place, (look, one) in enumerate(zip(_LOOKS.decode(looks), listed, strict=True)):
            if repeating and place < len(told_before):
                repeating.tell(look, one, told_before[place], is_same=is_same[place])
            else:
                telling.tell(look, one)
        stories, own, items_told = telling.told(number * EPOCH)
        told = _ENCODER.encode(items_told)
        has_state = keeps_state(number, full)
        kept.append(
            Epoch(
                contents=contents[number],
                words=words[number],
                stories=array.array("I", stories).tobytes(),
                own=array.array("Q", own).tobytes(),
                told=was.told if was and was.told() == told else _aside(told, spool),
                looks=was.looks if was else _aside(looks, spool),
                looking=(was.looking if was else _aside(seen.looking, spool)) if has_state else None,
                state=_aside(_ENCODER.encode(telling.state), spool) if has_state else None,
            )
        )
        if number < full:
            telling.put_aside(kept[-1].looks)
    return msgspec.structs.replace(telling.result(), stood=stood * EPOCH), tuple(_without_old_states(kept, full))


def _listed_before(epoch: Epoch | None) -> Iterator[Listed]:
    return (Listed(one.links, one.same_story, one.related) for one in _TOLD.decode(epoch.told())) if epoch else iter(())


def _aside(data: bytes, spool: Spool) -> Callable[[], bytes]:
    start = spool.put(data)
    return functools.partial(spool.get, start, start + len(data))


class _Edge(NamedTuple):
    """The first epoch in which words changed, or that is new."""

    epoch: Epoch | None
    """As it was."""
    same: int
    """The words of so many of its items, from the first, are as they were."""


class _Looked(NamedTuple):
    """What was seen of an epoch, packed."""

    looks: bytes
    """Nothing where all words of the epoch, and of those before, are as they were."""
    listed: bytes
    """Nothing where all that was read is as it was, too."""
    looking: bytes
    """The state after it, where that is new and kept."""


class _Lookers:
    """Looks at epochs: as far as the words are as they were only at lists that changed."""

    def __init__(
        self,
        items: Sequence[Item],
        analysed: Analysed,
        contents: Sequence[bytes],
        before: Sequence[Epoch],
        edge: _Edge,
        start: int,
    ) -> None:
        """Takes what there is and what was seen.

        Args:
            items: in the order of time.
            analysed: the terms of texts, as far as these are known already.
            contents: of each epoch.
            before: the epochs whose words are as they were.
            edge: what came next.
            start: the first epoch that is looked at; the one before has a state, if there is one.
        """
        self._items = items
        self._analysed = analysed
        self._contents = contents
        self._before = before
        self._edge = edge
        self._start = start
        self._counted = 0
        self._listing = Listing(analysed)

    @functools.cached_property
    def looking(self) -> Looking:
        """Looks at all items of an epoch, after those whose words are as they were."""
        return Looking(self._items, self._analysed, _looking_after(self._before))

    @functools.cached_property
    def _rarity(self) -> Rarity:
        state = _looking_after(self._before[: self._start])
        self._counted = state.position // EPOCH
        return Rarity(*state.rarity)

    def look(self, number: int, *, keeps_state: bool) -> _Looked:
        """Looks at an epoch; they come in order, but others may be looked at elsewhere."""
        if number < len(self._before):
            was = self._before[number]
            is_same = was.contents == self._contents[number]
            return _Looked(b"", b"" if is_same else _ENCODER.encode(self._lists(number, was, EPOCH)), b"")
        looks: list[Look] = []
        listed: list[Listed] = []
        if number == len(self._before) and self._edge.epoch:
            looks = _LOOKS.decode(self._edge.epoch.looks())[: self._edge.same]
            listed = self._lists(number, self._edge.epoch, self._edge.same)
        looking = self.looking
        looking.skip(number * EPOCH + len(looks))
        for look, one in looking.looks((number + 1) * EPOCH):
            looks.append(look)
            listed.append(one)
        return _Looked(
            looks=_ENCODER.encode(looks),
            listed=_ENCODER.encode(listed),
            looking=_ENCODER.encode(looking.state()) if keeps_state else b"",
        )

    def _lists(self, number: int, was: Epoch, count: int) -> list[Listed]:
        """The lists of the first items of an epoch, whose words are as they were; what changed is sorted anew."""
        found = list(_listed_before(was))[:count]
        changed = [place for place, same in enumerate(_same(was.contents, self._contents[number])[:count]) if not same]
        if not changed:
            return found
        rarity = self._rarity
        for epoch in self._before[self._counted : number]:
            for look in _LOOKS.decode(epoch.looks()):
                rarity.add(unpack(look.terms).ordered)
        self._counted = max(self._counted, number)
        self._listing.begin(rarity)
        looks = _LOOKS.decode(was.looks())
        for place in changed:
            item, look = self._items[number * EPOCH + place], looks[place]
            found[place] = self._listing.sort(item, profile_again(item, look.weights, unpack(look.terms), ()))
        return found


def _looking_after(epochs: Sequence[Epoch]) -> LookingState:
    """The last state that was kept."""
    last = next((epoch.looking for epoch in reversed(epochs) if epoch.looking), None)
    return _LOOKING.decode(last()) if last else NOTHING


def _look(full: int, lookers: _Lookers, epochs: Sequence[int]) -> list[_Looked]:
    """Looks at epochs, given by their numbers, of which so many are full. May run in a worker."""
    return [lookers.look(number, keeps_state=keeps_state(number, full)) for number in epochs]


def _contents(items: Sequence[Item], documents: Mapping[str, KnownDocument]) -> list[bytes]:
    """The digests of all items of each full epoch, and of those after these, joined."""
    return [
        b"".join([documents[item.name].content for item in items[start : start + EPOCH]])
        for start in range(0, len(items) + 1, EPOCH)
    ]


def _same(before: bytes, now: bytes) -> list[bool]:
    """Of which items of an epoch all is as it was."""
    size = hashing.SIZE
    return [before[start : start + size] == now[start : start + size] for start in range(0, len(now), size)]


def _words(items: Sequence[Item], documents: Mapping[str, KnownDocument], number: int) -> bytes:
    """The digests of what looking at others depends on, of all items of an epoch, joined."""
    return b"".join([documents[item.name].words for item in items[number * EPOCH : (number + 1) * EPOCH]])


def _edge(words: Sequence[bytes], epochs: Sequence[Epoch], number: int) -> _Edge:
    """The epoch of a number."""
    if number >= len(epochs):
        return _Edge(None, 0)
    is_same = _same(epochs[number].words, words[number])
    return _Edge(epochs[number], (*is_same, False).index(False))


def _alike(words: Sequence[bytes], epochs: Sequence[Epoch]) -> int:
    """How many epochs from the first have the words that they had."""
    number = 0
    for now, epoch in zip(words, epochs, strict=False):
        if now != epoch.words:
            break
        number += 1
    return number


def _usable(contents: Sequence[bytes], epochs: Sequence[Epoch]) -> list[Epoch]:
    """The epochs that are as they were, up to the last after which telling can go on."""
    usable: list[Epoch] = []
    for content, epoch in zip(contents, epochs, strict=False):
        if epoch.contents != content:
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


def _without_old_states(epochs: Sequence[Epoch], full: int) -> Iterable[Epoch]:
    for number, epoch in enumerate(epochs):
        is_old = epoch.state is not None and not keeps_state(number, full)
        yield msgspec.structs.replace(epoch, state=None, looking=None) if is_old else epoch
