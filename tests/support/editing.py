"""Edits documents and settings at random, one field at a time.

The fields are read off the model. A field without an edit fails ``test_editing`` with its name, so that a field that is
added to the model takes part in the random edits of ``test_incremental`` from that day on.
"""

import copy
import functools
import inspect
import random
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from msgspec import Struct, structs

from generator.config.settings import Settings
from generator.content.model import Article, Image, Item, Provider
from tests.support.making import read

SUBJECTS = [
    "sepsis alarm at Marwick",
    "ECG model of the Lundgren clinic",
    "Orbis mammogram study",
    "Tavi robot surgery",
]
ANGLES = [
    "cuts deaths by a fifth",
    "errs less than readers",
    "is approved",
    "fails a trial",
    "comes to wards",
    "costs less",
]
TOPICS = ["Radiology", "AI", "ai", "Surgery", "Sepsis", "Cardiology"]

BODY, NAME, LAYOUT = "(body)", "(file name)", "(layout)"
"""Stand for parts of a document that are not front matter; no key has these names."""
_TRIES = 500
_SLUGS = ["alpha", "beta", "gamma", "delta"]

Draft = dict[str, Any]
"""A document before it is written: its front matter, and the three parts above."""


class Chance(random.Random):
    """Picks values at random, the same for the same seed, and knows other documents that values may name."""

    drafts: Sequence[Draft] = ()


Make = Callable[[Chance], Any]
"""Makes a random value; None leaves the key out."""


@dataclass(frozen=True)
class Edit:
    """Sets a field of the model."""

    key: str
    """The front-matter key that sets the field, beside the keys of the struct's other fields.

    The fields of structs in ``WITHOUT_KEYS`` have keys of the document.
    """
    make: Make
    share: float = 1
    """The share of new documents that have the key."""
    alter: Callable[[Chance, Any], Any] | None = None
    """Makes another value of the one that is there; in half of all edits, where it is given."""


# Values. Pools are small where equal values in several documents matter: addresses, topics, stories, slugs, aliases.


def _title(chance: Chance) -> str:
    subject = chance.choice(SUBJECTS)
    return f"{subject[0].upper()}{subject[1:]} {chance.choice(ANGLES)}"


def _excerpt(chance: Chance) -> str:
    subject = chance.choice(SUBJECTS)
    return f"The {subject} {chance.choice(ANGLES)}, and it {chance.choice(ANGLES)}, says a report."


def _time(chance: Chance) -> str:
    day = f"2025-03-{chance.randrange(1, 25):02}"
    form = chance.choice(["T{}:00:00Z"] * 8 + ["T{}:30:00+02:00", ""])
    return day + form.format(f"{chance.randrange(24):02}")


def _address(chance: Chance) -> str:
    return f"https://source{chance.randrange(5)}.example/{chance.randrange(40)}"


def _tracked(chance: Chance, address: Any) -> str:
    """Returns another address of the same article."""
    return f"{str(address).partition('?')[0].partition('#')[0]}?utm_source=feed{chance.randrange(9)}"


def _known_address(chance: Chance) -> str:
    """Returns the address of another document, or one that may be that of none."""
    known = [draft["webUrl"] for draft in chance.drafts if "webUrl" in draft]
    return str(chance.choice(known)) if known and chance.random() < 0.6 else _address(chance)


def _quality(chance: Chance) -> int:
    return chance.randrange(100)


def _heat(chance: Chance) -> int:
    return chance.randrange(-1, 50)


def _flag(chance: Chance) -> bool:
    return chance.random() < 0.5


def _name(chance: Chance) -> str:
    number, day = chance.randrange(10_000), chance.randrange(1, 25)
    form = chance.choice(["2025-03-{:02}-n{}.md"] * 4 + ["more/2025-03-{:02}-n{}.txt", "opaque-{}-{}.markdown"])
    return form.format(day, number)


def _layout(chance: Chance) -> tuple[int, bool]:
    """Returns the number of comment lines above the front matter, and whether lists stand in one line each."""
    return chance.randrange(4), chance.random() < 0.5


def _caption(chance: Chance) -> str:
    return f"Picture {chance.randrange(20)} of the {chance.choice(SUBJECTS)}"


def _picture(chance: Chance) -> str:
    form = chance.choice(["https://pictures.example/{}.jpg"] * 8 + ["/icon-{}.png", "beside-{}.png"])
    return form.format(chance.choice([192, 512, *range(1_000)]))


