"""What all tests share."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import localedata
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from generator.build import load
from generator.util import workers
from tests.support import ROOT, browser, making
from tests.support.making import SiteFolder
from tests.support.screenshot import served

# No deadline: no test says how long something takes. Derandomised: CI fails for changes, not by chance.
settings.register_profile(
    "digest", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("digest")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option of ``make test-spawn``."""
    parser.addoption("--spawn", action="store_true", help="build with two workers that are not forked")


def pytest_configure(config: pytest.Config) -> None:
    """Lets each build in this process have workers as on macOS and Windows, also for few documents."""
    if config.getoption("--spawn"):
        workers.CAN_FORK = False
        load._FEW, load._AT_ONCE = 1, 1
        making.JOBS = 2


# Started in the background of a script, this process ignores Ctrl-C, and so would those that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module", autouse=True)
def _fresh_language_data() -> Iterator[None]:
    """Babel keeps names that it found for one language in data that others inherit; a build is a process."""
    yield
    localedata._cache.clear()


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """An empty site folder."""
    return SiteFolder(tmp_path / "site")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; the tests that use it are skipped where there is none."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def seeds_site(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """The seeds' site, with the digest's own topics."""
    site = SiteFolder(tmp_path_factory.mktemp("seeds"))
    site.write("topics.yaml", (ROOT / "topics.yaml").read_text(encoding="utf-8"))
    assert site.build("--source", str(ROOT / "seeds")).code == 0
    return site


@pytest.fixture(scope="session")
def seeds_url(seeds_site: SiteFolder) -> Iterator[str]:
    """The seeds' site, served."""
    with served(seeds_site.output) as address:
        yield address


@pytest.fixture(scope="session")
def item_page(seeds_site: SiteFolder) -> str:
    """The address of an item whose story is told elsewhere."""
    (path,) = seeds_site.output.glob("2021/09/07/*/index.html")
    return f"/{path.parent.relative_to(seeds_site.output).as_posix()}/"


@pytest.fixture(scope="session")
def every_page(item_page: str) -> list[str]:
    """An address of each page type of the seeds' site."""
    return [
        "/", f"/story{item_page}", item_page, "/topics/", "/topics/ai/", "/topics/breast-cancer/", "/sources/",
        "/sources/medicalxpress.com/",
        "/archive/", "/2021/", "/2021/09/", "/2021/09/07/", "/digest/", "/digest/2021-W36/", "/search/", "/about/",
        "/404.html",
    ]  # fmt: skip
