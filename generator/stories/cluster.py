"""Which items tell one story, and what belongs beside each. Pure, and one pass in the order of time.

What is decided for an item depends on nothing later: so a story keeps its id, two stories are never merged by a third
item, and a growing collection comes out as one that is there from the start. ``docs/stories.md`` has the method and its
measured quality.
"""

import array
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from generator.cache.model import Epoch
from generator.content.model import Item
from generator.content.terms import key_of
from generator.stories.features import EPOCH, LOOKS, Features
from generator.stories.model import TOLD, Assignment, Clustering, Stories
from generator.stories.overrides import Labels
from generator.stories.packed import Packed
from generator.stories.profiles import Profiles
from generator.stories.related import ALSO_ABOUT, ARCHIVE_CONSIDERED, pick_archive
from generator.stories.related_entries import RelatedEntries, link_to
from generator.stories.similarity import FAR_DAYS, Comparison, Near, Profile, compare, days, likeness, score

JOIN = 0.6
"""An item joins a story if its best score with a member is at least this, more where they are many …"""
COHERE = 0.3
"""… and its mean score with the members at least this: A like B and B like C does not make A like C."""
_CROWD, _CROWDED, _COPY = 4, 0.7, 6.0
_CLIP = 4.0
_HOPELESS = 1.5
_MEMBERS = 6  # besides the likeliest
_STORIES = 4
_SWEPT = 2_048
"""Items after which is forgotten what is too old for a story."""