def _pixels(chance: Chance) -> int | None:
    return chance.choice([None, 40, 320, 640, 1_200])


def _source(chance: Chance) -> str:
    return f"{chance.choice(['Source', 'SOURCE'])} {chance.randrange(5)}"


def _domain(chance: Chance) -> str:
    return f"source{chance.randrange(5)}.example"


def _provider(chance: Chance) -> dict[str, Any]:
    number = chance.randrange(5)
    return _group(Provider, chance) | {
        "name": f"{chance.choice(['Source', 'SOURCE'])} {number}",
        "domain": f"source{number}.example",
    }


def _pictures(chance: Chance) -> list[dict[str, Any]]:
    return [_group(Image, chance) for _ in range(chance.randrange(3))]


def _related(chance: Chance) -> list[dict[str, Any]]:
    """Returns entries, some of which are other documents."""
    entries = [_group(Article, chance) for _ in range(chance.randrange(6))]
    for entry in entries if chance.drafts else ():
        if chance.random() < 0.5:
            other = chance.choice(chance.drafts)
            entry |= {key: other[key] for key in ("title", "webUrl", "publishedDateTime") if key in other}
    return entries


def _aliases(chance: Chance) -> list[str]:
    form = chance.choice(["/old/{}/", "/old/{}.html"])
    return [form.format(number) for number in chance.sample(range(100), chance.randrange(3))]


def _topics(chance: Chance) -> list[str]:
    return chance.sample(TOPICS, chance.randrange(1, 4))


def _not_topics(chance: Chance) -> list[str]:
    return chance.sample([*TOPICS, "radiology"], chance.randrange(3))


def _story(chance: Chance) -> str:
    return chance.choice(["one", "two", *_SLUGS])


def _others(chance: Chance) -> list[str]:
    return [_known_address(chance) for _ in range(chance.randrange(6))]


def _studies(chance: Chance) -> list[str]:
    """Returns some identifiers, each kind in several of its forms."""
    forms = ["10.1000/Ecg{}", "doi:10.1000/ecg{}", "https://doi.org/10.1000/ecg{}", "PMID 1{}", "pmid:1{}",
             "NCT0000000{}", "ISRCTN0000000{}"]  # fmt: skip
    return [chance.choice(forms).format(chance.randrange(9)) for _ in range(chance.randrange(4))]


def _embed(chance: Chance) -> str:
    player = chance.choice(["www.youtube.com/embed/", "player.vimeo.com/video/"])
    return f'<iframe src="https://{player}{chance.randrange(1_000)}"></iframe>'


def _body(chance: Chance) -> str:
    """Returns some lines; each kind of link is in about half of all bodies."""
    lines = [
        f"The {chance.choice(SUBJECTS)} {chance.choice(ANGLES)}.",
        f"See [the pages]({chance.choice(['/', '/about/', '/archive/', '/topics/'])}).",
        f"See [the article]({_address(chance)}).",
        f"See [the figure](#figure-{chance.randrange(9)}).",
        f"<{chance.choice(['span', 'div'])}>The {chance.choice(SUBJECTS)}",
        f"## Part {chance.randrange(9)}",
    ]
    return "\n\n".join(chance.sample(lines, chance.randrange(1, 5))) + "\n"


def _secret(chance: Chance) -> str:
    return f"c2VjcmV0{chance.randrange(1_000):04};bm9uY2U="


