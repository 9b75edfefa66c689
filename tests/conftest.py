"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.making import SiteFolder

# No deadline: no test says how long something takes. Derandomised: CI fails for changes, not by chance.
settings.register_profile(
    "digest", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("digest")


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """An empty site folder."""
    return SiteFolder(tmp_path / "site")
