"""A browser for the tests that look at pages as a reader does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "JPRESEARCH_CHROMIUM"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def program() -> str:
    """Debian's Chromium; without one the test that asks is skipped, and says what is missing."""
    wanted = os.environ.get(VARIABLE)
    found = wanted or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no Chromium here: install Debian's package chromium, or name the program in {VARIABLE}")
    return found


# Not of the session: while it is open, an event loop runs, and no other test of the process could run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for all tests of a module."""
    found = program()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()
