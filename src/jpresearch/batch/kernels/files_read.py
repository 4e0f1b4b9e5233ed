"""Which files a notebook reads beside its tables: noted inside its kernel, from Python's own audit events.

What libraries read without Python (a database's driver, say) is not seen; neither are clock and network.
"""

from __future__ import annotations

import importlib.util
import json
import os
import site
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Final

from jpresearch import folders

MOST: Final = 200
# Asked of the kernel as an expression, and what has it begin.
TOLD: Final = "__import__('jpresearch.batch.kernels.files_read', fromlist=['told']).told()"
BEGIN: Final = "__import__('jpresearch.batch.kernels.files_read', fromlist=['begin']).begin()"
SYSTEM: Final = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/bin", "/run", "/var", "/opt")

_opened: dict[str, None] = {}


def begin() -> None:
    """Note from now on every file that is opened for reading. It cannot be ended, as the audit events cannot."""
    sys.addaudithook(_note)


def told() -> str:
    """The files read so far as a JSON list of paths, those of Python, of packages and temporary ones left out."""
    own = _own_places()
    found = dict.fromkeys(path for path in map(_source, list(_opened)) if _counts(path, own))
    return json.dumps(list(found)[: MOST + 1])


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
        return
    mode, flags = arguments[1], arguments[2]
    writes = any(letter in mode for letter in "wax") if isinstance(mode, str) else bool(flags & os.O_WRONLY)
    if not writes:
        _opened[os.path.abspath(os.fsdecode(arguments[0]))] = None  # noqa: PTH100 - a hook is called often


def _source(path: str) -> str:
    """The module behind a compiled one."""
    if not path.endswith(".pyc"):
        return path
    try:
        return importlib.util.source_from_cache(path)
    except (ValueError, NotImplementedError):
        return path


def _own_places() -> tuple[str, ...]:
    """The folders whose files decide in other ways, or not at all."""
    home = Path.home()
    package = Path(__file__).resolve().parents[2]
    named = (os.environ.get(name) for name in ("JPRESEARCH_EDITION", "IPYTHONDIR", "MPLCONFIGDIR", "MATPLOTLIBRC"))
    places = [
        *(sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values(), *site.getsitepackages()),
        *(tempfile.gettempdir(), str(Path.cwd()), str(package), str(folders.cache()), *filter(None, named)),
        *(str(home / name) for name in (".cache", ".config", ".local", ".matplotlib", ".ipython", ".jupyter")),
    ]
    return tuple({place for each in places for place in (str(each), os.path.realpath(each))})


def _counts(path: str, own: tuple[str, ...]) -> bool:
    inside = any(path == place or path.startswith(f"{place}{os.sep}") for place in (*own, *SYSTEM))
    return not inside and Path(path).is_file() and not path.endswith(("datapackage.json", ".pyc"))
