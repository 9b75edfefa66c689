"""Curated topics: reading `topics.yaml`, matching keywords, assigning topics, and the pages that show them."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.config.theme import TOPICS as FILE
from generator.content.model import Item
from generator.content.topics import COLOURS, CuratedTopic, Taxonomy, load
from generator.errors import Code, SettingsError
from generator.util.text import topic_slug
from tests.support import ROOT
from tests.support.making import SiteFolder, document, read, run

TOPICS: list[dict[str, Any]] = [
    {"name": "Oncology", "colour": "rose", "description": "Cancer, found early.", "keywords": ["cancer", "tumour"]},
    {"name": "Breast cancer", "parent": "oncology", "keywords": ["breast cancer"]},
    {"name": "Radiology", "keywords": ["radiologist", "medical image"], "colour": "blue"},
    {"name": "X-ray", "parent": "radiology", "keywords": ["X-ray", "radiograph"]},
    {"name": "CT", "parent": "radiology", "keywords": ["CT", "computed tomography"]},
    {"name": "Neurology", "keywords": ["ALS", "stroke"]},
    {"name": "Covid", "slug": "covid-19", "keywords": ["Covid-19", "coronavirus"]},
    {"name": "Telehealth", "keywords": ["telemedicine"]},
    {"name": "Dermatology", "keywords": ["acne"]},
    {"name": "Language models", "parent": "ai", "keywords": ["large language model", "LLM"]},
    {"name": "Artificial intelligence", "slug": "ai", "keywords": ["AI in healthcare"]},
]


def taxonomy(topics: list[dict[str, Any]] = TOPICS) -> Taxonomy:
    """Returns a taxonomy of topics that are given as in the file."""
    return Taxonomy(
        [
            CuratedTopic(**{"slug": topic_slug(one["name"])} | one | {"keywords": tuple(one.get("keywords", ()))})
            for one in topics
        ]
    )


def item(title: str = "Nothing", excerpt: str = "", topics: list[str] | None = None, **changes: Any) -> Item:
    parsed = read(document(title=title, excerpt=excerpt, topics=topics or [], **changes)).item
    assert parsed
    return parsed


def found(text: str) -> set[str]:
    """Returns the names of the topics whose keywords are in a text."""
    return {match.topic.name for match in taxonomy().matches(text)}


def write(site: SiteFolder, topics: list[dict[str, Any]] = TOPICS) -> None:
    site.write(FILE, yaml.safe_dump({"topics": topics}, sort_keys=False))


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    return SiteFolder(tmp_path / "site")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Breast cancers, seen early", {"Breast cancer", "Oncology"}),
        ("The radiologists' view", {"Radiology"}),
        ("A stroke of luck; they also ran", {"Neurology"}),
        ("It also falls, and false, and Als", set()),
        ("Patients with ALS", {"Neurology"}),
        ("ALS's toll", {"Neurology"}),
        ("act, CTO, Ct and ct", set()),
        ("CTs and a CT-based score", {"CT"}),
        ("Computed, then tomography", set()),
        ("Computed\ntomography", {"CT"}),
        ("tomography computed", set()),
        ("chest X-rays", {"X-ray"}),
        ("chest Xray", {"X-ray"}),
        ("chest x ray", {"X-ray"}),
        ("X\u2011RAY of the chest", {"X-ray"}),
        ("COVID-19 wards", {"Covid"}),
        ("covid 19 wards", {"Covid"}),
        ("Covid19 wards", {"Covid"}),
        ("tele-medicine", {"Telehealth"}),
        ("large-language models", {"Language models"}),
        ("LLMs in wards", {"Language models"}),
        ("(NYSE: ACN) rose", set()),
        ("ACNE in teens", {"Dermatology"}),
        ("A DAY OF ALS AND TUMOUR", {"Oncology"}),
        ("precancerous", set()),
        ("", set()),
    ],
)
def test_keywords_match(text: str, names: set[str]) -> None:
    """Words match by their stems, acronyms as written, phrases within a sentence, with or without hyphens."""
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Open AI in wards", {"Firms", "AI"}),
        ("open ai in wards", {"Firms"}),
        ("OPEN AI IN WARDS", {"Firms"}),
        ("Open-AI in wards", {"Firms", "AI"}),
        ("open AIs", {"Firms", "AI"}),
        ("Ai, open", set()),
        ("AI, open", {"AI"}),
        ("The WHO asks who is ill", {"Health"}),
        ("The WHO on call", {"Health", "Calls"}),
        ("Who on call", {"Calls"}),
        ("AI", {"AI"}),
        ("Open", set()),
    ],
)
def test_an_acronym_of_one_topic_may_be_a_word_of_another(text: str, names: set[str]) -> None:
    """A word in lower case matches any case, and an acronym only itself."""
    topics: list[dict[str, Any]] = [
        {"name": "Firms", "keywords": ["open ai"]},
        {"name": "AI", "slug": "artificial", "keywords": ["AI", "AI in healthcare"]},
        {"name": "Health", "keywords": ["WHO"]},
        {"name": "Calls", "keywords": ["who on call"]},
    ]
    for order in (topics, topics[::-1]):
        assert {match.topic.name for match in taxonomy(order).matches(text)} == names


def test_an_ambiguous_acronym_gives_a_page_for_each_topic(site: SiteFolder) -> None:
    """A build finds both topics."""
    write(site, [{"name": "Firms", "keywords": ["open ai"]}, {"name": "Machines", "keywords": ["AI"]}])
    site.add("2025-03-14-one.md", title="Open AI asks hospitals", excerpt="", topics=[])
    assert site.build().code == 0
    assert {path.parent.name for path in site.output.glob("topics/*/index.html")} == {"firms", "machines"}


@given(st.sampled_from(["tumour", "radiograph", "stroke", "coronavirus"]), st.text("bdfjkqxz", min_size=3, max_size=5))
def test_a_part_of_a_word_does_not_match(word: str, more: str) -> None:
    """Letters before or after a keyword make it another word."""
    assert not found(f"{more}{word} {word}{more} {more}{word}{more}")
    assert found(f"{more} {word} {more}")


@given(st.permutations(TOPICS), st.text(max_size=80), st.sampled_from(["Breast cancer by CT", "ALS and LLMs", "x"]))
def test_assigned_topics_do_not_depend_on_the_order_of_the_file(
    topics: list[dict[str, Any]], text: str, title: str
) -> None:
    """The order decides only which topic is shown first."""
    one = item(title, text, ["Imaging", "tumour"])
    assert set(taxonomy(topics).assign(one).topics) == set(taxonomy().assign(one).topics)


def test_assigning_topics_is_idempotent() -> None:
    """An item with assigned topics is returned unchanged."""
    one = taxonomy().assign(item("Breast cancer on CT", topics=["AI in Healthcare", "Owls"]))
    assert taxonomy().assign(one) is one


def test_an_item_keeps_its_topics_and_gains_others() -> None:
    """Curated topics come first, in the order of the file. A topic is omitted beside one of its descendants."""
    one = item("Breast cancer and other cancer", "A CT study.", ["Owls", "Oncology"])
    assert taxonomy().assign(one).topics == ("Breast cancer", "CT", "Owls")


@pytest.mark.parametrize(
    "name", ["Artificial intelligence", "artificial  Intelligence", "AI", "ai", "AI in Healthcare", "AI-in-healthcare"]
)
def test_names_slugs_and_keywords_name_the_same_topic(name: str) -> None:
    """The spelling in the document does not matter."""
    assert taxonomy().assign(item(topics=[name])).topics == ("Artificial intelligence",)


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [
        (["Breast cancer"], ("Oncology", "CT", "Owls")),
        (["oncology"], ("CT", "Owls")),
        (["owls", "ct"], ("Breast cancer",)),
        (["Radiology"], ("Breast cancer", "Owls")),
        (["Nothing of the kind"], ("Breast cancer", "CT", "Owls")),
    ],
)
def test_not_topics_excludes_topics(excluded: list[str], expected: tuple[str, ...]) -> None:
    """Topics are excluded by name or slug, with their descendants, whether the document names them or not."""
    one = item("Breast cancer on CT", topics=["Owls", "Breast Cancer"], notTopics=excluded)
    assert taxonomy().assign(one).topics == expected


def test_not_topics_works_without_the_file(site: SiteFolder) -> None:
    """Uncurated topics can be excluded on any site."""
    site.add("2025-03-14-one.md", topics=["AI in Autos", "Radiology"], notTopics=["AI in autos"])
    assert site.build().code == 0
    assert not (site.output / "topics/ai-in-autos").exists()
    assert (site.output / "topics/radiology").exists()


def test_not_topics_must_be_a_list() -> None:
    """Any other type is an error."""
    (diagnostic,) = read(document(notTopics="AI")).diagnostics
    assert (diagnostic.code, diagnostic.is_error) == (Code.WRONG_TYPE, True)


def index_names(site: SiteFolder) -> list[str]:
    """Returns the names of the topics on the index page, in their order."""
    return re.findall(r'<a href="/topics/[^"]+">([^<]+)</a>', site.page("/topics/").partition("<main")[2])


def test_topic_pages_and_the_index(site: SiteFolder) -> None:
    """A page lists the items of descendants, and shows description, ancestors and children. The index is a tree."""
    write(site)
    site.add("2025-03-14-one.md", title="Breast cancer on CT", excerpt="", topics=["Owls"])
    site.add("2025-03-15-two.md", title="A tumour", excerpt="", topics=["AI"], publishedDateTime="2025-03-15T07:00:00Z")
    assert site.build().code == 0
    oncology, breast = site.page("/topics/oncology/"), site.page("/topics/breast-cancer/")
    assert oncology.count('<article class="card') == 2
    assert "<p>Cancer, found early.</p>" in oncology
    assert '<meta name="description" content="Cancer, found early.">' in oncology
    assert '<a href="/topics/breast-cancer/">Breast cancer <span class="count" aria-hidden="true">1' in oncology
    assert breast.count('<article class="card') == 1
    assert '<li><a href="/topics/">Topics</a></li>\n<li><a href="/topics/oncology/">Oncology</a></li>' in breast
    assert index_names(site) == ["Artificial intelligence", "Oncology", "Breast cancer", "Radiology", "CT", "Owls"]
    assert '<h2 id="others" class="rubric">Other topics</h2>' in site.page("/topics/")
    assert not (site.output / "topics/neurology").exists()
    shown = site.page("/2025/03/14/one/").partition('<ul class="topics"')[2].partition("</ul>")[0]
    assert "Oncology" not in shown
    assert shown.index("Breast cancer") < shown.index("CT") < shown.index("Owls")


def test_the_sections_of_a_topic_have_its_tint(site: SiteFolder) -> None:
    """A topic inherits the colour of its parent."""
    write(site)
    site.add("2025-03-14-one.md", title="Breast cancer", excerpt="", topics=["Owls"])
    assert site.build().code == 0
    assert f'class="opening tint-{COLOURS.index("rose")}"' in site.page("/topics/breast-cancer/")
    assert 'class="opening"' in site.page("/topics/owls/")


def test_every_colour_has_its_tint() -> None:
    """The style sheet of the default theme has a tint for each name, and no other."""
    css = (ROOT / "static" / "style.css").read_text(encoding="utf-8")
    found = [f".tint-{number} {{ --angle" in css for number in range(len(COLOURS) + 1)]
    assert found == [True] * len(COLOURS) + [False]


def test_cards_show_three_topics(site: SiteFolder) -> None:
    """The item's page shows all topics."""
    write(site)
    site.add("2025-03-14-one.md", title="ALS, Covid-19 and breast cancer on CT", excerpt="", topics=["Owls"])
    assert site.build().code == 0
    assert site.page("/2025/03/14/").partition('<ul class="topics"')[2].partition("</ul>")[0].count("<li>") == 3
    assert site.page("/2025/03/14/one/").partition('<ul class="topics"')[2].partition("</ul>")[0].count("<li>") == 5