EDITS: dict[str, Edit] = {
    "Article.title": Edit("title", _title),
    "Article.excerpt": Edit("excerpt", _excerpt, 0.9),
    "Article.published_at": Edit("publishedDateTime", _time),
    "Article.web_url": Edit("webUrl", _address, alter=_tracked),
    "Article.amp_url": Edit("ampWebUrl", _address, 0.3),
    "Article.cdn_amp_url": Edit("cdnAmpWebUrl", _address, 0.3),
    "Article.type": Edit("type", lambda chance: chance.choice(["article", "video"]), 0.5),
    "Article.quality": Edit("quality", _quality, 0.9),
    "Article.provider": Edit("provider", _provider, 0.95),
    "Article.images": Edit("images", _pictures, 0.6),
    "Provider.name": Edit("name", _source),
    "Provider.domain": Edit("domain", _domain),
    "Provider.logo": Edit("images", _pictures, 0.5),
    "Image.url": Edit("url", _picture),
    "Image.width": Edit("width", _pixels),
    "Image.height": Edit("height", _pixels),
    "Image.caption": Edit("title", _caption, 0.7),
    "Item.name": Edit(NAME, _name),
    "Item.category": Edit("category", lambda chance: chance.choice(["news", "research", "opinion"]), 0.7),
    "Item.original_url": Edit("originalUrl", _address, 0.3),
    "Item.heat": Edit("heat", _heat),
    "Item.is_promoted": Edit("published", _flag),
    "Item.is_removed": Edit("removed", _flag, 0.1),
    "Item.is_draft": Edit("draft", _flag, 0.1),
    "Item.slug": Edit("slug", lambda chance: chance.choice([None, *_SLUGS]), 0.3),
    "Item.aliases": Edit("aliases", _aliases, 0.4),
    "Item.topics": Edit("topics", _topics),
    "Item.not_topics": Edit("notTopics", _not_topics, 0.3),
    "Item.related": Edit("related", _related, 0.9),
    "Item.story": Edit("story", _story, 0.2),
    "Item.not_same_as": Edit("notSameAs", _others, 0.3),
    "Item.studies": Edit("studies", _studies, 0.3),
    "Item.video": Edit("featuredContent", _embed, 0.3),
    "Item.body": Edit(BODY, _body, 0.4),
    "Alias.line": Edit(LAYOUT, _layout),
    "BodyLink.line": Edit(LAYOUT, _layout),
    "BodyMarkup.line": Edit(LAYOUT, _layout),
}
"""The edit of each field of the model that a key of its own sets."""

DERIVED: dict[str, str] = {
    "Article.is_date_only": "Article.published_at",
    "Article.identity": "Article.web_url",
    "Item.path": "Item.name",
    "Alias.address": "Item.aliases",
    "Alias.column": "Alias.line",
    "Study.kind": "Item.studies",
    "Study.text": "Item.studies",
    "Study.url": "Item.studies",
    "Video.url": "Item.video",
    "Video.host": "Item.video",
    "Item.picture_lines": "Article.images",
    "Body.html": "Item.body",
    "Body.links": "Item.body",
    "Body.web_links": "Item.body",
    "Body.dropped": "Item.body",
    "Body.left_out": "Item.body",
    "BodyLink.address": "Item.body",
    "BodyMarkup.name": "Item.body",
}
"""Fields that have no key of their own, with the field whose edit sets them."""

OF_SOURCES = frozenset({"Provider.kind", "Provider.home"})
"""Fields that ``sources.yaml`` sets, and no key of a document."""

WITHOUT_KEYS = frozenset({"Alias", "Body", "BodyLink", "BodyMarkup", "Study", "Video"})
"""Structs that are read from a text or a list of texts; all others are read from a group of keys."""

IDLE: dict[str, Edit] = {
    "Item.secured": Edit("secured", _secret),
    "Article.originalUrl": Edit("originalUrl", _address, 0.3),
    "Article.heat": Edit("heat", _heat, 0.3),
    "Article.published": Edit("published", _flag, 0.3),
    "Article.topics": Edit("topics", _topics, 0.3),
    "Image.isCached": Edit("isCached", _flag, 0.3),
}
"""Keys that are read and set no field: those of a document, of an entry of its ``related`` list, of a picture."""


def _menu(chance: Chance) -> list[dict[str, str]]:
    """Returns links into the site and out of it."""
    to = ["/topics/", "/archive/index.html#main", "https://owner.example/", "mailto:post@owner.example"]
    return [{"text": f"Link {chance.randrange(9)}", "to": chance.choice(to)} for _ in range(chance.randrange(3))]


SETTING_EDITS: dict[str, Make] = {
    "title": lambda chance: f"Digest {chance.randrange(9)}",
    "description": lambda chance: f"News of {chance.choice(SUBJECTS)}.",
    "base_url": lambda chance: f"https://{chance.choice(['example.org', 'digest.example', 'example.org/news'])}/",
    "language": lambda chance: chance.choice(["en", "de"]),
    "timezone": lambda chance: chance.choice(["UTC", "Pacific/Kiritimati", "America/Los_Angeles"]),
    "page_size": lambda chance: chance.randrange(2, 6),
    "feed_size": lambda chance: chance.randrange(2, 9),
    "include_unpromoted": _flag,
    "search": _flag,
    "alias_pages": _flag,
    "precompress": _flag,
    "feed_authority": lambda chance: chance.choice(["", "feeds.example", "ids.example"]),
    "state": lambda chance: chance.choice(["", "cache", "../cache"]),
    "fields": lambda chance: chance.choice([{}, {"excerpt": ["title"]}, {"topics": ["category", "tags"]}]),
    "menu": _menu,
    "footer": _menu,
    "about": lambda chance: {
        chance.choice(["editor", "funding", "address"]): f"Owner {chance.randrange(9)}",
        chance.choice(["contact", "corrections"]): f"post{chance.randrange(9)}@owner.example",
    },
    "look": lambda chance: {
        "accent": chance.choice(["#0b5d66", "#b3202c", "#fc0"]),
        "cards": chance.choice(["pictures", "text"]),
        chance.choice(["font_headline", "font_text"]): f"Family {chance.randrange(9)}",
        "footer": f"By [us](/about/), *{chance.randrange(9)}*.",
    },
    "check": lambda chance: {"ignore": [chance.choice(["missing-image", "cut-text"])]},
    "csp": lambda chance: {chance.choice(["script", "connect"]): [f"https://host{chance.randrange(9)}.example"]},
}
"""The edit of each setting; none is left out."""


