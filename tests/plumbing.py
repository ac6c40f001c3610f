"""Fixtures and hooks below the cast: real services on demand, Chromium, and what happens where it is missing."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests import services

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL: the run's own, or one started for this test process."""
    if url := os.environ.get(services.DATABASE_VARIABLE):
        yield url
        return
    with services.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Redis-protocol server: the run's own, or one started for this test process."""
    if url := os.environ.get(services.REDIS_VARIABLE):
        yield url
        return
    with services.valkey() as url:
        yield url


def chromium() -> str | None:
    named = os.environ.get("YINFENG_TEST_CHROMIUM")
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return named or found or (MAC_CHROME if os.path.exists(MAC_CHROME) else None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium(), "args": arguments}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or chromium():
        return
    if os.environ.get("YINFENG_REQUIRE_BROWSER", "") == "1":
        pytest.fail("YINFENG_REQUIRE_BROWSER=1, but Chromium was not found", pytrace=False)
    pytest.skip("Chromium was not found: install it to run the browser tests")
