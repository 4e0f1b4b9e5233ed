"""Which modules of this package a piece of code can reach, by following its imports without running anything."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from jpresearch.batch.reuse.code_meaning import PACKAGE, Readings, digest

ROOT: Final = Path(__file__).resolve().parents[2]
CODE: Final = ".py"
INIT: Final = "__init__.py"
NOT_CONTENT: Final = {"__pycache__"}
CACHED_FILES: Final = 1024


class _Module(NamedTuple):
    """What one module adds: digests of itself and of the files beside it, and the modules it loads in turn."""

    digests: Mapping[str, str]
    loads: tuple[str, ...]


class Library:
    """The package's modules on disk, each read once.

    Parameters
    ----------
    readings : what is known of texts already.
    root : the package's folder.
    """

    def __init__(self, readings: Readings, root: Path = ROOT) -> None:
        self._readings = readings
        self._files = dict(_code_files(root, PACKAGE))
        self._modules: dict[str, _Module] = {}
        self._reached: dict[tuple[str, ...], dict[str, str]] = {}
        self._loading: dict[str, tuple[str, ...]] = {}

    def reached(self, imports: Iterable[str]) -> Mapping[str, str]:
        """Every module that code with these imports can reach, with a digest of what it says, by name.

        A package comes with its parents, as importing it runs them; the files beside its modules that are no code
        (templates, phrases) count as parts of it. Layout and comments of modules do not count.
        """
        wanted = tuple(dict.fromkeys(imports))
        if wanted not in self._reached:
            self._reached[wanted] = self._reach(wanted)
        return self._reached[wanted]

    def _reach(self, imports: Iterable[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        waiting = [name for candidate in imports for name in self._loaded(candidate, "")]
        seen = set(waiting)
        while waiting:
            module = self._module(waiting.pop())
            found |= module.digests
            fresh = [name for name in module.loads if name not in seen]
            seen.update(fresh)
            waiting += fresh
        return found

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            file = self._files[name]
            reading = self._readings.of(_content(file))
            package = name if file.name == INIT else name.rpartition(".")[0]
            loads = (module for candidate in reading.imports for module in self._loaded(candidate, package))
            self._modules[name] = _Module({name: reading.meaning, **_beside(file, name)}, tuple(dict.fromkeys(loads)))
        return self._modules[name]

    def _loaded(self, candidate: str, package: str) -> tuple[str, ...]:
        """The modules that importing ``candidate`` loads: itself, if it is one, and all its parents."""
        name = _absolute(candidate, package)
        if name not in self._loading:
            self._loading[name] = tuple(self._parents(name.split(".")))
        return self._loading[name]

    def _parents(self, parts: list[str]) -> Iterator[str]:
        if parts[0] != PACKAGE:
            return
        for end in range(1, len(parts) + 1):
            parent = ".".join(parts[:end])
            if parent not in self._files:
                return
            yield parent


def _code_files(folder: Path, package: str) -> Iterator[tuple[str, Path]]:
    """The modules of a package and of those in it, by name."""
    entries = list(os.scandir(folder))
    if not any(entry.name == INIT for entry in entries):
        return
    yield package, folder / INIT
    for entry in entries:
        if entry.name.endswith(CODE) and entry.name != INIT and entry.is_file():
            yield f"{package}.{entry.name.removesuffix(CODE)}", folder / entry.name
        elif entry.is_dir() and entry.name not in NOT_CONTENT:
            yield from _code_files(folder / entry.name, f"{package}.{entry.name}")


def _absolute(candidate: str, package: str) -> str:
    """A name with leading dots, in the terms of the package that says it, as a full name."""
    name = candidate.lstrip(".")
    level = len(candidate) - len(name)
    if level == 0:
        return name
    parents = package.split(".")
    base = parents[: len(parents) - level + 1]
    return ".".join([*base, *filter(None, [name])])


def _beside(file: Path, name: str) -> Mapping[str, str]:
    """Digests of the files of a package that are no code, by name of the package and their path in it."""
    if file.name != INIT:
        return {}
    return {f"{name}/{path}": digest(content) for path, content in _other_files(file.parent, "")}


def _other_files(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    nested = [entry for entry in entries if entry.is_dir() and entry.name not in NOT_CONTENT]
    for entry in entries:
        if entry.is_file() and not entry.name.endswith((CODE, ".pyc", ".typed")) and not entry.name.startswith("."):
            yield f"{prefix}{entry.name}", Path(entry.path).read_bytes()
    for entry in nested:
        if not Path(entry.path, INIT).is_file():
            yield from _other_files(Path(entry.path), f"{prefix}{entry.name}/")


def _content(file: Path) -> bytes:
    status = file.stat()
    return _version(file, status.st_ino, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=CACHED_FILES)
def _version(file: Path, inode: int, changed_ns: int, size: int) -> bytes:
    return file.read_bytes()
