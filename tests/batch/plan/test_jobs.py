from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jpresearch.batch.plan.jobs import given_parameters, plan
from jpresearch.batch.plan.notebooks import collection, find, read
from jpresearch.batch.reuse import success_file
from jpresearch.errors import (
    BadParameter,
    CallError,
    NotebookInvalid,
    NotYetPublished,
    UnknownNotebook,
    UnknownParameter,
    UnknownTable,
)

Write = Callable[..., Path]
WITH_LAGS = "as_of: str | None = None  # YYYY-MM-DD\nlags: int = 4  # lags"


def test_without_names_the_whole_collection_runs_in_reading_order(write_notebook: Write) -> None:
    for name in ("02_b", "01_a", "10_c"):
        write_notebook(name)
    settled = plan([], {})
    assert [job.notebook.name for job in settled.jobs] == ["01_a", "02_b", "10_c"]
    assert settled.whole_collection
    assert not plan(["01_a", "02_b", "10_c"], {}).whole_collection


def test_a_notebook_is_found_by_name_by_file_name_and_by_path(write_notebook: Write, tmp_path: Path) -> None:
    inside = write_notebook("01_a")
    own = tmp_path / "mine.ipynb"
    own.write_bytes(inside.read_bytes())
    assert find(["01_a"]) == find(["01_a.ipynb"]) == find([str(inside)]) == [inside]
    assert find([str(own)]) == [own]
    assert find(["01_a", "01_a"]) == [inside]


def test_an_unknown_notebook_lists_those_there_are(write_notebook: Write) -> None:
    write_notebook("01_a")
    with pytest.raises(UnknownNotebook, match=r"'01_b'\nAllowed: 01_a\."):
        plan(["01_b"], {})


def test_two_notebooks_of_one_name_are_refused(write_notebook: Write, tmp_path: Path) -> None:
    inside = write_notebook("01_a")
    (tmp_path / "01_a.ipynb").write_bytes(inside.read_bytes())
    with pytest.raises(CallError, match="two notebooks"):
        plan(["01_a", str(tmp_path / "01_a.ipynb")], {})


def test_a_parameter_goes_to_the_notebooks_that_declare_it(write_notebook: Write) -> None:
    write_notebook("01_a", parameters=WITH_LAGS)
    write_notebook("02_b")
    first, second = plan([], {"lags": "8", "as_of": "2025-09-05"}).jobs
    assert first.overrides == {"lags": 8, "as_of": "2025-09-05"}
    assert second.overrides == {"as_of": "2025-09-05"}
    with pytest.raises(UnknownParameter, match="lags"):
        plan(["02_b"], {"lags": "8"})


