"""Installing from the lock: by uv as pip is configured, by pip where uv cannot be had, and never what the lock lacks.

Without network: wheels in a folder of the test's own, uv's among them, packed from the one that is installed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

from tools import install

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).parent / "uv"
pytestmark = pytest.mark.xdist_group("install")
needs_uv = pytest.mark.skipif(not UV.is_file(), reason="uv is not installed: pip installed this environment")
# A build backend as small as can be: it hands over the wheel beside it.
BACKEND = """
import shutil
def build_editable(directory, *unused):
    return shutil.copy("house-1.0-py3-none-any.whl", directory).rpartition("/")[2]
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> Path:
    """A wheel with files; its path."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    described = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, *described, f"{about}/RECORD"]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in {**files, **described, f"{about}/RECORD": record}.items():
            entry = zipfile.ZipInfo(file)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, content)
    return path


def pinned(path: Path, digest: str | None = None) -> str:
    """The entry of a lock for a wheel."""
    name, version, _ = path.name.split("-", 2)
    return f"{name}=={version} \\\n    --hash=sha256:{digest or hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@dataclass
class Place:
    """A project with locks, an environment and the only folder of wheels that it may use."""

    folder: Path
    wheels: Path

    def lock(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name

    def install(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        offline = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": f"{self.folder / 'nowhere'}\n{self.wheels}",
            "UV_CACHE_DIR": str(self.folder / "cache"),
        }
        python = self.folder / ".venv/bin/python"
        return subprocess.run(
            [str(python), str(ROOT / "tools/install.py"), *words],
            cwd=self.folder,
            env={**kept, **offline, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self, name: str) -> list[Path]:
        (packages,) = (self.folder / ".venv/lib").glob("python*/site-packages")
        return sorted(path for path in packages.rglob("*") if path.relative_to(packages).parts[0].startswith(name))

    def installer(self, name: str) -> str:
        (said,) = (path for path in self.files(f"{name}-") if path.name == "INSTALLER")
        return said.read_text().strip()


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    for name in ("alpha", "beta", "gamma"):
        wheel(folder, name, "1.0", {f"{name}.py": b"answer = 42\n"})
    if UV.is_file():
        version = metadata.version("uv")
        wheel(folder, "uv", version, {f"uv-{version}.data/scripts/uv": UV.read_bytes()})
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Place:
    """An environment that has this environment's pip and nothing else."""
    folder = tmp_path_factory.mktemp("project")
    venv.create(folder / ".venv", symlinks=True)
    (packages,) = (folder / ".venv/lib").glob("python*/site-packages")
    (folder / "pip").mkdir()
    import pip

    (folder / "pip/pip").symlink_to(Path(pip.__file__).parent)
    (packages / "pip.pth").write_text(str(folder / "pip"))
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(PROJECT)
    wheel(folder, "house", "1.0", {"house.pth": str(folder).encode()})
    found = Place(folder, wheels)
    uv = next(wheels.glob("uv-*"), None)
    found.lock(install.UV_LOCK, pinned(uv) if uv else "uv==0 --hash=sha256:" + "0" * 64)
    return found


@needs_uv
def test_uv_installs_the_lock_and_the_package_compiled_and_a_second_call_changes_nothing(
    place: Place, wheels: Path
) -> None:
    lock = place.lock("good.lock", pinned(wheels / "alpha-1.0-py3-none-any.whl"))
    done = place.install(lock)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert place.installer("alpha") == place.installer("house") == "uv", done.stderr
    assert [path.name for path in place.files("__pycache__")] != []
    assert f"{place.folder / 'nowhere'} is passed over" in done.stderr
    # A file that was written again would have another node or time.
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in place.files("alpha")}
    assert place.install(lock).returncode == 0
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in place.files("alpha")} == before


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (lambda path: pinned(path, "0" * 64), "hash"),
        pytest.param(lambda path: pinned(path).partition(" ")[0] + "\n", "hash", marks=pytest.mark.proof),
    ],
    ids=["wrong", "missing"],
)
def test_a_hash_that_is_wrong_or_missing_is_refused(
    place: Place, wheels: Path, entry: Callable[[Path], str], said: str
) -> None:
    lock = place.lock("bad.lock", entry(wheels / "beta-1.0-py3-none-any.whl"))
    done = place.install(lock)
    assert done.returncode != 0
    assert said in done.stderr.lower()
    assert place.files("beta") == []


@pytest.mark.proof
def test_without_uv_pip_installs_the_same_and_says_so(place: Place, wheels: Path) -> None:
    kept = (place.folder / install.UV_LOCK).read_text()
    place.lock(install.UV_LOCK, "uv==0.0.1 --hash=sha256:" + "0" * 64)
    try:
        done = place.install(place.lock("gamma.lock", pinned(wheels / "gamma-1.0-py3-none-any.whl")))
    finally:
        place.lock(install.UV_LOCK, kept)
    assert done.returncode == 0, done.stderr
    assert "pip installs the same lock files instead" in done.stderr
    assert place.installer("gamma") == "pip"


def test_what_pip_is_configured_for_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://mirror.example/simple\ntimeout = 30\n"
        f"find-links =\n    {tmp_path}/wheels\n    {tmp_path}/none\n    https://mirror.example/wheels\n"
        "[install]\nTrusted_Host = mirror.example\n    other.example\n[download]\nproxy = http://unused.example\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_TIMEOUT", "90")
    monkeypatch.setenv("PIP_CERT", "/etc/desk.pem")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"https://desk.example/simple file://{tmp_path}/none")
    settings = install.uv_settings(install.pip_options())
    assert settings == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://desk.example/simple",
        "UV_FIND_LINKS": f"{tmp_path}/wheels,https://mirror.example/wheels",
        "UV_INSECURE_HOST": "mirror.example other.example",
        "UV_HTTP_TIMEOUT": "90",
        "SSL_CERT_FILE": "/etc/desk.pem",
        "UV_INDEX_STRATEGY": install.EVERY_INDEX,
    }
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    assert "UV_DEFAULT_INDEX" not in install.uv_settings(install.pip_options()), "the caller's own setting stays"


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("true", True), ("0", False), ("no", False)])
def test_an_index_is_left_out_only_where_pip_would(value: str, offline: bool) -> None:
    assert ("UV_NO_INDEX" in install.uv_settings({"no-index": value})) == offline