def test_numbered_pages_do_not_change_with_new_items(site: SiteFolder) -> None:
    """Everything that changes with new items is on the newest page."""
    site.configure(**site.settings, page_size=1)
    write(site)

    def add(number: int, title: str) -> None:
        at = f"2025-03-0{number}T07:00:00Z"
        site.add(f"2025-03-0{number}-n.md", title=title, excerpt="", topics=[], publishedDateTime=at)

    for number, title in enumerate(["A cancer", "Other tumour", "Sarcoma, a cancer"], 1):
        add(number, title)
    assert site.build().code == 0
    before = site.page("/topics/oncology/page/1/")
    assert "found early" not in before
    add(4, "Breast cancer")
    assert site.build().code == 0
    assert site.page("/topics/oncology/page/1/") == before
    assert "/topics/breast-cancer/" in site.page("/topics/oncology/")


def test_the_front_page_prefers_curated_topics(site: SiteFolder) -> None:
    """A topic of nearly all stories has no section and is not among the topics of the week."""
    write(site)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"]
    for number in range(40):
        about = "tumour" if number < 8 else words[number % 12]
        topics = ["AI", "Owls"] if number % 3 == 0 else ["AI"]
        site.add(
            f"n{number}.md", title=f"{about} {words[number % 12]}{number}", excerpt="", topics=topics,
            publishedDateTime=f"2025-03-{1 + number // 4:02}T{number % 4:02}:00:00Z",
        )  # fmt: skip
    assert site.build().code == 0
    page = site.page("/")
    headings = re.findall(r'<h2 class="rubric"><a href="[^"]+">([^<]+)</a>', page)
    assert headings == ["Oncology", "Owls"]
    listed = page[page.index("Topics, last 7 days") :].partition("</section>")[0]
    assert ">Owls<" in listed
    assert ">Artificial intelligence<" not in listed


