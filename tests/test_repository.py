"""The house itself: layers, lock files, environments, notebooks' form."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from ruamel.yaml import YAML

from jpresearch import __version__
from jpresearch.batch.lint.house_form import lint
from jpresearch.catalog import catalog

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "jpresearch"
FLOORS = {
    "errors": 1, "clock": 1, "transactions": 1, "folders": 1, "files": 1, "about": 1, "names": 1, "light_imports": 1,
    "payloads": 2, "say": 2,
    "stats": 3, "charts": 3, "publish": 3, "catalog": 3, "calendars": 3, "schemas": 3, "tables": 4, "record": 4,
    "equal_parts": 4,
    "datasets": 5, "sources": 5, "models": 6, "report": 6, "export": 6, "batch": 7, "cli": 8,
    "__main__": 9,
}  # fmt: skip
# The rooms of the engine room; what lies beside them is used by all, but for what Jupyter and papermill know by name.
ROOMS = {
    "processes": 1, "plan": 2, "provisioner": 3, "kernels": 3, "papermill_entry": 3, "watch": 3, "scaffold": 3,
    "reuse": 4, "lint": 4, "job": 5, "run": 6,
}  # fmt: skip
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def floors_reached(path: Path) -> dict[str, int]:
    parts = {name.split(".")[1] for name in imported(ast.parse(path.read_text())) if name.startswith("jpresearch.")}
    return {part: FLOORS[part] for part in parts if part in FLOORS}


def own_floor(path: Path) -> tuple[str, int]:
    part = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return part, FLOORS[part]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_from_its_own_floor_and_below(path: Path) -> None:
    if path == SOURCE / "__init__.py":
        return
    part, floor = own_floor(path)
    reached = floors_reached(path)
    above = {name for name, level in reached.items() if level > floor}
    assert not above, f"{part} (floor {floor}) imports {above}"
    if part in ("batch", "report", "export"):
        assert not {"charts", "datasets", "models"} & set(reached), "runs notebooks, whatever those contain"
    if part == "stats":
        assert set(reached) <= {"errors", "say", "stats"}


@pytest.mark.parametrize("path", sorted((SOURCE / "batch").rglob("*.py")), ids=lambda path: path.stem)
def test_a_room_of_the_engine_room_uses_only_what_lies_below_it(path: Path) -> None:
    inside = path.relative_to(SOURCE / "batch").parts[0].removesuffix(".py")
    names = imported(ast.parse(path.read_text()))
    used = {name.split(".")[2] for name in names if name.startswith("jpresearch.batch.")}
    above = {room for room in used & set(ROOMS) if ROOMS[room] > ROOMS.get(inside, 0)}
    assert not above, f"{inside} imports {above}"


def test_no_module_hides_one_of_the_language() -> None:
    hiding = {path.stem for path in SOURCE.rglob("*.py")} & sys.stdlib_module_names
    assert hiding - {"__init__", "__main__"} == set()


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, jpresearch; print(*sorted({'pandas', 'matplotlib', 'papermill', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_environment_yml_equals_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = YAML(typ="safe").load((ROOT / "environment.yml").read_text())
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    python = [entry.removeprefix("python") for entry in plain if re.match(r"python[<>=]", entry)]
    others = {entry for entry in plain if entry != "pip" and not re.match(r"python[<>=]", entry)}
    (pip,) = (entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    lacking = set(pip) - {"--editable ."}  # what conda-forge does not have
    assert others | lacking == set(project["dependencies"])
    assert not others & lacking
    assert python == [project["requires-python"]]
    assert environment["channels"][0] == "conda-forge"


LOCKS = {"requirements.lock": 100, "requirements-test.lock": 40, "requirements-uv.lock": 1}


def entries(lock: str) -> list[str]:
    """What a lock holds: a line at the margin and its hashes below it."""
    return re.split(r"\n(?=[a-zA-Z0-9])", (ROOT / lock).read_text().strip())


def plain(requirement: str) -> str:
    """The name of a requirement, as indexes write it."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub("[._]", "-", found.group().lower())


@pytest.mark.parametrize(("name", "least"), LOCKS.items())
def test_a_lock_pins_every_version_with_hashes_and_names_no_host(name: str, least: int) -> None:
    assert len(entries(name)) >= least
    for entry in entries(name):
        first, *below = entry.splitlines()
        assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; [^@]+)? \\", first), first
        assert below
        for line in below:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), line


