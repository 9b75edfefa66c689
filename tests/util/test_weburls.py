"""Normalising web addresses, and the identity of the article behind them."""

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.util import weburls
from generator.util.weburls import InvalidUrlError, clean, domain, host, identity


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("https://apnews.com/PR Newswire/cd5a", "https://apnews.com/PR%20Newswire/cd5a"),
        (" HTTPS://Example.ORG:443/a/../b ", "https://example.org/b"),
        ("https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://example.org/a\"b<c>'d", "https://example.org/a%22b%3Cc%3E%27d"),
        ("https:\\\\example.org\\a", "https://example.org/a"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("https://example.org/a---b", "https://example.org/a---b"),
    ],
)
def test_clean_normalises_like_a_browser(raw: str, cleaned: str) -> None:
    """Entities are decoded first. Then spaces, quotes and other scripts are percent-encoded."""
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "java&#115;cript:alert(1)",
        "data:text/html,x",
        "//example.org/",
        "/relative",
        "example.org",
        "https://",
        "https://exa mple.org/",
        "https://user:secret@example.org/",
        "https://-/",
        "https://example.org/" + "x" * 2100,
        "https://" + "a." * 150 + "org/",
        "https://\ud800/",
        "",
    ],
)
def test_clean_refuses_unusable_addresses(raw: str) -> None:
    """Other schemes, relative, broken and overlong addresses, and user names are refused."""
    with pytest.raises(InvalidUrlError):
        clean(raw)


@pytest.mark.parametrize(
    ("raw", "corrected"),
    [
        ("https:/a.example", "https://a.example/"),
        ("http:a.example/news?x=1", "http://a.example/news?x=1"),
        ("https:///a.example/x", "https://a.example/x"),
        (" HTTPS:/a.example/ü", "https://a.example/%C3%BC"),
        ("https:&#47;a.example", "https://a.example/"),
        ("https:/a.example/" + "x" * 300, ""),
    ],
)
def test_the_slashes_of_an_address_are_two(raw: str, corrected: str) -> None:
    """Browsers accept any number; here it is a mistake, and a short corrected address is offered."""
    with pytest.raises(InvalidUrlError, match="two slashes") as error:
        clean(raw)
    assert error.value.corrected == corrected


@given(st.text(max_size=80).map("https://example.org/{}".format))
def test_a_clean_address_cannot_leave_an_attribute(raw: str) -> None:
    """For any path, the result is ASCII without quotes, angle brackets and spaces. ``clean`` is idempotent."""
    cleaned = clean(raw)
    assert cleaned.isascii()
    assert not set(cleaned) & set("\"'<> \t\n\\`")
    assert clean(cleaned) == cleaned


_plain = weburls._plain
_HOSTS = st.sampled_from(
    """
    example.org www.example.org amp.example.org a-b.co www.www.org x.1 example.0x1 1.2.3.4 localhost a_b.org a-.org a..b
    ab--c.org xn--bcher-kva.example a.xn--b axn--b.de x.cdn.ampproject.org www.google.com EX.org a.b.
    """.split()  # noqa: SIM905 - a list of quoted hosts would hide the hosts
)
_PARTS = st.sampled_from(
    [
        *"aZ09_~!$*+,=:@&()-./%?#;^|[]{}'\"<>\\ `é\n",
        "..",
        "%2e",
        ".%2E",
        "/amp",
        ".amp",
        "amp",
        "#!",
        "&amp;",
        "?amp=1",
        "//",
    ]
)


@given(
    st.builds(
        "{}://{}/{}".format, st.sampled_from(["https", "http"]), _HOSTS, st.lists(_PARTS, max_size=8).map("".join)
    )
)
def test_the_shortcut_for_plain_addresses_agrees_with_the_parser(raw: str) -> None:
    """Normalised address, identity and host are the same with and without the shortcut."""
    with mock.patch.object(weburls, "_plain", return_value=None):
        try:
            parsed = clean.__wrapped__(raw)
        except InvalidUrlError:
            assert not _plain(raw)
            return
        expected = identity.__wrapped__(parsed), host(parsed)
    assert clean.__wrapped__(raw) == parsed
    assert (identity.__wrapped__(parsed), host(parsed)) == expected


@pytest.mark.parametrize(
    "variant",
    [
        "http://www.example.org/news/a.html",
        "https://example.org/news/a.html?utm_source=x&fbclid=y#top",
        "https://amp.example.org/news/a.html",
        "https://example.org/amp/news/a.html",
        "https://example.org/news/a.amp",
        "https://example.org/news/a.amp.html",
        "https://example.org/news/a.html/amp/",
        "https://example.org/news/a.html?amp=1&outputType=amp",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/a.html",
        "https://example-org.cdn.ampproject.org/v/s/www.example.org/amp/news/a.html?amp",
        "https://www.google.com/amp/s/example.org/news/a.amp.html",
        "https://example.org/news//a.html/",
        "https://example.org/n%65ws/%61.html#",
        "https://example.org/news/a%2Ehtml",
        "https://example.org/news/a.html?gbraid=1&srsltid=2&_gl=3&UTM_Medium=4",
        "https://example.org/news/a.html?mtm_campaign=x&pk_source=y&_hsenc=z&ttclid=1",
        "https://example.org/news/a.html#/",
        "https://example.org/news/a.html#:~:text=x",
    ],
)
def test_variants_of_an_address_have_one_identity(variant: str) -> None:
    """Scheme, www, tracking parameters, fragment, AMP forms and slashes do not change the identity."""
    assert identity(clean(variant)) == "example.org/news/a.html"


