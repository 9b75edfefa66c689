"""The entries of docs/errors.md, the diagnostics that they quote, and the guesses for misspelt names."""

import os
import re
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commands.check import link_cache
from generator.commands.check.link_cache import LinkStatus, State
from generator.errors import Code, manual
from generator.util.text import nearest
from tests.support.making import SiteFolder, document, run

NAME = "2025-03-14-chest-films.md"
OTHER = "2025-03-15-ecg.md"


def document_of(text: str = "", /, **changes: object) -> Callable[[SiteFolder], object]:
    """Adds a document with the given text, or a valid one with changed fields."""
    return lambda site: site.add(NAME, text or document(**changes))  # type: ignore[arg-type]


def _binary(data: bytes) -> Callable[[SiteFolder], object]:
    return lambda site: (site.root / "seeds" / NAME).write_bytes(data)


def _linked(name: str, target: str) -> Callable[[SiteFolder], object]:
    def make(site: SiteFolder) -> None:
        (site.root / "seeds" / name).symlink_to(site.root / target)

    return make


def _linked_folder(site: SiteFolder) -> None:
    site.write("archive/2024-01-01-old.md", document())
    _linked("archive", "archive")(site)


def _pipe(site: SiteFolder) -> None:
    os.mkfifo(site.root / "seeds" / NAME)


def _file(name: str, text: str) -> Callable[[SiteFolder], object]:
    """Adds a valid document and another file."""

    def make(site: SiteFolder) -> None:
        site.add(NAME)
        site.write(name, text)

    return make


def _font(site: SiteFolder) -> None:
    """Adds a valid document, a described font, and a setting that misspells it."""
    site.add(NAME)
    site.write("site.toml", 'title = "Test"\n\n[look]\nfont_text = "Intr"\n')
    site.write("static/custom.css", '@font-face { font-family: "Inter"; src: local("Inter"); }')


def _two(**changes: object) -> Callable[[SiteFolder], object]:
    """Adds a valid document, and a second one that differs from it in some fields."""

    def make(site: SiteFolder) -> None:
        site.add(NAME, document())
        site.add(OTHER, document(**changes))  # type: ignore[arg-type]

    return make


def _conflict_copy(site: SiteFolder) -> None:
    site.add(NAME)
    site.add(NAME.replace(".md", " (conflicted copy).md"))


def _without_pagefind(site: SiteFolder) -> None:
    site.configure(title="T", search=True)
    site.add(NAME)


def _with_two_spellings(site: SiteFolder) -> None:
    for number, name in enumerate(["Example News", "Example News", "EXAMPLE-NEWS"]):
        provider = {"name": name, "domain": "news.example.org"}
        url = f"https://news.example.org/{number}"
        site.add(f"2025-03-14-films-{number}.md", document(title=f"Title {number}", webUrl=url, provider=provider))


def _with_topics_of_one_address(site: SiteFolder) -> None:
    for name, topic in ((NAME, "Bar"), (OTHER, "Bär")):
        site.add(name, document(webUrl=f"https://news.example.org/{name}", title=name, topics=[topic]))


def _with_link_status(state: State, reason: str) -> Callable[[SiteFolder], object]:
    """Adds a document whose article has a cached link status."""

    def make(site: SiteFolder) -> None:
        site.add(NAME, document())
        with link_cache.opened(site.root / link_cache.FILE) as cache:
            cache.put(
                "https://news.example.org/2025/chest-films.html",
                LinkStatus(state=state, reason=reason),
                now=time.time(),
            )

    return make


def _old_site(site: SiteFolder) -> None:
    site.write("blog/_config.yml", "url: https://old.example\n")
    site.write(f"blog/_posts/{NAME}", "---\ntitle: Films\n---\nThe first films.\n\n{% include films.html %}\n")


