"""What a browser loads under the content security policy of a site with an own font, own scripts and a listed host."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator.site import headers_file
from tests.commands.test_serve import serving
from tests.support import browser
from tests.support.making import SiteFolder
from tests.support.screenshot import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser.find() is None, reason="there is no Chromium on this machine"),
]
WATCH = """
window.ran = []; window.blocked = [];
document.addEventListener("securitypolicyviolation",
  (event) => blocked.push([event.effectiveDirective, event.blockedURI]));
"""
LISTED = """
ran.push("listed");
fetch(new URL("event.txt", document.currentScript.src), {mode: "no-cors"}).then(() => ran.push("connected"));
"""


@dataclass
class Hosts:
    """The origins of two other hosts."""

    listed: str
    other: str


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Serves scripts of a host that the policy lists, and of one that it does not."""
    folder = tmp_path_factory.mktemp("hosts")
    (folder / "listed.js").write_text(LISTED, encoding="utf-8")
    (folder / "other.js").write_text('ran.push("other");', encoding="utf-8")
    (folder / "event.txt").write_text("x", encoding="utf-8")
    with served(folder, policy="") as listed, served(folder, policy="") as other:
        yield Hosts(listed=listed, other=other)


@pytest.fixture
def site(tmp_path: Path, hosts: Hosts) -> SiteFolder:
    """Returns a site whose about page uses a font and a script of its own, and scripts of both hosts."""
    sources = {"script": [hosts.listed], "connect": [hosts.listed]}
    folder = SiteFolder(tmp_path / "site", {"title": "Test", "base_url": "https://example.org/", "search": False})
    folder.configure(**folder.settings, csp=sources)
    folder.add("2025-03-14-one.md")
    folder.write("static/own.js", 'ran.push("own");')
    folder.write("static/own.woff2", "no font, but requested as one")
    folder.write(
        "static/own.css",
        '@font-face { font-family: "Own"; src: url("own.woff2") }\n'
        '#own { font-family: "Own"; outline-style: dotted }\n',
    )
    folder.write(
        "templates/about.html",
        '{% extends "base.html" %}{% block main %}<h1 id="own">About</h1>\n'
        '<link rel="stylesheet" href="{{ asset("own.css") | href }}">\n'
        '<script src="{{ asset("own.js") | href }}"></script>\n'
        f'<script src="{hosts.listed}/listed.js"></script>\n'
        f'<script src="{hosts.other}/other.js"></script>\n'
        "{% endblock %}",
    )
    return folder


def check_about_page(chromium: Browser, url: str, hosts: Hosts) -> None:
    """Opens the about page: all but the script of the other host is loaded."""
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    loaded: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.goto(f"{url}/about/")
    page.wait_for_function("() => ran.includes('connected')")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => ran") == ["own", "listed", "connected"]
    assert page.evaluate("() => blocked") == [["script-src-elem", f"{hosts.other}/other.js"]]
    assert page.locator("#own").evaluate("it => getComputedStyle(it).outlineStyle") == "dotted"
    assert any(address.startswith(f"{url}/assets/own.") and address.endswith(".woff2") for address in loaded)
    context.close()


def test_a_published_site(site: SiteFolder, hosts: Hosts, chromium: Browser) -> None:
    """Runs own scripts and those of the listed host under the policy that hosts send, and loads the own font."""
    assert site.build().code == 0
    rules, _ = headers_file.parse(site.files()["_headers"], "_headers")
    policy = headers_file.headers_of(rules, "/about/")["content-security-policy"]
    assert f'"{policy}"' in site.files()["_policy.nginx"].decode()
    with served(site.output, policy=policy) as url:
        check_about_page(chromium, url, hosts)


def test_the_preview(site: SiteFolder, hosts: Hosts, chromium: Browser) -> None:
    """Does the same in the preview, which sends the policy of the published site."""
    with serving(site) as preview:
        check_about_page(chromium, preview.url.rstrip("/"), hosts)
        rules, _ = headers_file.parse(site.files()["_headers"], "_headers")
        for path in ("/about/", "/nowhere/", "/feed.xml"):
            policy = headers_file.headers_of(rules, path)["content-security-policy"]
            assert preview.get(path).headers["Content-Security-Policy"] == policy
