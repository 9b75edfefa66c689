"""Whatever a hook returns for an item is an item like those of documents, or a diagnostic."""

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from generator.cache.documents import PARSED, RELATED, pack
from generator.config.hook_file import Hooks
from generator.content.aliases import Alias
from generator.content.item_hooks import apply_to_collection, apply_to_item
from generator.content.model import Image, Item, Provider
from generator.content.parse import Parsed
from generator.util import weburls
from generator.util.text import is_slug
from tests.support import attacks
from tests.support.making import document, entry, read


def _item() -> Item:
    item = read(document("A [link](https://example.org/).", related=[entry()], studies=["PMID 1"])).item
    assert item
    return item


ITEM = _item()
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.binary(), st.text(), st.datetimes(),
    st.datetimes(timezones=st.timezones()), st.sampled_from((*attacks.ADDRESSES, *attacks.DOMAINS, *attacks.ALIASES)),
)  # fmt: skip
STRUCTS = st.one_of(
    st.builds(Image, url=PLAIN, width=PLAIN, height=PLAIN, caption=PLAIN),
    st.builds(Alias, address=PLAIN, line=st.integers(), column=st.integers()),
    st.builds(Provider, name=PLAIN, domain=PLAIN, logo=PLAIN, kind=PLAIN, home=PLAIN),
)
VALUES = st.one_of(PLAIN, STRUCTS, st.lists(PLAIN | STRUCTS), st.tuples(PLAIN | STRUCTS), st.dictionaries(PLAIN, PLAIN))


@given(st.dictionaries(st.sampled_from(Item.__struct_fields__), VALUES, min_size=1, max_size=3))
def test_any_values_give_an_item_or_diagnostics(changes: dict[str, Any]) -> None:
    """Never an exception, and never an item with values of wrong types or an unsafe address."""
    hooks = Hooks(item=lambda item: structs.replace(item, **changes))
    found = apply_to_item(hooks, ITEM, dt.UTC)
    if isinstance(found, tuple):
        assert found
        assert all(one.is_error and one.message.endswith(f"in `item`, for {ITEM.path}") for one in found)
        return
    assert found
    packed, related = pack(Parsed(item=found, diagnostics=()))
    unpacked = PARSED.unpack(packed).item
    assert unpacked
    assert structs.replace(unpacked, related=()) == structs.replace(found, related=())
    assert RELATED.unpack(related) == tuple(found.related)
    assert is_slug(found.slug)
    assert (found.name, found.path) == (ITEM.name, ITEM.path)
    assert found.identity == weburls.identity(found.web_url)
    for url in (found.web_url, found.amp_url, found.original_url, *(image.url for image in found.images)):
        assert not url or weburls.clean(url) == url


@given(st.one_of(VALUES, st.lists(st.sampled_from([ITEM, structs.replace(ITEM, title="New")]) | PLAIN)))
def test_any_collection_gives_items_or_diagnostics(returned: Any) -> None:
    """Each item at most once."""
    items, diagnostics = apply_to_collection(Hooks(collection=lambda _: returned), (ITEM,), dt.UTC)
    assert items == (ITEM,) or not diagnostics
    assert len(items) <= 1
