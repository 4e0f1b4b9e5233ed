"""Batch files: what they make of notebooks, and errors that name the line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jpresearch.batch.plan import batch_file
from jpresearch.batch.plan.jobs import Planned, plan
from jpresearch.errors import BatchInvalid, CallError, NotYetPublished, UnknownName, UnknownParameter
from jpresearch.export.writing import Request

Write = Callable[..., Path]
AS_OF = "as_of: str | None = None  # YYYY-MM-DD"
FULL = f"""{AS_OF}
start: str = "2012-01-01"  # YYYY-MM-DD
lags: int = 4  # lags
share: float = 0.1  # share
log: bool = False  # axis
label: str = "net"  # a text
codes: list[str] = ["8035"]  # names
word: str | None = None  # a text
"""


@pytest.fixture
def batch(project: Path, write_notebook: Write) -> Callable[..., list[Planned]]:
    """The jobs of a batch file of this text, beside the notebooks ``01_a`` (all kinds of parameters) and ``02_b``."""
    write_notebook("01_a", parameters=FULL)
    write_notebook("02_b", parameters=AS_OF)

    def jobs(text: str, lang: str | None = None, **given: str) -> list[Planned]:
        file = project / "mine.yaml"
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return list(plan([], given, batch=file, lang=lang).jobs)

    return jobs


def one_value(batch: Callable[..., list[Planned]], name: str, written: str) -> Any:
    (job,) = batch(f"jobs:\n- notebooks: 01_a\n  parameters:\n    {name}: {written}\n")
    assert job.parameters == {
        **{known: parameter.default for known, parameter in job.notebook.parameters.items()},
        name: job.overrides[name],
    }
    return job.overrides[name]


def test_all_notebooks_and_a_grid_of_month_ends(batch: Callable[..., list[Planned]]) -> None:
    jobs = batch("""
        title: Month ends
        jobs:
        - notebooks: all
          grid:
            as_of: {month_ends: 2022-01..2022-03}
            lags: [4, 8]
    """)
    assert [job.name for job in jobs] == [
        "01_a--2022-01-31--lags-4",
        "01_a--2022-01-31--lags-8",
        "01_a--2022-02-28--lags-4",
        "01_a--2022-02-28--lags-8",
        "01_a--2022-03-31--lags-4",
        "01_a--2022-03-31--lags-8",
        "02_b--2022-01-31",
        "02_b--2022-02-28",
        "02_b--2022-03-31",
    ]
    assert jobs[1].overrides == {"as_of": "2022-01-31", "lags": 8}
    assert jobs[-1].overrides == {"as_of": "2022-03-31"}


def test_exclusions_take_out_products(batch: Callable[..., list[Planned]]) -> None:
    jobs = batch("""
        jobs:
        - notebooks: [01_a, 02_b]
          grid:
            as_of: {month_ends: 2022-01..2022-04}
            lags: [4, 8]
          exclude:
          - {lags: 8, as_of: {month_ends: 2022-01..2022-03}}
          - {notebooks: 02_b, as_of: [2022-01-31, 2022-02-28]}
    """)
    assert [job.name for job in jobs] == [
        *(f"01_a--2022-0{month}--lags-4" for month in ("1-31", "2-28", "3-31", "4-30")),
        "01_a--2022-04-30--lags-8",
        "02_b--2022-03-31",
        "02_b--2022-04-30",
    ]


def test_parameters_of_the_file_and_of_the_call(batch: Callable[..., list[Planned]]) -> None:
    text = """
        parameters: {lags: 6}
        jobs:
        - notebooks: all
    """
    first, second = batch(text, as_of="2025-09-05")
    assert first.overrides == {"as_of": "2025-09-05", "lags": 6}
    assert second.overrides == {"as_of": "2025-09-05"}
    with pytest.raises(BatchInvalid, match=r"line 2: the call gives 'lags' too"):
        batch(text, lags="7")
    with pytest.raises(UnknownParameter, match="lagz"):
        batch(text, lagz="7")


def test_the_language_of_the_call_wins_over_the_files(batch: Callable[..., list[Planned]]) -> None:
    assert {job.lang for job in batch("lang: ja\njobs: [{notebooks: all}]")} == {"ja"}
    assert {job.lang for job in batch("lang: ja\njobs: [{notebooks: all}]", lang="en")} == {"en"}
    assert {job.lang for job in batch("jobs: [{notebooks: all}]")} == {"en"}


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("as_of", "2025-09-05", "2025-09-05"),
        ("as_of", '"2025-09-05"', "2025-09-05"),
        ("as_of", "2025-09-05 12:00:00", "2025-09-05 12:00:00"),
        ("as_of", "null", None),
        ("as_of", "None", None),
        ("as_of", "~", None),
        ("lags", "-3", -3),
        ("share", "3", 3.0),
        ("share", "0.25", 0.25),
        ("share", "1e-3", 0.001),
        ("log", "true", True),
        ("log", "False", False),
        ("label", "None", "None"),
        ("label", '"0700"', "0700"),
        ("label", "'2024_01'", "2024_01"),
        ("label", "'false'", "false"),
        ("label", "'2025-09-05'", "2025-09-05"),
        ("label", "285A", "285A"),
        ("label", '"a \\"b\\"\\n<script>\'"', 'a "b"\n<script>\''),
        ("label", "|-\n      two\n      <script>alert('x')</script>", "two\n<script>alert('x')</script>"),
        ("label", "!!str 0700", "0700"),
        ("word", "None", None),
        ("word", "'None'", "None"),
        ("codes", "['0700', 285A]", ["0700", "285A"]),
        ("codes", "[]", []),
    ],
)
def test_a_value_reaches_the_notebook_as_typed(
    batch: Callable[..., list[Planned]], name: str, written: str, value: object
) -> None:
    found = one_value(batch, name, written)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "written", "complaint"),
    [
        ("label", "0700", r'0700 without quotes is a number to YAML\nQuote it: "0700"'),
        ("label", "2024_01", "a number to YAML"),
        ("label", "false", "true or false to YAML"),
        ("label", "no", "true or false to YAML"),
        ("label", "12:30", "a number to YAML"),
        ("label", "1e3", "a number to YAML"),
        ("label", "2025-09-05", "a date to YAML"),
        ("label", "null", "not a text"),
        ("label", "!!python/object:os.system x", "is of the type"),
        ("codes", "[0700]", "a number to YAML"),
        ("codes", "8035", "Write a list"),
        ("codes", "[[8035]]", "Write one value"),
        ("lags", "0700", "another number than it looks"),
        ("lags", "2024_01", "another number than it looks"),
        ("lags", "0x1F", "another number than it looks"),
        ("lags", "'4'", "Without quotes"),
        ("lags", "4.0", "not a whole number"),
        ("lags", "true", "not a whole number"),
        ("lags", "[4]", "a list is not a whole number"),
        ("share", "0700", "not a number"),
        ("share", ".nan", "not a number"),
        ("share", ".inf", "not a number"),
        ("log", "no", "Write true or false"),
        ("log", "1", "not a true/false"),
        ("as_of", "2025-13-40", "not a date"),
        ("as_of", "20250905", "a number to YAML"),
        ("start", "null", "not a date"),
    ],
)
def test_a_value_that_yaml_would_alter_is_refused_with_its_line(
    batch: Callable[..., list[Planned]], name: str, written: str, complaint: str
) -> None:
    with pytest.raises(
        BatchInvalid, match=rf"mine\.yaml, line 4: parameter '{name}' of 01_a: (?s:.*){complaint}"
    ) as error:
        one_value(batch, name, written)
    assert error.value.exit_code == 2
    assert f"Declared as: {name}: " in str(error.value)


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("", None, "empty"),
        ("a: [", 1, "not YAML"),
        ("jobs:\n- notebooks: all\n  grid: {as_of: [\n", 3, "not YAML"),
        ("- all", 1, "not a mapping"),
        ("title: x", 1, "no jobs"),
        ("jobs: []", 1, "jobs is empty"),
        ("title: [x]\njobs: [{notebooks: all}]", 1, "title is not a text"),
        ("jobs:\n- notebooks: all\njob:\n- x", 3, "unknown name 'job'"),
        ("jobs:\n- notebook: all", 2, "unknown name 'notebook'.*\nAllowed: notebooks"),
        ("jobs:\n- parameters: {lags: 4}", 2, "names no notebooks"),
        ("jobs:\n- notebooks:\n  - 01_a\n  - 03_c", 3, "unknown notebook '03_c'\nAllowed: 01_a, 02_b"),
        (
            "jobs:\n- notebooks: all\n  parameters:\n    lags: 4\n    lagz: 4",
            5,
            "unknown parameter 'lagz'\nAllowed: as_of",
        ),
        ("jobs:\n- notebooks: 02_b\n  grid:\n    lags: [4]", 4, "unknown parameter 'lags'"),
        ("jobs:\n- notebooks: all\n  grid:\n    lags: 4", 4, "the grid's lags is not a list"),
        ("jobs:\n- notebooks: all\n  grid:\n    lags: []", 4, "is empty"),
        ("jobs:\n- notebooks: all\n  grid:\n    lags: [4,\n      four]", 5, "'four' is not a whole number"),
        ("jobs:\n- notebooks: all\n  grid:\n    as_of: {month_end: 2022-01..2022-02}", 4, "Allowed: month_ends"),
        ("jobs:\n- notebooks: all\n  grid:\n    as_of: {}", 4, "is empty"),
        ("jobs:\n- notebooks: all\n  grid:\n    as_of: {month_ends: 2022-05..2022-02}", 4, "backwards"),
        (
            "jobs:\n- notebooks: all\n  parameters: {lags: 4}\n  grid:\n    lags: [4]",
            5,
            "under parameters and under grid",
        ),
        ("jobs:\n- notebooks: all\n  parameters: {lags: 4,\n    lags: 5}", 4, "'lags' stands twice"),
        ("jobs:\n- notebooks: all\n  exclude:\n  - {notebooks: 03_c}", 4, "excludes nothing"),
        ("jobs:\n- notebooks: all\n  exclude:\n  - {lags: 9}", 4, "excludes nothing"),
        ("jobs:\n- notebooks: all\n  exclude:\n  - {lagz: 9}", 4, "unknown parameter"),
        ("lang: fr\njobs: [{notebooks: all}]", 1, "'fr' is not a language"),
        ("parameters: [a]\njobs: [{notebooks: all}]", 1, "parameters is not a mapping"),
        ("jobs:\n- notebooks: all\n  grid:\n    lags: &a [*a]", 4, "a list is not a whole number"),
        ("jobs: [{notebooks: all}]\n---\njobs: [{notebooks: all}]", 2, "not YAML"),
        ("jobs: [{notebooks: all, exclude: [{notebooks: [01_a, 02_b]}]}]", None, "no job is left"),
    ],
)
def test_a_file_that_breaks_the_schema_is_refused_with_its_line(
    batch: Callable[..., list[Planned]], text: str, line: int | None, complaint: str
) -> None:
    place = rf"mine\.yaml, line {line}: " if line else r"mine\.yaml: "
    with pytest.raises(BatchInvalid, match=rf"{place}(?s:.*){complaint}"):
        batch(text)


def test_a_file_that_is_not_text_is_refused(project: Path, write_notebook: Write) -> None:
    write_notebook("01_a")
    (project / "mine.yaml").write_bytes(b"jobs: \xff\xfe")
    with pytest.raises(BatchInvalid, match="not YAML"):
        plan([], {}, batch=project / "mine.yaml")


LARGE = {
    "ten megabytes of entries": "jobs:\n" + "- {notebooks: all}\n" * 500_000,
    "ten megabytes on one line": "jobs: [" + "{notebooks: all}, " * 500_000 + "]",
    "one text of ten megabytes": "title: " + "x" * 10_000_000,
}
DEEP = {
    "lists in lists": "jobs: " + "[" * 5_000 + "]" * 5_000,
    "mappings in mappings": "jobs: " + "{a: " * 5_000,
    "dashes": "jobs:\n" + "- " * 200_000 + "a",
    "keys": "? " * 100_000,
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE.keys())
def test_a_file_of_ten_megabytes_is_refused_before_it_is_read(batch: Callable[..., list[Planned]], text: str) -> None:
    with pytest.raises(BatchInvalid, match=r"more than 500,000 bytes\nLet a grid"):
        batch(text)


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_a_file_nested_deeper_than_anything_can_follow_is_refused(
    batch: Callable[..., list[Planned]], text: str
) -> None:
    with pytest.raises(BatchInvalid, match="nested too deeply"):
        batch(text)


def test_aliases_cannot_make_more_jobs_than_are_allowed(batch: Callable[..., list[Planned]]) -> None:
    values = ", ".join(map(str, range(90)))
    bomb = f"jobs:\n- &e\n  notebooks: 01_a\n  grid:\n    lags: &v [{values}]\n    share: *v\n" + "- *e\n" * 9_000
    with pytest.raises(BatchInvalid, match="more than 100000 jobs"):
        batch(bomb)


def test_aliases_of_aliases_stay_what_they_are(batch: Callable[..., list[Planned]]) -> None:
    levels = ["&l0 [1]", *(f"&l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 60))]
    with pytest.raises(BatchInvalid, match="a list is not a whole number"):
        batch(f"jobs:\n- notebooks: 01_a\n  grid:\n    lags: [{', '.join(levels)}]\n")


def test_more_entries_than_any_run_has_are_refused_with_their_line(batch: Callable[..., list[Planned]]) -> None:
    with pytest.raises(BatchInvalid, match=r"line 1: jobs has more than 10,000 entries"):
        batch("jobs:\n" + "- {notebooks: all}\n" * 10_001)


@pytest.mark.parametrize("name", ["lags", "share", "label", "codes"])
def test_a_number_of_five_thousand_digits_is_refused_in_a_sentence(
    batch: Callable[..., list[Planned]], name: str
) -> None:
    digits = "7" * 5000
    value = f"[{digits}]" if name == "codes" else digits
    with pytest.raises(BatchInvalid, match=r"line 3: parameter") as error:
        batch(f"jobs:\n- notebooks: 01_a\n  parameters: {{{name}: {value}}}")
    assert len(str(error.value)) < 1000


def test_too_many_jobs_are_refused_before_they_are_made(batch: Callable[..., list[Planned]]) -> None:
    values = ", ".join(map(str, range(150)))
    with pytest.raises(BatchInvalid, match="line 4: the grid makes more than 10000 jobs of 01_a"):
        batch(f"jobs:\n- notebooks: 01_a\n  grid:\n    lags: [{values}]\n    share: [{values}]\n")


def test_a_file_is_found_by_path_and_by_name(project: Path, write_notebook: Write) -> None:
    write_notebook("01_a")
    folder = project / "notebooks" / "batches"
    folder.mkdir()
    (folder / "weekly.yaml").write_text("jobs: [{notebooks: all}]")
    assert batch_file.find("weekly") == batch_file.find("weekly.yaml") == folder / "weekly.yaml"
    assert batch_file.find(folder / "weekly.yaml") == folder / "weekly.yaml"
    assert plan([], {}, batch="weekly").batch == "weekly"
    with pytest.raises(UnknownName, match=r"'monthly'\nAllowed: weekly\."):
        batch_file.find("monthly")


def test_notebooks_beside_a_batch_file_are_refused(project: Path, write_notebook: Write) -> None:
    write_notebook("01_a")
    (project / "mine.yaml").write_text("jobs: [{notebooks: all}]")
    with pytest.raises(CallError, match="notebooks are named beside a batch file"):
        plan(["01_a"], {}, batch=project / "mine.yaml")


def test_a_day_before_a_required_table_is_skipped_with_the_first_possible_day(
    project: Path, write_notebook: Write
) -> None:
    write_notebook("01_a", requires=["nisa_usage"])
    text = "jobs:\n- notebooks: all\n  grid: {as_of: {month_ends: 2014-02..2014-04}}\n"
    (project / "mine.yaml").write_text(text)
    jobs = plan([], {}, batch=project / "mine.yaml").jobs
    assert [job.skipped is None for job in jobs] == [False, True, True]
    assert jobs[0].skipped is not None
    assert jobs[0].skipped.next_step == "The first possible day is 2014-03-26."
    (project / "mine.yaml").write_text(text.replace("2014-04", "2014-02"))
    with pytest.raises(NotYetPublished, match="2014-03-26"):
        plan([], {}, batch=project / "mine.yaml")


@pytest.mark.parametrize(("name", "days"), [("weekly", None), ("article_week", {"2025-09-05"}), ("month_ends", 56)])
def test_the_batch_files_shipped_fit_the_collection(root: Path, name: str, days: set[str] | int | None) -> None:
    settled = plan([], {}, batch=name)
    assert settled.moves_latest == (name == "weekly")
    found = {job.parameters["as_of"] for job in settled.jobs}
    if isinstance(days, int):
        assert len(found) == days
        assert (min(found), max(found)) == ("2022-01-31", "2026-08-31")
    else:
        assert found == (days or {None})
        assert {job.notebook.path for job in settled.jobs} == set((root / "notebooks").glob("*.ipynb"))
    assert not [job.name for job in settled.jobs if job.broken or job.skipped]


def exports_of(project: Path, written: str) -> list[Request]:
    file = project / "mine.yaml"
    file.write_text(f"jobs:\n- notebooks: [01_a, 02_b]\nexports: {written}\n", encoding="utf-8")
    return list(plan([], {}, batch=file).exports)


def test_exports_are_forms_or_mappings(project: Path, batch: Callable[..., list[Planned]]) -> None:
    batch("jobs:\n- notebooks: all\n")
    wanted = "[pptx, {to: mail, url: https://desk.example/reports, notebooks: 01_a, output: out/week.eml}]"
    assert exports_of(project, wanted) == [
        Request("pptx"),
        Request("mail", ("01_a",), Path("out/week.eml"), "https://desk.example/reports"),
    ]
    assert exports_of(project, "[{to: png, notebooks: all}]") == [Request("png")]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("pptx", "exports is not a list"),
        ("[ppt]", "unknown form of export 'ppt'"),
        ("[{url: x}]", "does not say its form"),
        ("[{to: mail, colour: red}]", "unknown name 'colour'"),
        ("[{to: mail, notebooks: 03_c}]", "does not run '03_c'"),
        ("[{to: mail, output: week.pptx}]", "is not what --to mail writes"),
    ],
)
def test_a_wrong_export_is_refused_with_its_line(
    project: Path, batch: Callable[..., list[Planned]], written: str, says: str
) -> None:
    batch("jobs:\n- notebooks: all\n")
    with pytest.raises(BatchInvalid) as refused:
        exports_of(project, written)
    assert says in str(refused.value)
    assert "mine.yaml, line 3" in str(refused.value)


def test_a_file_that_runs_the_collection_as_it_stands_moves_latest(project: Path, batch: Callable[..., Any]) -> None:
    batch("jobs:\n- notebooks: all\n")
    file = project / "mine.yaml"
    assert plan([], {}, batch=file).moves_latest
    assert not plan([], {"as_of": "2025-09-05"}, batch=file).moves_latest
    for text in (
        "jobs:\n- notebooks: 01_a\n",
        "jobs:\n- notebooks: all\n  parameters: {lags: 8}\n",
        "jobs:\n- notebooks: all\n  grid:\n    lags: [4, 8]\n",
        "parameters: {as_of: 2025-09-05}\njobs:\n- notebooks: all\n",
    ):
        file.write_text(text, encoding="utf-8")
        assert not plan([], {}, batch=file).moves_latest
