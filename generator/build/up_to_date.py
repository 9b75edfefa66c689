"""Whether a build has anything to do: a site is up to date where everything that it was made from is equal."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from generator.build.report import Report
from generator.build.scan import Scanned, content_of
from generator.cache.document_keys import DocumentKeys
from generator.cache.memo import Kind
from generator.config import hook_source, theme
from generator.config.options import Options
from generator.content import beside
from generator.util import hashing


class LastBuild(msgspec.Struct, frozen=True, kw_only=True):
    """A build of a site, as the cache has it."""

    since: float
    """Unix time: at every ``now`` from here on …"""
    until: float
    """… and before this, the same items are on the site."""
    report: Report


SITE = Kind("site", LastBuild)
"""A build, by the key of everything that the site was made from, and of where."""


def site_key(options: Options, scanned: Scanned, documents: Mapping[str, DocumentKeys]) -> bytes:
    """Returns the key of everything that a site is made from, the program and the time aside.

    Args:
        options: of the build.
        scanned: the source folder, the own pages and the theme.
        documents: the keys of all documents, by name.
    """
    folder, theirs, found = options.site_folder, scanned.theme, scanned.found
    paths = [folder / theme.TOPICS, folder / theme.SOURCES, *sorted((folder / "languages").glob("*"))]
    own = scanned.pages
    paths += [Path(own.folder.path(file.name)) for file in (*own.files, *own.others)]
    paths += [Path(found.folder.path(file.name)) for file in found.others if beside.is_picture(file.name)]
    paths += [path for one in theirs.template_folders for path in sorted(one.rglob("*"))]
    contents = b"".join([keys.content for keys in documents.values()])
    return hashing.blake2_of_value(
        (
            scanned.settings,
            (os.fsencode(options.source), os.fsencode(options.config), scanned.output_name),
            (options.skip_invalid, options.with_drafts, options.with_future),
            [(os.fsencode(path), content_of(path)) for path in paths],
            [(os.fsencode(name), content_of(path)) for name, path in theirs.static_files.items()],
            (found.diagnostics, found.ignored, scanned.pages.diagnostics),
            [os.fsencode(name) for name in documents],
            hashing.blake2(contents),
            *hook_source.key_of(scanned.hooks),
        )
    )


def report_of(options: Options, scanned: Scanned, documents: Mapping[str, DocumentKeys]) -> Report | None:
    """Returns the report of the last build, if another would make the same site and all its files are there.

    Args:
        options: of the build.
        scanned: the source folder and the output folder.
        documents: the keys of all documents, by name.
    """
    if options.is_strict or options.tuning.is_verifying or not scanned.output_entries:
        return None
    last = scanned.memo.find(SITE, site_key(options, scanned, documents))
    now = options.now.timestamp()
    if last is None or not last.since <= now < last.until or not scanned.output.is_complete:
        return None
    entries = dict(scanned.output_entries)
    for path in scanned.altered():
        stamp = scanned.output.unchanged_stamp(path, entries[path], is_strict=False)
        if stamp is None:
            return None
        entries[path] = entries[path]._replace(size=stamp[0], modified=stamp[1])
    scanned.store.write_files(scanned.output_name, scanned.output_entries, entries)
    if not scanned.to_read:
        scanned.store.write_files(scanned.source_name, scanned.source_entries, scanned.entries)
    return last.report


def unchanged(report: Report) -> Report:
    """Returns the report of a build that makes the same site again."""
    return msgspec.structs.replace(
        report, written=0, unchanged=report.planned, removed=0, indexed=0, is_taken_over=False
    )