def test_stories_and_explain_read_the_topics(site: SiteFolder) -> None:
    """Both commands report errors in the file. `digest explain` prints the matching keywords."""
    write(site, [{"colour": "pink"}])
    site.add("2025-03-14-one.md")
    options = site.arguments()[1:]
    del options[options.index("--output") : options.index("--output") + 2]
    for command in (["stories"], ["explain", "2025-03-14-one.md"]):
        code, _, stderr = run(*command, *options)
        assert code == 2
        assert "unknown-colour" in stderr
    write(site)
    site.add("2025-03-14-one.md", title="Tumours on CT", excerpt="A tumour.", topics=["Owls"])
    code, stdout, _ = run("explain", "2025-03-14-one.md", *options)
    assert code == 0
    assert "topics: Oncology (tumour), CT (CT), Owls (named by the document)" in stdout


def test_without_the_file_no_topics_are_added(site: SiteFolder) -> None:
    """The site has only the topics that its documents name."""
    site.add("2025-03-14-one.md", title="Breast cancer", topics=["Owls"])
    assert site.build().report["topics"] == 1
    assert "Other topics" not in site.page("/topics/")


@pytest.mark.parametrize("text", ["", "# none yet\n", "- AI\n", "topics:\n"])
def test_a_file_without_topics_is_an_error(tmp_path: Path, text: str) -> None:
    """The remedy states how to begin the file, or to remove it."""
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"begin with `topics:` .*or remove the file"):
        load(tmp_path)