@dataclass(frozen=True)
class Place:
    """A field, and the way from an item to it."""

    path: tuple[str, ...]
    """Fields, from the item's own to that which holds the struct."""
    name: str
    """In ``EDITS``, ``DERIVED`` or ``IDLE``: the struct that declares the field, and the field."""

    def __str__(self) -> str:
        return ".".join((*self.path, self.name))

    @property
    def group(self) -> tuple[str, ...]:
        """The fields to the struct from whose keys this one is read."""
        return () if self.name.partition(".")[0] in WITHOUT_KEYS else self.path

    @property
    def field(self) -> str:
        return self.name.partition(".")[2]

    @property
    def edit(self) -> Edit:
        """The edit that sets the field.

        Raises:
            AssertionError: there is none.
        """
        name = DERIVED.get(self.name, self.name)
        edit = EDITS.get(name) or IDLE.get(name)
        assert edit, missing(self.name)
        return edit


def missing(name: str) -> str:
    """Returns what to do about a field that has no edit."""
    where = "add one to EDITS in tests/support/editing.py, or to DERIVED if another field's edit sets it"
    return f"{name} has no editor: {where}"


def places(struct: type[Struct] = Item, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Yields the place of each field of a struct, and of the structs in it."""
    for field in structs.fields(struct):
        name = f"{_declaring(struct, field.name).__name__}.{field.name}"
        if name in OF_SOURCES:
            continue
        yield Place(path, name)
        for inner in _structs_in(field.type):
            yield from places(inner, (*path, field.name))


def _declaring(struct: type, field: str) -> type:
    """Returns the class whose body has the field: of what ``Item`` inherits, that is ``Article``."""
    return next(one for one in struct.__mro__ if field in inspect.get_annotations(one))


def _structs_in(kind: Any) -> Iterator[type[Struct]]:
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield kind
    for part in typing.get_args(kind):
        yield from _structs_in(part)


PLACES = tuple(places())
IDLE_PLACES = (
    *(Place((), name) for name in IDLE if name.startswith("Item.")),
    *(Place(("related",), name) for name in IDLE if name.startswith("Article.")),
    *(Place(path, name) for path in [("images",), ("provider", "logo")] for name in IDLE if name.startswith("Image.")),
)


def slots() -> list[tuple[Place, ...]]:
    """Returns the places of the model by the key that sets them: those of each key of each group together."""
    found: dict[tuple[tuple[str, ...], str], list[Place]] = {}
    for place in PLACES:
        found.setdefault((place.group, place.edit.key), []).append(place)
    return [tuple(places) for places in found.values()]


def _group(struct: type[Struct], chance: Chance) -> Draft:
    """Returns random values for the keys that a struct is read from."""
    names = [f"{_declaring(struct, field.name).__name__}.{field.name}" for field in structs.fields(struct)]
    edits = [EDITS[name] for name in names if name in EDITS]
    edits += [edit for name, edit in IDLE.items() if name.startswith(f"{struct.__name__}.")]
    made = {edit.key: edit.make(chance) for edit in edits if chance.random() < edit.share}
    return {key: value for key, value in made.items() if value is not None}


def made(chance: Chance) -> Draft:
    """Returns a random document. It is valid by itself, not necessarily beside others."""
    while True:
        draft = _group(Item, chance) | {LAYOUT: _layout(chance)}
        if item_of(draft):
            return draft


def full(chance: Chance) -> Draft:
    """Returns a random document that has every place."""
    draft = made(chance)
    paths = {place.path for place in PLACES if place.path}
    for place in PLACES:
        below = [path for path in paths if (*place.path, place.field) == path[:1]]
        for _ in range(_TRIES):
            item = item_of(draft)
            if item and all(_holders(item, path) for path in below):
                break
            draft[place.edit.key] = place.edit.make(chance)
        else:
            raise AssertionError(f"{place}: its edit makes no value that has each of {below}")
    return draft


def text(draft: Draft) -> str:
    """Returns the text of a document."""
    front = {key: value for key, value in draft.items() if key not in {BODY, NAME, LAYOUT}}
    comments, is_flow = draft.get(LAYOUT, (0, False))
    style = None if is_flow else False
    # PyYAML's own emitter takes several times as long as the program takes to read what it writes.
    dumped = yaml.dump(front, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, default_flow_style=style)
    lines = "# A comment.\n" * comments
    return f"---\n{lines}{dumped}---\n{draft.get(BODY, '')}"


def item_of(draft: Draft) -> Item | None:
    """Returns what a document becomes; None where it has errors."""
    return _item(text(draft), draft[NAME])


@functools.lru_cache(maxsize=64)
def _item(written: str, name: str) -> Item | None:
    return read(written, name).item


def has(draft: Draft, place: Place) -> bool:
    """Tells whether a document has what holds the field."""
    item = item_of(draft)
    return item is not None and bool(_holders(item, place.path))


def found(draft: Draft, place: Place) -> list[Any]:
    """Returns the field's values: one, or one of each entry of a list; none where the document has errors."""
    item = item_of(draft)
    return [getattr(holder, place.field) for holder in _holders(item, place.path)] if item else []


def _holders(item: Item, path: tuple[str, ...]) -> list[Any]:
    holders: list[Any] = [item]
    for name in path:
        holders = [one for holder in holders for one in _listed(getattr(holder, name))]
    return holders


def change(draft: Draft, place: Place, chance: Chance) -> Draft:
    """Returns a document in which one key is another, so that the field's value is another.

    Raises:
        AssertionError: the field has no edit, or its edit does not change it.
    """
    edit = place.edit
    if place in IDLE_PLACES:
        return _edited(draft, place, edit, chance)
    before = found(draft, place)
    for _ in range(_TRIES):
        changed = _edited(draft, place, edit, chance)
        after = found(changed, place)
        # Whether entries of a list come or go is for the edits of the list.
        if after != before and len(after) == len(before):
            return changed
    raise AssertionError(f"{place}: its edit writes `{edit.key}`, and none of {_TRIES} values changes the field")


def _edited(draft: Draft, place: Place, edit: Edit, chance: Chance) -> Draft:
    """Returns a document with another random value of a key, wherever that leads to."""
    changed = copy.deepcopy(draft)
    groups: list[Any] = [changed]
    for position in range(len(place.group)):
        key = _key(place.group[: position + 1])
        inner = [one for group in groups for one in _listed(group.get(key))]
        # Where the key is missing, the field has a value from elsewhere, as a provider has from the address.
        groups = inner or [chance.choice(groups).setdefault(key, {})]
    group = chance.choice(groups)
    assert isinstance(group, dict), f"{place} is not set by a group of keys: add its struct to WITHOUT_KEYS"
    if edit.alter and edit.key in group and chance.random() < 0.5:
        value = edit.alter(chance, group[edit.key])
    else:
        value = edit.make(chance) if chance.random() < max(edit.share, 0.8) else None
    if value is None:
        group.pop(edit.key, None)
    else:
        group[edit.key] = value
    return changed


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _key(path: tuple[str, ...]) -> str:
    """Returns the key of a field that holds structs."""
    place = next(place for place in PLACES if (*place.path, place.field) == path)
    return place.edit.key


def settled(values: dict[str, Any], name: str, chance: Chance) -> dict[str, Any]:
    """Returns settings in which one is another.

    Args:
        values: those that ``site.toml`` has.
        name: the setting.
        chance: picks the value.

    Raises:
        AssertionError: the setting has no edit, or its edit does not change it.
    """
    assert name in SETTING_EDITS, f"Settings.{name} has no editor: add one to SETTING_EDITS in tests/support/editing.py"
    before = values.get(name, getattr(Settings(), name))
    for _ in range(_TRIES):
        after = SETTING_EDITS[name](chance)
        if after != before:
            return values | {name: after}
    raise AssertionError(f"Settings.{name}: none of {_TRIES} values is another than {before!r}")