def test_the_locks_hold_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = {plain(entry) for entry in entries("requirements.lock")}
    tests = {plain(entry) for entry in entries("requirements-test.lock")}
    assert {plain(entry) for entry in project["dependencies"]} <= runtime
    for wanted in project["optional-dependencies"].values():
        assert {plain(entry) for entry in wanted} <= tests | runtime


def test_what_the_package_imports_it_declares() -> None:
    """Not what comes along with something else, which may leave it out one day."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = {plain(entry) for entry in project["dependencies"]}
    extras = {plain(entry) for name in ("pdf", "s3") for entry in project["optional-dependencies"][name]}
    owners = metadata.packages_distributions()
    found = {name.partition(".")[0] for file in SOURCE.rglob("*.py") for name in imported(ast.parse(file.read_text()))}
    others = {name for name in found if name and name not in sys.stdlib_module_names and name != "jpresearch"}
    assert len(others) > 30
    undeclared = {name for name in others if not {plain(owner) for owner in owners[name]} & (runtime | extras)}
    assert undeclared == set()


def test_the_test_lock_holds_only_what_the_other_does_not() -> None:
    """A package that both name is in the first on some systems only, and at the same version."""
    runtime, tests = ({plain(entry): entry.splitlines()[0] for entry in entries(name)} for name in list(LOCKS)[:2])
    for name in runtime.keys() & tests.keys():
        assert " ; " in runtime[name] != tests[name]
        assert runtime[name].split()[0] == tests[name].split()[0]


def test_the_driver_for_s3_fits_the_locked_versions() -> None:
    """s3fs asks for fsspec of its own version, and what it stands on must not be pushed out by the rest."""
    locked = {plain(entry): entry.split()[0].partition("==")[2] for name in LOCKS for entry in entries(name)}
    assert locked["s3fs"] == locked["fsspec"]
    for name in ("s3fs", "aiobotocore", "botocore"):
        for line in metadata.requires(name) or []:
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                assert wanted.specifier.contains(locked[plain(wanted.name)]), f"{name} needs {line}"


def test_no_file_carries_a_path_of_a_machine_or_an_address_of_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    pattern = re.compile(
        "|".join(
            [r"(?<![\w.])/(?:ro" + r"ot|wo" + r"rk|ho" + r"me/[a-z]+)/", "pypi" + r"\.org", "file" + "s.pythonhosted"]
        )
    )
    for name in listed:
        path = ROOT / name
        if path.suffix not in {".csv", ".png"} and path.is_file():
            found = pattern.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{name}: {found and found.group()}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_the_house_form(path: Path) -> None:
    assert [str(finding) for finding in lint(path, frozenset(catalog()))] == []


def test_the_hooks_before_a_commit_call_what_is_installed() -> None:
    (local,) = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in local["hooks"]:
        command = hook["entry"].split()[0]
        assert (Path(sys.executable).parent / Path(command).name).is_file(), command
        assert re.search(hook["files"], "notebooks/01_foreign_flows.ipynb")


def test_the_hook_that_strips_outputs_leaves_a_sound_notebook_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / NOTEBOOKS[0].name
    copy.write_bytes(NOTEBOOKS[0].read_bytes())
    subprocess.run([Path(sys.executable).parent / "nbstripout", "--keep-id", copy], check=True)
    assert copy.read_bytes() == NOTEBOOKS[0].read_bytes()


PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|lock|toml|yml))`")


def paths_named_in(document: Path) -> list[Path]:
    """What a document names by a path in code marks, from the root of the repository or of the package."""
    found = {match.rstrip("/") for match in PATH.findall(document.read_text())}
    return sorted(Path(name) for name in found)


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_path_that_a_guide_names_exists(name: str) -> None:
    named = paths_named_in(ROOT / name)
    assert len(named) > 10
    made = {Path("docs/reference")}  # by `make docs`, and in no commit
    assert [str(path) for path in named if not any((place / path).exists() for place in (ROOT, SOURCE))] == [
        str(path) for path in named if path in made
    ]


def test_the_guide_has_every_room_on_its_floor() -> None:
    rows = re.findall(r"^\| (\d) \| (.+?) \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
    said = {room: int(floor) for floor, rooms in rows for room in re.findall(r"`(\w+)(?:/|\.py)`", rooms)}
    assert said == {room: floor for room, floor in FLOORS.items() if room != "__main__"}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / name).read_text())
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert project["version"] == __version__ == newest.group(1)


def test_there_are_notebooks() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert {"01_foreign_flows", "02_semiconductors", "03_gpif", "04_nisa"} <= set(names)