INVALID_FILES: list[tuple[str, list[tuple[int, int, Code]]]] = [
    ("", [(1, 1, Code.NOT_A_MAPPING)]),
    ("topics: [\n", [(1, 9, Code.INVALID_YAML)]),
    ("topics: []\ntopics: []\n", [(2, 1, Code.DUPLICATE_KEY)]),
    ("\ntopic: []\n", [(2, 1, Code.MISSING_FIELD)]),
    ("topics:\n- slug: x\n  nam: AI\n", [(3, 3, Code.MISSING_FIELD)]),
    ("topics: AI\n", [(1, 1, Code.WRONG_TYPE)]),
    ("topics:\n- AI\n", [(2, 3, Code.WRONG_TYPE)]),
    ("topics:\n- slug: ai\n", [(2, 3, Code.MISSING_FIELD)]),
    ("topics:\n- name: AI\n  color: teal\n", [(3, 3, Code.UNKNOWN_KEY)]),
    ("topics:\n- name: AI\n  colour: pink\n", [(3, 3, Code.UNKNOWN_COLOUR)]),
    ("topics:\n- name: AI\n  slug: A I\n", [(3, 3, Code.INVALID_SLUG)]),
    ("topics:\n- name: 7\n  keywords: AI\n", [(2, 3, Code.WRONG_TYPE), (3, 3, Code.WRONG_TYPE)]),
    ("topics:\n- name: AI\n  keywords: [AI, 7, '...']\n", [(3, 18, Code.WRONG_TYPE), (3, 21, Code.WRONG_TYPE)]),
    ("topics:\n- name: AI\n  parent: it\n", [(3, 3, Code.UNKNOWN_PARENT)]),
    ("topics:\n- name: A\n  parent: b\n- name: B\n  parent: a\n", [(3, 3, Code.PARENT_LOOP), (5, 3, Code.PARENT_LOOP)]),
    ("topics:\n- name: A\n  parent: a\n", [(3, 3, Code.PARENT_LOOP)]),
    ("topics:\n- name: AI\n- name: A I\n- name: ai\n", [(4, 3, Code.DUPLICATE_TOPIC)]),
    ("topics:\n- name: AI\n- name: B\n  slug: ai\n", [(4, 3, Code.DUPLICATE_TOPIC)]),
    ("topics:\n- name: AI\n- name: B\n  keywords: [x, Ai]\n", [(4, 17, Code.DUPLICATE_TOPIC)]),
    ("topics:\n- name: A\n  keywords: [tumour]\n- name: B\n  keywords: [Tumours]\n", [(5, 14, Code.DUPLICATE_TOPIC)]),
    ("topics:\n- name: A\n  keywords: [xray]\n- name: B\n  keywords: [X-ray]\n", [(5, 14, Code.DUPLICATE_TOPIC)]),
]