class _Order(dict[int, tuple[float, str, int]]):
    """For ranking: of two items that are as good the later one."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self._items = items

    def __missing__(self, place: int) -> tuple[float, str, int]:
        item = self._items[place]
        order = self[place] = (-item.published_at.timestamp(), item.identity, place)
        return order


class StoryClusterer:
    """Decides for item after item; its state is what was decided for the items before."""

    def __init__(self, items: Sequence[Item], about: str | None = None) -> None:
        """Takes all items in the order of time, terms that are known, and whose comparisons are to be noted."""
        self._items = items
        self._latest_first = _Order(items)
        self._about = about
        self._notes: list[Comparison] = []
        self._told = Packed[Assignment](TOLD, EPOCH)
        self._looks = Packed[Features](LOOKS, EPOCH)
        self._profiles = Profiles(items, self._looks, self._told)
        self._by_identity: dict[str, int] = {}
        self._near = Near(items)
        # Of items that are near, and of others for a while.
        self._by_key: dict[str, int] = {}
        self._by_link: dict[int, int] = {}
        self._linked_from: defaultdict[int, list[int]] = defaultdict(list)
        self._stories: list[list[int]] = []
        """The places of the items of each, as they came."""
        self._story_of: list[int] = []
        self._parted: defaultdict[int, set[str]] = defaultdict(set)
        """By story, identities that its items must not stand beside."""
        # Where no editor said anything, nobody asks what stories answer to.
        self._labels = Labels() if any(item.story for item in items) else None

    def put_aside(self, looks: Callable[[], bytes]) -> None:
        """Lets go of how the items of an epoch look, when that can be loaded: it is most of what is held."""
        self._looks.put_aside(looks)

    def told(self, start: int) -> tuple[Sequence[int], Sequence[Assignment]]:
        """The stories of the items from a position on, and what was told of them."""
        return self._story_of[start:], self._told[start:]

    def result(self) -> Clustering:
        """The stories of the items that are told."""
        return Clustering(
            stories=Stories(self._stories, self._items, self._told),
            numbers=self._story_of,
            items=self._items,
            places=self._by_identity,
            decided=self._told,
            comparisons=tuple(self._notes),
        )

    def take(self, epochs: Sequence[Epoch]) -> None:
        """Takes up what was told of the first items, and goes on from there."""
        stories = self._story_of = array.array("I", b"".join([epoch.stories for epoch in epochs])).tolist()
        self._told = Packed(TOLD, EPOCH, [epoch.told for epoch in epochs], len(stories))
        self._looks = Packed(LOOKS, EPOCH, [epoch.looks for epoch in epochs], len(stories))
        self._profiles = Profiles(self._items, self._looks, self._told)
        self._by_identity = {item.identity: number for number, item in enumerate(self._items[: len(stories)])}
        for number, story in enumerate(stories):
            if story == len(self._stories):
                self._stories.append([number])
            else:
                self._stories[story].append(number)
        for item, story in zip(self._items, stories, strict=False):
            if item.not_same_as or self._labels:
                self._heed(item, story)
        if len(stories) < len(self._items):
            for place in range(self._first_near(), len(stories)):
                self._note(place, key_of(self._looks[place].terms), self._told[place])

    @property
    def count(self) -> int:
        """How many items are told."""
        return len(self._told)

    @property
    def stories(self) -> int:
        """How many stories there are so far."""
        return len(self._stories)

    @property
    def is_edited(self) -> bool:
        """Whether an editor said anything of stories."""
        return self._labels is not None or any(item.not_same_as for item in self._items)

    @property
    def link_to_next(self) -> int:
        """The number under which the next item is linked."""
        return link_to(self._items[len(self._told)].identity)

    def _first_near(self) -> int:
        """The place of the first item that is near the next one."""
        return self._near.first(days(self._items[len(self._told)]))

    def tell(self, look: Features, listed: RelatedEntries, comparisons: Sequence[Comparison] = ()) -> int:
        """Decides for the next item; returns its story.

        Args:
            look: how it looks.
            listed: its list.
            comparisons: on its list, if it is the item that was asked about.
        """
        number, own = len(self._told), self.link_to_next
        item = self._items[number]
        current = self._profiles.add(number, look, listed.links)
        noted = self._notes if item.identity == self._about else None
        story, joined = self._choose(item, own, current, look, listed.links, noted)
        self._notes += comparisons
        archive = self._archive(current, story, look, noted)
        told = Assignment(
            story=story,
            score=joined,
            same_story=listed.same_story,
            related=listed.related,
            archive=archive,
            links=listed.links,
        )
        self._take(look, told, current.terms.key)
        return story

    def repeat(self, look: Features, told: Assignment, key: str) -> None:
        """Takes over what was decided for the next item when the stories that it could join were the same."""
        self._take(look, told, key)

    def _take(self, look: Features, told: Assignment, key: str) -> None:
        number = len(self._told)
        if number % _SWEPT == 0:
            self._sweep()
        self._looks.append(look)
        self._told.append(told)
        self._grow(number, self._items[number], told.story)
        self._note(number, key, told)

    def _note(self, place: int, key: str, told: Assignment) -> None:
        """Takes note of what candidates are found by."""
        self._by_key[key] = place
        self._by_link[link_to(self._items[place].identity)] = place
        for link in told.links:
            self._linked_from[link].append(place)

    def _sweep(self) -> None:
        """Forgets what no candidate is found by any more."""
        near = self._first_near()
        self._by_key = {key: place for key, place in self._by_key.items() if place >= near}
        self._by_link = {link: place for link, place in self._by_link.items() if place >= near}
        linked = [(link, [place for place in places if place >= near]) for link, places in self._linked_from.items()]
        self._linked_from = defaultdict(list, [(link, places) for link, places in linked if places])

    def _grow(self, number: int, item: Item, story: int) -> None:
        """Puts an item into its story."""
        self._story_of.append(story)
        self._by_identity[item.identity] = number
        if story == len(self._stories):
            self._stories.append([number])
        else:
            self._stories[story].append(number)
        self._heed(item, story)

    def _heed(self, item: Item, story: int) -> None:
        """Takes note of an editor's word on an item of a story."""
        if item.not_same_as:
            self._parted[story].update(item.not_same_as)
        if self._labels:
            self._labels.add(item, story)

    def candidates(self, own: int, key: str, links: Iterable[int], look: Features) -> dict[int, int | None]:
        """Stories to compare the next item with: by likeness, with their likeliest members; by its headline; by links.

        Args:
            own: the number under which it is linked.
            key: that of its headline.
            links: those in its list.
            look: how it looks.
        """
        story_of = self._story_of
        found: dict[int, int | None] = {}
        for other in look.recent:
            found.setdefault(story_of[other], other)
        if len(found) < _STORIES:
            near, place_of = self._first_near(), self._by_link.get
            same = self._by_key.get(key, -1)
            linked = sorted([place for link in links if (place := place_of(link, -1)) >= near])
            linked += [place for place in self._linked_from.get(own, ()) if place >= near]
            for other in ([same] if same >= near else []) + linked[-_STORIES:]:
                found.setdefault(story_of[other], None)
        return dict(itertools.islice(found.items(), _STORIES))

    def _likeliest(self, current: Profile, story: Sequence[int]) -> int:
        if len(story) == 1:
            return story[0]
        return max(story, key=lambda member: (likeness(current, self._profiles[member]), -member))

    def _choose(
        self,
        item: Item,
        own: int,
        current: Profile,
        look: Features,
        links: Iterable[int],
        comparisons: list[Comparison] | None,
    ) -> tuple[int, float]:
        """The story that an item tells, a new one where it tells none of before, and how well it joins."""
        best: tuple[float, int] | None = None
        compared: list[tuple[float, int, int]] = []
        forced = self._labels.story(item) if self._labels else None
        if forced is not None and not self._is_parted(item, forced):
            best = (math.inf, forced)
        for candidate, likeliest in self.candidates(own, current.terms.key, links, look).items():
            story = self._stories[candidate]
            apart = current.day - days(self._items[story[0]])
            if candidate == forced or apart > FAR_DAYS or item.story or self._is_parted(item, candidate):
                continue
            # The likeliest member first: where even that one is far off, the others need no look.
            first = self._likeliest(current, story) if likeliest is None else likeliest
            found = [(score(current, self._profiles[first]), first)]
            if found[0][0] >= JOIN - _HOPELESS:
                members = [member for member in story if member != first]
                members = members[: _MEMBERS // 2] + members[_MEMBERS // 2 :][-_MEMBERS // 2 :]
                found += [(score(current, self._profiles[member]), member) for member in members]
            elif comparisons is None:
                continue
            scores = [max(-_CLIP, min(_CLIP, one)) for one, _ in found]
            mean, highest = sum(scores) / len(scores), max(scores)
            exact, member = max(found, key=lambda one: one[0])
            compared.append((mean + highest, candidate, member))
            fits = exact >= _least(len(story), apart) and mean >= COHERE
            if fits and (best is None or mean + highest > best[0]):
                best = (mean + highest, candidate)
        chosen = len(self._stories) if best is None else best[1]
        if comparisons is not None:
            for _, candidate, member in sorted(compared, key=lambda one: (-one[0], one[1])):
                kind = "joined" if candidate == chosen else "nearly"
                evidence = compare(current, self._profiles[member])
                comparisons.append(
                    Comparison(kind=kind, article=self._items[member], score=evidence.score, evidence=evidence)
                )
        return chosen, 0.0 if best is None else min(best[0], 2 * _CLIP) / 2

    def _is_parted(self, item: Item, story: int) -> bool:
        """Whether an editor has parted the item from a member of the story."""
        return item.identity in self._parted.get(story, ()) or (
            bool(item.not_same_as)
            and any(self._items[member].identity in item.not_same_as for member in self._stories[story])
        )

    def _archive(
        self, current: Profile, own: int, look: Features, comparisons: list[Comparison] | None
    ) -> tuple[int, ...]:
        """Earlier items, none of the item's story, that are on its subject."""
        story_of, order = self._story_of, self._latest_first
        alike = [one for one in look.alike if story_of[one[0]] != own][:ARCHIVE_CONSIDERED]
        ranked = [place for _, (_, _, place) in sorted([(-rank, order[other]) for other, rank in alike])]
        shared = self._profiles.shared_subjects(current, len(self._told))
        picked = pick_archive(ranked, story_of, self._items, lambda place: shared(place)[1] >= ALSO_ABOUT)
        if comparisons is not None:
            ranks = dict(look.alike)
            comparisons += [
                Comparison(kind="archive", article=self._items[place], score=ranks[place], evidence=None)
                for place in picked
            ]
        return picked


def _least(members: int, days: float) -> float:
    """The best score that is needed to join a story.

    Of many members one is soon alike by chance, and days after a large story began its words are those of what
    followed from it. A copy always joins.
    """
    return min(JOIN + _CROWDED * max(math.log2(members / _CROWD), 0.0) * (1.0 + days / 2), _COPY)