def test_an_unknown_parameter_is_refused_before_any_table_is_read(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", parameters=WITH_LAGS, requires=["investor_flows"])
    (project / "data" / "investor_flows.csv").unlink()
    with pytest.raises(UnknownParameter, match=r"lags \(whole number\)"):
        plan([], {"lagz": "4", "as_of": "2025-09-05"})


def test_alone_a_notebook_is_refused_before_its_tables_exist(write_notebook: Write) -> None:
    write_notebook("01_a", requires=["investor_flows", "nisa_usage"])
    with pytest.raises(NotYetPublished, match="nisa_usage") as caught:
        plan(["01_a"], {"as_of": "2012-06-29"})
    assert caught.value.first_day == date(2014, 3, 26)
    assert plan(["01_a"], {"as_of": "2014-03-26"}).jobs[0].skipped is None
    with pytest.raises(NotYetPublished, match="2014-03-26"):
        plan(["01_a"], {"as_of": "2014-03-25"})


def test_beside_others_it_is_skipped_with_the_reason(write_notebook: Write) -> None:
    write_notebook("01_a", requires=["investor_flows"])
    write_notebook("02_b", requires=["nisa_usage"])
    first, second = plan([], {"as_of": "2013-06-28"}).jobs
    assert first.skipped is None
    assert second.skipped is not None
    assert "first possible day" in str(second.skipped)


@pytest.mark.parametrize("as_of", [None, "2013-06-28"])
def test_a_required_table_without_any_row_is_as_good_as_not_there(
    as_of: str | None, project: Path, write_notebook: Write
) -> None:
    file = project / "data" / "nisa_usage.csv"
    file.write_text(file.read_text(encoding="utf-8").split("\n", 1)[0] + "\n", encoding="utf-8")
    write_notebook("01_a", requires=["investor_flows"], optional=["nisa_usage"])
    write_notebook("02_b", requires=["nisa_usage"])
    first, second = plan([], {} if as_of is None else {"as_of": as_of}).jobs
    assert first.skipped is None
    assert second.skipped is not None
    assert "the table nisa_usage that it requires has no rows yet" in second.skipped.what
    with pytest.raises(NotYetPublished, match="no rows yet"):
        plan(["02_b"], {})


def test_an_optional_table_that_does_not_exist_yet_refuses_nothing(write_notebook: Write) -> None:
    write_notebook("01_a", requires=["investor_flows"], optional=["nisa_usage"])
    assert plan(["01_a"], {"as_of": "2012-06-29"}).jobs[0].skipped is None


def test_a_table_that_no_package_describes_is_refused(write_notebook: Write) -> None:
    write_notebook("01_a", requires=["investor_flow"])
    with pytest.raises(UnknownTable, match="investor_flows"):
        plan(["01_a"], {})


def test_pairs_become_parameters() -> None:
    assert given_parameters(["a=1", "b=x=y", "c="], "2025-09-05") == {
        "a": "1",
        "b": "x=y",
        "c": "",
        "as_of": "2025-09-05",
    }


@pytest.mark.parametrize(
    ("pairs", "as_of"), [(["a"], None), (["=1"], None), (["a=1", "a=2"], None), (["as_of=x"], "y")]
)
def test_pairs_that_contradict_are_refused(pairs: list[str], as_of: str | None) -> None:
    with pytest.raises(BadParameter):
        given_parameters(pairs, as_of)


@pytest.mark.parametrize(
    "text", ["not json", "[]", "{}", '{"nbformat": 3}', '{"nbformat": 4, "cells": [1], "metadata": {}}']
)
def test_a_file_that_is_no_notebook_is_refused(project: Path, text: str) -> None:
    path = project / "notebooks" / "01_a.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotebookInvalid, match=r"01_a\.ipynb"):
        plan([], {})


def test_unknown_metadata_and_a_second_parameters_cell_are_refused(write_notebook: Write) -> None:
    path = write_notebook("01_a", require=["investor_flows"])
    with pytest.raises(NotebookInvalid, match="require"):
        read(path)
    content = json.loads(write_notebook("01_a").read_text(encoding="utf-8"))
    content["cells"].append(content["cells"][1])
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(NotebookInvalid, match="more than one"):
        read(path)


def test_checkpoints_are_no_notebooks(write_notebook: Write, project: Path) -> None:
    path = write_notebook("01_a")
    (project / "notebooks" / ".01_a-checkpoint.ipynb").write_bytes(path.read_bytes())
    assert collection() == [path]


def test_a_file_that_is_no_notebook_is_one_failed_job_beside_others(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", parameters=WITH_LAGS, requires=["investor_flows"])
    (project / "notebooks" / "02_b.ipynb").write_text("not json", encoding="utf-8")
    first, second = plan([], {"lags": "8"}).jobs
    assert (first.broken, second.notebook.title) == (None, "02_b")
    assert "not a notebook" in str(second.broken)
    with pytest.raises(NotebookInvalid, match=r"02_b\.ipynb"):
        plan(["02_b"], {})
    with pytest.raises(NotebookInvalid, match=r"02_b\.ipynb"):
        plan([], {"as_of": "1990-01-01"})


def test_a_job_is_called_as_its_notebook_and_speaks_english(write_notebook: Write) -> None:
    write_notebook("01_a")
    (job,) = plan(["01_a"], {}).jobs
    assert (job.name, job.lang) == ("01_a", "en")
    assert plan(["01_a"], {}, lang="ja").jobs[0].lang == "ja"
    with pytest.raises(BadParameter, match="'fr' is not a language"):
        plan(["01_a"], {}, lang="fr")


def test_only_the_whole_collection_on_the_newest_data_moves_latest(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a")
    write_notebook("02_b")
    (project / "b.yaml").write_text("jobs: [{notebooks: 01_a}]")
    assert plan([], {}).moves_latest
    assert not plan([], {}, batch=project / "b.yaml").moves_latest
    assert not plan([], {"as_of": "2025-09-05"}).moves_latest, "a run of a past day never does"
    assert not plan(["01_a"], {}).moves_latest


def test_the_tables_of_a_day_are_looked_up_without_pandas(root: Path) -> None:
    code = (
        "import sys; from jpresearch.batch.plan.jobs import plan; plan([], {'as_of': '2025-09-05'}); "
        "print('pandas' in sys.modules, 'yaml' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_a_static_run_is_planned_for_every_notebook_and_remembered_apart(write_notebook: Write, tmp_path: Path) -> None:
    write_notebook("one", "x = 1")
    write_notebook("two", "x = 2")
    usual, static = plan(["one", "two"], {}), plan(["one", "two"], {}, static=True)
    assert [job.static for job in static.jobs] == [True, True] and not any(job.static for job in usual.jobs)
    assert success_file.file_of(tmp_path, usual.jobs[0]) != success_file.file_of(tmp_path, static.jobs[0])
