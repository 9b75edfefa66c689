"""Which keys of the last build still stand, so that nobody has to look at the items that they are of.

An item's card and page depend on its document, on its story, and on the items that it names: those in its list and
those from the archive. All that an item names is kept as short ids, by stretches of the order of time; where none of
them is of an item that changed, came or went, or is in a story with one of these, the keys are as they were. An id that
is another's by chance only costs a look.
"""

import array
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec
from msgspec import structs

from generator.cache.model import KnownDocument, Stretch
from generator.content.model import Item
from generator.stories.features import EPOCH
from generator.stories.model import Clustering
from generator.util import hashing

_KEY = 16
_LATE = 8
"""Stretches at the end, which are mostly told anew."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Keys that stand, by places in the order of time."""

    cards: Mapping[int, bytes] = msgspec.field(default_factory=dict)
    pages: Mapping[int, bytes] = msgspec.field(default_factory=dict)
    members: Collection[int] = ()
    """Of items that were not told anew, those of stories that may have changed: their cards' keys do not stand."""


def standing(clustering: Clustering, documents: Mapping[str, KnownDocument], stretches: Sequence[Stretch]) -> Standing:
    """Finds the keys that stand.

    Args:
        clustering: the collection.
        documents: of its items, by name.
        stretches: what :func:`stretches` gave of the one that ``told.stood`` speaks of.
    """
    if not stretches:
        return Standing()
    stood = clustering.stood
    before, rest = stretches[: stood // EPOCH], list(_entries(stretches[stood // EPOCH :]))
    was = {entry.state: entry for entry in rest if entry.state}
    later = range(stood, len(clustering.items))
    again = {place: was.pop(_state(clustering, documents, place), None) if was else None for place in later}
    # What was told anew and came out as it was is as good as what was not.
    known = {place: entry for place, entry in again.items() if entry}
    new = [place for place, entry in again.items() if not entry]
    gone = [entry for entry in rest if not entry.state or entry.state in was]
    changed = {_id(clustering.items[place].identity) for place in new}.union(entry.own for entry in gone)
    touched = {clustering.decided[place].story for place in new}.union(entry.story for entry in gone)
    stories = array.array("I", b"".join(stretch.stories for stretch in before))
    for place in [*_named_in(before, changed), *known]:
        if any(_id(entry.identity) in changed for entry in clustering.decided[place].same_story):
            touched.add(clustering.decided[place].story)
    members = {place for place, story in enumerate(stories) if story in touched}
    members.update(place for place in known if clustering.decided[place].story in touched)
    around = changed.union(_id(clustering.items[place].identity) for place in members)
    doubtful = members.union(_named_in(before, around))
    doubtful.update(place for place in known if not around.isdisjoint(_named(clustering, place)))
    cards = dict(enumerate(_keys(stretch.cards for stretch in before)))
    pages = dict(enumerate(_keys(stretch.pages for stretch in before)))
    cards.update((place, entry.card) for place, entry in known.items())
    pages.update((place, entry.page) for place, entry in known.items())
    for place in members:
        del cards[place]
    for place in doubtful:
        del pages[place]
    return Standing(cards=cards, pages=pages, members=[place for place in members if place < stood])


class _Entry(NamedTuple):
    """What is remembered of one item."""

    own: int
    state: bytes
    story: int
    card: bytes
    page: bytes


def _entries(stretches: Iterable[Stretch]) -> Iterator[_Entry]:
    for one in stretches:
        states = list(_keys([one.states])) or [b""] * len(_ids(one.own))
        columns = (_ids(one.own), states, _ids(one.stories), _keys([one.cards]), _keys([one.pages]))
        yield from map(_Entry._make, zip(*columns, strict=True))


def _state(clustering: Clustering, documents: Mapping[str, KnownDocument], place: int) -> bytes:
    """The digest of all that is in an item and was decided for it; others are named in it, as places may shift."""
    item, one = clustering.items[place], clustering.decided[place]
    archive = [clustering.items[other].identity for other in one.archive]
    decided = (one.story, one.score, one.same_story, one.related, archive)
    return hashing.blake2_of_value((item.identity, documents[item.name].content, decided))


GroupsOf = Callable[[Item], Sequence[str]]
"""Gives the lists, by their addresses, in which an item stands."""


class Touched:
    """Which lists may not show what they showed: those in which an item stands, or stood, that changed."""

    def __init__(
        self,
        clustering: Clustering,
        known: Standing,
        stretches: Sequence[Stretch],
        key_of: Callable[[Item], bytes],
        groups_of: GroupsOf,
    ) -> None:
        """Compares the keys of cards.

        Args:
            clustering: the collection.
            known: what :func:`standing` gave.
            stretches: as there.
            key_of: gives the key of an item's card as it is now.
            groups_of: gives the lists in which it stands.
        """
        self._ids: set[int] = set()
        before: defaultdict[int, list[tuple[bytes, Sequence[int]]]] = defaultdict(list)
        for stretch in stretches[clustering.stood // EPOCH :]:
            for own, key, groups in zip(_ids(stretch.own), _keys([stretch.cards]), _groups(stretch), strict=True):
                before[own].append((key, groups))
        for place in known.members:
            item = clustering.items[place]
            number, within = divmod(place, EPOCH)
            if stretches[number].cards[within * _KEY : (within + 1) * _KEY] != key_of(item):
                self._ids.update(map(_id, groups_of(item)))
        for item in clustering.items[clustering.stood :]:
            was = before.pop(_id(item.identity), [])
            if [key for key, _ in was] != [key_of(item)]:
                self._ids.update(map(_id, groups_of(item)), *(groups for _, groups in was))
        for gone in before.values():
            self._ids.update(*(groups for _, groups in gone))

    def __contains__(self, group: str) -> bool:
        """Whether the list at this address may be another one."""
        return _id(group) in self._ids


def stretches(
    clustering: Clustering,
    documents: Mapping[str, KnownDocument],
    cards: Sequence[bytes],
    pages: Sequence[bytes],
    groups_of: GroupsOf,
    before: Sequence[Stretch],
) -> tuple[Stretch, ...]:
    """What the next build can find standing keys in.

    Args:
        clustering: the collection.
        documents: of its items, by name.
        cards: the keys of all its items' cards, in the order of time.
        pages: the same of their pages.
        groups_of: gives the lists in which an item stands.
        before: as for :func:`standing`; none where nothing stands.
    """
    whole = min(clustering.stood // EPOCH, len(before))
    found: list[Stretch] = []
    for number, start in enumerate(range(0, len(clustering.items), EPOCH)):
        of_cards, of_pages = b"".join(cards[start : start + EPOCH]), b"".join(pages[start : start + EPOCH])
        if number < whole:
            was = before[number]
            is_same = (was.cards, was.pages) == (of_cards, of_pages)
            found.append(was if is_same else structs.replace(was, cards=of_cards, pages=of_pages))
            continue
        places = range(start, min(start + EPOCH, len(clustering.items)))
        is_late = len(clustering.items) - start <= _LATE * EPOCH
        found.append(
            Stretch(
                own=_packed(_id(clustering.items[place].identity) for place in places),
                states=b"".join(_state(clustering, documents, place) for place in places if is_late),
                stories=_packed(clustering.decided[place].story for place in places),
                named=_packed(one for place in places for one in _named(clustering, place)),
                groups=_packed(_counted(groups_of(clustering.items[place]) for place in places)),
                cards=of_cards,
                pages=of_pages,
            )
        )
    return tuple(found)


def _named(clustering: Clustering, place: int) -> Iterator[int]:
    """The ids of all that an item names."""
    one = clustering.decided[place]
    for entry in (*one.same_story, *one.related):
        yield _id(entry.identity)
    for other in one.archive:
        yield _id(clustering.items[other].identity)


def _named_in(stretches: Iterable[Stretch], ids: AbstractSet[int]) -> Collection[int]:
    """The places of all items in stretches that name one of these."""
    found: list[int] = []
    for number, stretch in enumerate(stretches):
        if not ids.isdisjoint(_ids(stretch.named)):
            found += range(number * EPOCH, (number + 1) * EPOCH)
    return found


def _counted(groups: Iterable[Sequence[str]]) -> Iterator[int]:
    for of_item in groups:
        yield len(of_item)
        yield from map(_id, of_item)


def _groups(stretch: Stretch) -> Iterator[Sequence[int]]:
    """The ids of the lists in which each item stands."""
    ids = _ids(stretch.groups)
    start = 0
    while start < len(ids):
        stop = start + 1 + ids[start]
        yield ids[start + 1 : stop]
        start = stop


def _id(identity: str) -> int:
    return zlib.crc32(identity.encode("utf-8", "surrogatepass"))


def _packed(ids: Iterable[int]) -> bytes:
    return array.array("I", ids).tobytes()


def _ids(packed: bytes) -> "array.array[int]":
    return array.array("I", packed)


def _keys(joined: Iterable[bytes]) -> Iterator[bytes]:
    for keys in joined:
        yield from [keys[start : start + _KEY] for start in range(0, len(keys), _KEY)]