@pytest.mark.parametrize(("text", "expected"), INVALID_FILES)
def test_errors_in_the_file_have_places(tmp_path: Path, text: str, expected: list[tuple[int, int, Code]]) -> None:
    """Each problem has a diagnostic with its place, and all are errors."""
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert [
        (diagnostic.line, diagnostic.column, diagnostic.code) for diagnostic in caught.value.diagnostics
    ] == expected
    assert all(diagnostic.is_error and diagnostic.path.endswith(FILE) for diagnostic in caught.value.diagnostics)


def test_all_errors_in_the_file_are_reported_at_once(site: SiteFolder) -> None:
    """The build prints them, ends with exit code 2, and writes nothing."""
    write(site, [{"name": "A", "parent": "x", "colour": "pink", "typo": 1}, {"keywords": [1]}])
    site.add("2025-03-14-one.md")
    outcome = site.build()
    assert outcome.code == 2
    for code in ("unknown-parent", "unknown-colour", "unknown-key", "missing-field", "wrong-type"):
        assert f": {code}: " in outcome.stderr
    assert not site.output.exists()


@pytest.mark.parametrize(
    ("data", "code"), [(b"\xff\xfe", Code.NOT_UTF8), (b"\xe9", Code.NOT_UTF8), (b"\0", Code.BINARY)]
)
def test_a_file_that_is_not_text_is_refused(tmp_path: Path, data: bytes, code: Code) -> None:
    """The codes are those of documents."""
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


def test_a_broken_link_is_an_error(tmp_path: Path) -> None:
    """It is not treated like a missing file."""
    (tmp_path / FILE).symlink_to(tmp_path / "gone.yaml")
    with pytest.raises(SettingsError):
        load(tmp_path)


@given(st.text(max_size=60))
def test_no_text_makes_matching_raise(text: str) -> None:
    """Any text matches only existing topics."""
    assert set(found(text)) <= {topic.name for topic in taxonomy().topics}


KEYS = st.sampled_from(["topics", "name", "slug", "parent", "keywords", "colour", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(VALUES | st.lists(st.dictionaries(KEYS, VALUES)).map(lambda topics: {"topics": topics}))
def test_no_file_makes_the_reader_raise(value: object) -> None:
    """Any YAML gives topics or diagnostics."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, FILE).write_text(json.dumps(value), encoding="utf-8")
        try:
            load(Path(folder))
        except SettingsError as error:
            assert error.diagnostics


def test_the_topics_of_this_project_are_valid() -> None:
    """Each has a description, a colour, and keywords that match it."""
    curated = load(ROOT)
    assert 55 <= len(curated.topics) <= 75
    for topic in curated.topics:
        assert topic.description.endswith("."), topic.name
        assert topic.colour, topic.name
        for keyword in topic.keywords:
            assert topic in {match.topic for match in curated.matches(f"On {keyword} today")}, keyword