EXAMPLES: dict[Code, Callable[[SiteFolder], object]] = {
    Code.UNREADABLE: _linked(NAME, "gone.md"),
    Code.NOT_A_FILE: _pipe,
    Code.OUTSIDE_SOURCE: lambda site: (site.write("drafts.md", "x"), _linked(NAME, "drafts.md")(site)),
    Code.LINKED_FOLDER: _linked_folder,
    Code.CONFLICT_COPY: _conflict_copy,
    Code.TOO_LARGE: document_of(excerpt="word " * 3_000),
    Code.BINARY: _binary(b"---\ntitle: \0\n---\n"),
    Code.NOT_UTF8: _binary("---\ntitle: Röntgen\n---\n".encode("latin-1")),
    Code.EMPTY: _binary(b"\n"),
    Code.NO_FRONT_MATTER: document_of("# Notes\n"),
    Code.UNCLOSED_FRONT_MATTER: document_of("---\ntitle: Model reads chest films\n"),
    Code.INVALID_YAML: document_of("---\ntitle: A model: how it reads\n---\n"),
    Code.INVALID_TOML: document_of("+++\ntitle = Model reads chest films\n+++\n"),
    Code.INVALID_JSON: document_of('{"title": "Model reads chest films" "heat": 1}\n'),
    Code.NOT_A_MAPPING: document_of("---\n- Model reads chest films\n---\n"),
    Code.DUPLICATE_KEY: document_of(document().replace("type:", "title: Another\ntype:", 1)),
    Code.TOO_DEEP: document_of("---\n" + "\n".join(" " * level + "a:" for level in range(400)) + "\n---\n"),
    Code.MISSING_FIELD: document_of(webUrl=None),
    Code.WRONG_TYPE: document_of(quality="high"),
    Code.INVALID_TIME: document_of(publishedDateTime="2025-02-30T09:30:00Z"),
    Code.UNLIKELY_TIME: document_of(publishedDateTime="1970-01-01T00:00:01Z"),
    Code.NAIVE_TIME: document_of(publishedDateTime="2025-03-14T09:30:00"),
    Code.DATE_ONLY: document_of(publishedDateTime="2025-03-14"),
    Code.INVALID_URL: document_of(webUrl="news.example.org/films"),
    Code.INVALID_DOMAIN: document_of(provider={"name": "Example News", "domain": "Example News"}),
    Code.INVALID_SLUG: document_of(slug="Chest Films"),
    Code.INVALID_ALIAS: document_of(aliases=["https://old.example/films"]),
    Code.INVALID_STUDY: document_of(studies=["Lancet 2025"]),
    Code.UNKNOWN_TYPE: document_of(type="podcast"),
    Code.UNKNOWN_KEY: document_of("", webURL="https://news.example.org/films"),
    Code.UNKNOWN_EMBED: document_of(featuredContent="<iframe src='https://video.example/1'></iframe>"),
    Code.INVALID_BODY: document_of(document("> " * 16 + "x")),
    Code.INVALID_LINK: document_of(document("See [all topics](topics/).\n")),
    Code.REMOVED_HTML: document_of(document('<iframe src="https://video.example/1"></iframe>\n')),
    Code.INVALID_IMAGE: document_of(images=[{"url": "/pics/films.png"}]),
    Code.NO_DOCUMENTS: lambda site: site.write("seeds/readme.html", ""),
    Code.DUPLICATE_ITEM: _two(),
    Code.ADDRESS_COLLISION: _two(webUrl="https://news.example.org/2", slug="chest-films"),
    Code.DEAD_LINK: document_of(document("See [the first part](/2025/03/13/first-part/).\n")),
    Code.TEMPLATE_ERROR: _file("templates/day.html", "<h1>{{ page.title }}</h1>\n{{ page.titel }}\n"),
    Code.HOOK_ERROR: _file("hooks.py", "def item(item):\n    return 1 / 0\n"),
    Code.ASSET_ERROR: _file("static/style.css", "body {\n  background: url(paper.png);\n}\n"),
    Code.SEARCH_ERROR: _without_pagefind,
    Code.INVALID_SETTING: _file("site.toml", 'title = "Test"\npage_size = 1000\n'),
    Code.UNKNOWN_SETTING: _file("site.toml", 'basurl = "https://example.org/"\n'),
    Code.LOW_CONTRAST: _file("site.toml", 'title = "Test"\n\n[look]\naccent = "#ffcc00"\n'),
    Code.UNKNOWN_FONT: _font,
    Code.MISSING_EXCERPT: document_of(excerpt=""),
    Code.MISSING_IMAGE: document_of(),
    Code.MISSING_IMAGE_SIZE: document_of(images=[{"url": "https://news.example.org/films.jpg"}]),
    Code.INSECURE_IMAGE: document_of(
        images=[{"url": "http://news.example.org/films.jpg", "width": 800, "height": 450}]
    ),
    Code.MENDED_TEXT: document_of(title="RÃ¶ntgen films, read by a model"),
    Code.LOST_TEXT: document_of(title="R\N{REPLACEMENT CHARACTER}ntgen films, read by a model"),
    Code.CUT_TEXT: document_of(document().replace("title: Model", "title: The # 1 model")),
    Code.FUTURE_ITEM: document_of(publishedDateTime="2052-03-14T09:30:00Z"),
    Code.NEAR_DUPLICATE: _two(webUrl="https://news.example.org/2", title="Model reads the chest films"),
    Code.SOURCE_SPELLING: _with_two_spellings,
    Code.TOPIC_SPELLING: _with_topics_of_one_address,
    Code.UNKNOWN_SOURCE: document_of(provider={"name": "Clinic Wire", "domain": "clinicwire.test"}),
    Code.UNCURATED_TOPIC: _file("topics.yaml", "topics:\n  - name: Radiology\n"),
    Code.UNKNOWN_TOPIC: document_of(notTopics=["Radiolgy"]),
    Code.UNKNOWN_STORY: document_of(story="chest-film"),
    Code.UNKNOWN_ARTICLE: document_of(notSameAs=["https://news.example.org/ecg"]),
    Code.UNUSED_TEMPLATE: _file("templates/itm.html", "<p>"),
    Code.UNUSED_BLOCK: _file(
        "templates/base.html", '{% extends "default/base.html" %}\n{% block haed %}<meta>{% endblock %}\n'
    ),
    Code.REPLACED_HEAD: _file(
        "templates/base.html", '{% extends "default/base.html" %}\n{% block head %}<meta>{% endblock %}\n'
    ),
    Code.CHANGED_ORIGINAL: _file("static/theme.js", "// theme.js of the default theme, copy of version 00000000\n"),
    Code.BLOCKED_BY_POLICY: _file(
        "templates/search.html",
        '{% extends "base.html" %}\n{% block main %}\n<script src="https://stats.example/a.js"></script>{% endblock %}',
    ),
    Code.GONE_LINK: _with_link_status(State.GONE, "404"),
    Code.UNKNOWN_HOST: _with_link_status(State.NO_HOST, "there is no such host"),
    Code.NOT_IMPORTED: _old_site,
    Code.DUPLICATE_TOPIC: _file("topics.yaml", "topics:\n  - name: ECG\n  - name: Heart\n    keywords: [ECG]\n"),
    Code.UNKNOWN_PARENT: _file(
        "topics.yaml", "topics:\n  - name: Cardiology\n  - name: ECG\n    parent: cardiologie\n"
    ),
    Code.PARENT_LOOP: _file(
        "topics.yaml", "topics:\n  - {name: Heart, parent: ecg}\n  - name: ECG\n    parent: heart\n"
    ),
    Code.UNKNOWN_COLOUR: _file("topics.yaml", "topics:\n  - name: ECG\n    colour: pink\n"),
    Code.DUPLICATE_SOURCE: _file(
        "sources.yaml",
        "sources:\n"
        "  - {domain: clinicwire.test, name: Clinic Wire, kind: trade}\n"
        "  - {domain: clinicwire.test, name: Clinic Wire Daily, kind: news}\n",
    ),
    Code.UNKNOWN_KIND: _file(
        "sources.yaml", "sources:\n  - {domain: clinicwire.test, name: Clinic Wire, kind: trades}\n"
    ),
    Code.INVALID_COUNTRY: _file(
        "sources.yaml", "sources:\n  - {domain: clinicwire.test, name: Clinic Wire, kind: trade, country: us}\n"
    ),
}
"""Sites for which the program prints the examples of docs/errors.md."""


