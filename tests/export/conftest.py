"""One made-up run for all tests of exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.export.builders import write_run


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two reports."""
    return write_run(tmp_path_factory.mktemp("reports"))
