"""The stories of a folder of documents, without a site."""

from dataclasses import dataclass

import msgspec

from generator import checks, settings, sources, taxonomy
from generator.digest import Selected, Selection, select
from generator.errors import Problem, in_order, once_a_key
from generator.model import Item
from generator.options import Options
from generator.reading import Reading, read
from generator.retelling import tell
from generator.settings import Settings
from generator.stories import Told
from generator.taxonomy import Taxonomy


def select_items(reading: Reading, options: Options, configured: Settings) -> Selected:
    """The items on the site, each with an address of its own."""
    selected = select(
        reading.items,
        Selection(
            now=options.now,
            with_drafts=options.with_drafts,
            with_future=options.with_future,
            with_unpromoted=configured.include_unpromoted,
        ),
    )
    items, collisions = checks.without_collisions(selected.items)
    return msgspec.structs.replace(selected, items=items, problems=(*selected.problems, *collisions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The stories of a collection, without a site."""

    told: Told
    settings: Settings
    taxonomy: Taxonomy
    about: Item | None
    """The item of the document that was asked about."""
    problems: tuple[Problem, ...]


def tell_stories(options: Options, *, document: str | None = None) -> Grouping:
    """Groups the documents into stories as a build would, without checking the links of bodies; writes nothing.

    Args:
        options: as for a build; the output folder does not matter.
        document: the path or name of a document whose comparisons are wanted.

    Raises:
        SettingsError: the settings or the curated topics have errors.
    """
    configured = settings.load(options.config, base_url=options.base_url)
    curated = taxonomy.load(options.site_folder)
    reading = read(options.source, sources.find(options.source), configured, curated, jobs=options.jobs)
    selected = select_items(reading, options, configured)
    about = next((item for item in selected.items if document and document in {item.path, item.name}), None)
    return Grouping(
        told=tell(selected.items, about=about.identity if about else None),
        settings=configured,
        taxonomy=curated,
        about=about,
        problems=in_order(once_a_key(reading.problems), selected.problems),
    )