def printed(site: SiteFolder, code: Code, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns the lines with a code that a build or check of the example prints, run in the folder of the site."""
    site.configure(title="Test", search=False)
    EXAMPLES[code](site)
    monkeypatch.chdir(site.root)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(site.root / "no-pagefind"))
    options = ("--now", "2026-01-01T00:00:00Z", "--jobs", "1")
    _, _, stderr = run("build", *options)
    if f": {code}: " not in stderr:
        # No other example may send requests.
        links = ("--links",) if code in {Code.GONE_LINK, Code.UNKNOWN_HOST} else ()
        is_imported = code is Code.NOT_IMPORTED
        command = ("import", "blog", "--from", "jekyll") if is_imported else ("check", "--verbose", *links, *options)
        stderr = "".join(run(*command)[1:])
    return [line for line in stderr.splitlines() if f": {code}: " in line]


@pytest.mark.parametrize("code", list(Code))
def test_the_example_of_an_entry_is_printed_by_the_program(
    code: Code, site: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example is equal to a printed line, with the path as the user names it."""
    assert manual.entries()[code].example in printed(site, code, monkeypatch)


def test_every_code_has_an_entry() -> None:
    """An entry has a summary, an example and a remedy. There are no entries of other codes."""
    entries = manual.entries()
    assert set(entries) == {str(code) for code in Code} == {str(code) for code in EXAMPLES}
    headings = re.findall(r"^### (.*)$", (manual.docs_folder() / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [f"`{code}`" for code in entries]
    for entry in entries.values():
        assert entry.summary.endswith("."), entry.code
        assert len(entry.summary) <= 90, entry.code
        assert entry.example.startswith(("error: ", "warning: ")), entry.code
        assert len(entry.text.split("\n\n")) >= 4, entry.code


def test_explain_error_prints_an_entry() -> None:
    """Without a code, `digest explain-error` lists all codes. An unknown code is wrong usage, with a guess."""
    code, stdout, _ = run("explain-error", "invalid-url")
    assert code == 0
    assert stdout == manual.entries()["invalid-url"].text + "\n"
    assert run("explain-error", "INVALID-URL") == (0, stdout, "")
    assert "](" not in "".join(run("explain-error", one)[1] for one in Code)
    code, stdout, _ = run("explain-error")
    assert code == 0
    assert [line.split()[0] for line in stdout.splitlines()] == list(manual.entries())
    code, _, stderr = run("explain-error", "invalid-ulr")
    assert code == 2
    assert "did you mean invalid-url" in stderr
    code, _, stderr = run("explain-error", "\x1b[2J")
    assert (code, "\x1b" in stderr, "lists all" in stderr) == (2, False, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('basurl = "x"', "site.toml:1:1: unknown-setting: 'basurl' is not a setting (did you mean `base_url`?)"),
        ("Base-URL = 'x'", "site.toml:1:1: unknown-setting: 'Base-URL' is not a setting (did you mean `base_url`?)"),
        (
            "[site]\ntitel = 'x'\n\n[site.more]\ncolour = 1",
            (
                "site.toml:2:1: unknown-setting: 'site.titel' is not a setting "
                "(did you mean `title`, outside of any table?)"
            ),
        ),
        (
            "colour = 1",
            "site.toml:1:1: unknown-setting: 'colour' is not a setting (see docs/settings.md, or remove it)",
        ),
    ],
)
def test_a_misspelt_setting_has_a_guess(
    site: SiteFolder, text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The diagnostic names the unknown key, also in a table, and the most similar setting."""
    site.add(NAME)
    site.write("site.toml", text)
    monkeypatch.chdir(site.root)
    code, _, stderr = run("build")
    assert code == 2
    assert f"error: {expected}" in stderr.splitlines()


def test_misspelt_keys_in_other_files_have_guesses(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses are made for keys of documents, of entries in them, of topics and of language tables."""
    site.configure(title="T", search=False)
    provider = {"name": "x", "domain": "e.org", "image": []}
    site.add(NAME, publishDateTime="x", WebURL="x", provider=provider, sponsor="x", **{"x" * 10_000: "x"})
    monkeypatch.chdir(site.root)
    _, _, stderr = run("build", "--jobs", "1")
    for guess in ("publishedDateTime", "webUrl", "images"):
        assert f"(did you mean `{guess}`?)" in stderr
    assert "sponsor is not a field of a document and is ignored (remove it, or check its spelling)" in stderr
    site.write("topics.yaml", "topics:\n  - name: ECG\n    keyword: [x]\n")
    assert "(did you mean `keywords`?)" in run("build", "--jobs", "1")[2]
    (site.root / "topics.yaml").unlink()
    site.write("languages/en.toml", '[site]\ntopic = "Subjects"\n')
    assert "site.topic: is not a key of the table; did you mean site.topics?" in run("build", "--jobs", "1")[2]


def test_one_mistake_is_one_diagnostic(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt required field, a day before the month, and a source without a name are reported once each."""
    provider = {"domain": "news.example.org"}
    text = document(title=None, titel="x", publishedDateTime="21.11.2026", provider=provider)
    site.add(NAME, text)
    monkeypatch.chdir(site.root)
    code, _, stderr = run("build", "--jobs", "1")
    where = {line.partition(":")[0]: number for number, line in enumerate(text.splitlines(), 1)}
    assert code == 1
    assert stderr.splitlines()[:-1] == [
        (
            f"warning: seeds/{NAME}:{where['provider']}:1: missing-field: provider.name is missing, so the "
            "domain is used (add `name:` below `provider:`)"
        ),
        (
            f"error: seeds/{NAME}:{where['publishedDateTime']}:1: invalid-time: publishedDateTime is not written as "
            "YYYY-MM-DD, with or without a time: '21.11.2026' (write it as 2026-11-21)"
        ),
        (
            f"error: seeds/{NAME}:{where['titel']}:1: missing-field: title is missing: titel is not a field "
            "(write `title:`)"
        ),
    ]


@pytest.mark.parametrize(
    ("word", "guesses"),
    [("base-url", ["base_url"]), ("BASEURL", ["base_url"]), ("titel", ["title"]), ("", []), ("xyz", []), ("___", [])],
)
def test_nearest_finds_similar_words(word: str, guesses: list[str]) -> None:
    """Case and punctuation are ignored. A word without similar ones has no guess."""
    assert nearest(word, ["title", "base_url", "search"]) == guesses


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_template_error_names_the_page(site: SiteFolder, jobs: str) -> None:
    """The diagnostic has template, line, and the first page with the error, for any number of processes."""
    site.configure(title="T", search=False)
    for day in range(1, 4):
        site.add(f"2025-03-0{day}-{day}.md", publishedDateTime=f"2025-03-0{day}T09:00:00Z", title=f"Title {day}")
    site.write("templates/day.html", "<h1>\n{% if page.title.endswith('2 March 2025') %}{{ page.gone }}{% endif %}\n")
    outcome = site.build("--jobs", jobs)
    assert outcome.code == 1
    path = Path(site.root, "templates", "day.html")
    assert (
        f"error: {path}:2:1: template-error: the page has no `gone`, while /2025/03/02/ was rendered (fix"
        in outcome.stderr
    )
    assert path.stat().st_mode & stat.S_IRUSR