def test_different_articles_have_different_identities() -> None:
    """Paths, queries, ports and fragments with ``#!`` distinguish articles. A page may be called ``amp``."""
    addresses = [
        "https://example.org/a",
        "https://example.org/b",
        "https://example.org/a?id=2",
        "https://example.org/a?id=3",
        "https://example.org:8080/a",
        "https://example.org/amp",
        "https://example.org/",
        "https://www.google.com/c/s/example.org/a",
        "https://example.org/#!/article/1",
        "https://example.org/#!/article/2",
        "https://example.org/#/article/1",
        "https://example.org/#/article/2?page=2",
        "https://example.org/app/#/article/1",
        "https://example.org/app.html#/article/%C3%A9",
        "https://example.org/a%2Fb",
        "https://example.org/a/b",
        "https://example.org/?ref=1",
        "https://example.org/?source=1",
        "https://example.org/?t=%e1",
        "https://example.org/?t=%e2",
    ]
    assert len({identity(clean(address)) for address in addresses}) == len(addresses)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/%7Edoe/%c3%a9", "https://example.org/~doe/é"),
        ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
        ("https://example.org/#/post/1/", "https://www.example.org/#/post/1?utm_source=mail"),
        ("https://example.org/#/caf%c3%a9", "https://example.org/#/caf%C3%A9"),
        ("https://example.org/?q=%7ea", "https://example.org/?q=~a"),
        ("https://doi.org/10.1000/ABC.1", "http://dx.doi.org/10.1000%2fabc.1?nosfx=y"),
        ("https://www.medrxiv.org/content/10.1101/2025.01.02.25319876v1", "https://doi.org/10.1101/2025.01.02.25319876"),
        (
            "https://www.medrxiv.org/content/10.1101/2025.01.02.25319876v2.full.pdf",
            "https://www.medrxiv.org/content/10.1101/2025.01.02.25319876v1.full-text?rss=1",
        ),
        ("https://www.biorxiv.org/content/10.1101/123456v3.abstract", "https://doi.org/10.1101/123456v1"),
        ("https://www.biorxiv.org/content/10.64898/2026.01.02.123456v3.pdf", "https://doi.org/10.64898/2026.01.02.123456"),
        ("https://arxiv.org/abs/2501.01234v2", "https://arxiv.org/pdf/2501.01234.pdf"),
        ("https://arxiv.org/html/2501.01234v1", "https://doi.org/10.48550/arXiv.2501.01234"),
        ("https://arxiv.org/abs/cs/0112017v1", "http://export.arxiv.org/pdf/cs/0112017"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/?format=abstract", "https://www.ncbi.nlm.nih.gov/pubmed/12345678"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123/", "https://pmc.ncbi.nlm.nih.gov/articles/PMC123/pdf/x.pdf"),
    ],
)  # fmt: skip
def test_addresses_of_one_page_or_work_have_one_identity(one: str, other: str) -> None:
    """Percent-encoding, routes with tracking parameters, and versions and forms of studies."""
    assert identity(clean(one)) == identity(clean(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://arxiv.org/abs/2501.01234", "https://arxiv.org/abs/2501.01235"),
        ("https://arxiv.org/list/cs/new", "https://arxiv.org/list/stat/new"),
        ("https://doi.org/10.1101/gr.1v1", "https://doi.org/10.1101/gr.1"),
        ("https://www.medrxiv.org/content/10.1101/2025.01.02.25319876v1", "https://doi.org/10.1101/2025.01.02"),
        ("https://pubmed.ncbi.nlm.nih.gov/?term=a", "https://pubmed.ncbi.nlm.nih.gov/?term=b"),
        ("https://www.ncbi.nlm.nih.gov/books/1", "https://www.ncbi.nlm.nih.gov/pubmed/1"),
        ("https://www.ncbi.nlm.nih.gov/1", "https://www.ncbi.nlm.nih.gov/pubmed/1"),
    ],
)
def test_different_works_have_different_identities(one: str, other: str) -> None:
    """Only numbers with versions lose a suffix."""
    assert identity(clean(one)) != identity(clean(other))


@pytest.mark.parametrize(
    "ordinary",
    [
        "example.org/2025/03/a-story.html",
        "example.org/%C3%A9t%C3%A9",
        "example.org/?id=7",
        "doi.org/10.1000/abc(1)2:3;4",
        "arxiv.org/abs/2501.01234",
        "pubmed.ncbi.nlm.nih.gov/12345678",
        "medrxiv.org/about",
        "example.org/#!/article/1",
    ],
)
def test_the_identity_of_an_ordinary_address_is_that_address(ordinary: str) -> None:
    """It is the id of the item and its feeds, so it must not change."""
    assert identity(clean(f"https://{ordinary}")) == ordinary


def test_the_order_of_query_parameters_does_not_matter() -> None:
    """The identity has the parameters in sorted order."""
    assert identity(clean("https://example.org/?b=2&a=1")) == identity(clean("https://example.org/?a=1&b=2"))


def test_a_domain_is_normalised() -> None:
    """It becomes lower-case ASCII without ``www.``. Other text is refused."""
    assert domain(" WWW.Example.ORG ") == "example.org"
    assert host(clean("https://www.example.org:8080/x")) == "example.org"
    with pytest.raises(InvalidUrlError, match="not a domain"):
        domain("not a domain")
