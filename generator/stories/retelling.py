"""Stories told on from where an earlier build was sure: nothing that is decided for an item depends on later ones.

The collection is cut into epochs in the order of time. While all items up to the end of an epoch are as they were,
what was told of them stands, and telling goes on behind it. From there on looks stand as long as words are as they
were, and single decisions, too (``repeating``). What is left over is an epoch as well: where even that is as it was,
there is nothing to tell.

Other processes look at epochs while this one decides in their order.
"""

import array
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from generator.cache.model import Epoch, KnownDocument
from generator.content.model import Item
from generator.stories.cluster import StoryClusterer
from generator.stories.features import EPOCH, LOOKS, FeatureExtractor, Features
from generator.stories.model import TOLD, Clustering, in_time
from generator.stories.related_entries import Analysed, RelatedEntries
from generator.stories.relooking import Edge, Looked, Lookers, listed_before, same_items
from generator.stories.repeating import Repeating
from generator.util import workers
from generator.util.spill import Spool

_AT_ONCE = 4
"""Epochs."""
_LISTED = msgspec.msgpack.Decoder(list[RelatedEntries])
_ENCODER = msgspec.msgpack.Encoder()


def tell(items: Iterable[Item], *, about: str | None = None) -> Clustering:
    """Groups items into stories and finds what belongs beside each.

    Args:
        items: each article once, in any order.
        about: the identity of an item whose comparisons are to be noted.
    """
    in_order = sorted(items, key=in_time)
    looking, telling = FeatureExtractor(in_order, {}, about=about), StoryClusterer(in_order, about)
    for look, listed in looking.looks(len(in_order)):
        telling.tell(look, listed, looking.comparisons)
        looking.comparisons.clear()
    return telling.result()


def retell(
    items: Sequence[Item],
    documents: Mapping[str, KnownDocument],
    epochs: Sequence[Epoch],
    *,
    analysed: Analysed | None = None,
    jobs: int = 1,
) -> tuple[Clustering, tuple[Epoch, ...]]:
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
    telling = StoryClusterer(in_order)
    full = len(contents) - 1
    if [epoch.contents for epoch in epochs] == contents:
        telling.take(epochs)
        return msgspec.structs.replace(telling.result(), stood=full * EPOCH), tuple(epochs)
    kept = _as_before(contents, epochs)
    stood = len(kept)
    telling.take(kept)
    words = [epoch.words for epoch in kept]
    words += [_words(in_order, documents, number) for number in range(stood, full + 1)]
    before = epochs[: _alike(words[:full], epochs)]
    edge = _edge(words, epochs, len(before))
    looked = workers.in_chunks(
        functools.partial(_look, full),
        range(stood, full + 1),
        prepare=functools.partial(Lookers, in_order, analysed or {}, contents, before, edge, stood),
        # Deciding takes a processor, too.
        jobs=jobs - 1 if workers.IS_FORKING else 0,
        keep_parent_free=True,
        size=_AT_ONCE,
    )
    repeating = None if telling.is_edited else Repeating(telling)
    spool = Spool()
    for number, seen in enumerate((one for chunk in looked for one in chunk), stood):
        was = before[number] if number < len(before) else None
        old = Edge(was, EPOCH) if was else edge if number == len(before) else Edge(None, 0)
        looks = was.looks() if was else seen.looks
        listed = _LISTED.decode(seen.listed) if seen.listed else listed_before(was)
        both = list(zip(LOOKS.decode(looks), listed, strict=True))
        _tell(both, telling, repeating, old, contents[number])
        stories, items_told = telling.told(number * EPOCH)
        told = _ENCODER.encode(items_told)
        kept.append(
            Epoch(
                contents=contents[number],
                words=words[number],
                stories=array.array("I", stories).tobytes(),
                told=was.told if was and was.told() == told else _aside(told, spool),
                looks=was.looks if was else _aside(looks, spool),
                looking=(was.looking if was else _aside(seen.looking, spool)) if keeps_state(number, full) else None,
            )
        )
        if number < full:
            telling.put_aside(kept[-1].looks)
    return msgspec.structs.replace(telling.result(), stood=stood * EPOCH), tuple(_without_old_states(kept, full))


def _tell(
    seen: Sequence[tuple[Features, RelatedEntries]],
    telling: StoryClusterer,
    repeating: Repeating | None,
    old: Edge,
    contents: bytes,
) -> None:
    """Decides for the items of an epoch; for those whose words are as they were, beginning with what was decided."""
    again = 0
    if repeating and old.epoch:
        again = old.same
        is_same = same_items(old.epoch.contents, contents)
        for place, ((look, listed), was) in enumerate(zip(seen[:again], TOLD.decode(old.epoch.told()), strict=False)):
            repeating.tell(look, listed, was, is_same=is_same[place])
    for look, listed in seen[again:]:
        telling.tell(look, listed)


def _aside(data: bytes, spool: Spool) -> Callable[[], bytes]:
    start = spool.put(data)
    return functools.partial(spool.get, start, start + len(data))


def _look(full: int, lookers: Lookers, epochs: Sequence[int]) -> list[Looked]:
    """Looks at epochs, given by their numbers, of which so many are full. May run in a worker."""
    return [lookers.look(number, keeps_state=keeps_state(number, full)) for number in epochs]


def _contents(items: Sequence[Item], documents: Mapping[str, KnownDocument]) -> list[bytes]:
    """The digests of all items of each full epoch, and of those after these, joined."""
    return [
        b"".join([documents[item.name].content for item in items[start : start + EPOCH]])
        for start in range(0, len(items) + 1, EPOCH)
    ]


def _words(items: Sequence[Item], documents: Mapping[str, KnownDocument], number: int) -> bytes:
    """The digests of what looking at others depends on, of all items of an epoch, joined."""
    return b"".join([documents[item.name].words for item in items[number * EPOCH : (number + 1) * EPOCH]])


def _edge(words: Sequence[bytes], epochs: Sequence[Epoch], number: int) -> Edge:
    """The epoch of a number."""
    if number >= len(epochs):
        return Edge(None, 0)
    is_same = same_items(epochs[number].words, words[number])
    return Edge(epochs[number], (*is_same, False).index(False))


def _alike(words: Sequence[bytes], epochs: Sequence[Epoch]) -> int:
    """How many epochs from the first have the words that they had."""
    number = 0
    for now, epoch in zip(words, epochs, strict=False):
        if now != epoch.words:
            break
        number += 1
    return number


def _as_before(contents: Sequence[bytes], epochs: Sequence[Epoch]) -> list[Epoch]:
    """The epochs, from the first, of which all is as it was."""
    pairs = zip(contents, epochs, strict=False)
    return [epoch for _, epoch in itertools.takewhile(lambda pair: pair[0] == pair[1].contents, pairs)]


def keeps_state(number: int, full: int) -> bool:
    """Whether looking can go on from the end of an epoch: from the last ones, and ever fewer of those before.

    So words are counted from not much further back than a change lies, and few states are kept. One that is kept was
    kept when there were fewer epochs.
    """
    age = full - number
    step = 1 << max((age // 2).bit_length() - 1, 0)
    return age > 0 and (number + 1) % step == 0


def _without_old_states(epochs: Sequence[Epoch], full: int) -> Iterable[Epoch]:
    for number, epoch in enumerate(epochs):
        is_old = epoch.looking is not None and not keeps_state(number, full)
        yield msgspec.structs.replace(epoch, looking=None) if is_old else epoch
