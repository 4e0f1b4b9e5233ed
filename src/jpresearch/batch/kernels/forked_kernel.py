"""What a fork server for kernels loads, what it refuses, and how a forked child becomes a kernel.

A role of ``fork_server_program``, run by its path. A kernel finds the third-party stack loaded, and what notebooks
import of this package as long as its files are those that were loaded: after a change it imports all of it anew.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import io
import os
import pkgutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

LAUNCHER: Final = "ipykernel_launcher"
# What the collection's notebooks load, directly or inside a first call; found by comparing `sys.modules`. Not
# matplotlib_inline: it ties itself to the kernel in which it is imported.
LIBRARIES: Final = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.datapub", "ipykernel.debugger"),
    *("IPython.display", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "sqlite3", "pdb"),
    *("IPython.core.pylabtools", "IPython.extensions.storemagic", "psutil", "faulthandler"),
    *("tornado.platform.asyncio", "zmq.asyncio", "zmq.utils.garbage", "encodings.latin_1", "encodings.utf_16_be"),
    *("numpy", "numpy.random", "numpy.ma", "pandas", "pandas.plotting", "pandas.io.formats.html", "openpyxl"),
    *("scipy.stats", "scipy.optimize", "scipy.signal", "scipy.interpolate", "scipy.linalg", "scipy.special"),
    *("statsmodels.api", "statsmodels.tsa.api", "statsmodels.formula.api", "statsmodels.stats.multitest"),
    *("statsmodels.stats.sandwich_covariance", "statsmodels.stats.diagnostic", "statsmodels.tsa.stattools"),
    *("matplotlib.pyplot", "matplotlib.dates", "matplotlib.patheffects", "matplotlib.backends.backend_agg"),
    *("matplotlib.backends.backend_svg", "PIL.PngImagePlugin", "seaborn", "arch", "arch.bootstrap", "arch.unitroot"),
    *("arch.univariate", "linearmodels", "linearmodels.iv", "linearmodels.panel", "linearmodels.asset_pricing"),
    *("pandera.pandas", "exchange_calendars", "pydantic", "requests", "yaml"),
)
OWN: Final = "jpresearch"
# A kernel imports the house style as it starts, and the fonts with it; the others set nothing as they are imported.
FIRST_FIGURES: Final = "charts.first_figures"
ROOMS: Final = ("payloads", "tables", "datasets", "stats", "models", "say", "charts", "publish")
CALENDAR: Final = ("XTKS", "2000-01-01", "2035-12-31")
# Read by an interpreter or a library as it starts: a request that differs in one of these needs an ordinary kernel.
AT_START: Final = (
    "PYTHON",
    "LD_",
    "DYLD_",
    "LC_",
    "MALLOC_",
    "NUMBA_",
    "NPY_",
    "PANDAS_",
    "MPLCONFIGDIR",
    "MATPLOTLIBRC",
)
AT_START_EXACT: Final = ("HOME", "LANG", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")

Version = tuple[int, int, int]

# The files of our modules that are loaded, as they were before.
_loaded: dict[str, Version | None] = {}


def preload() -> None:
    """Import the stack and our rooms, and go once through what a first call loads; a missing library is left out."""
    gc.disable()
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    for load in (_first_calls, _load_own):
        try:
            load()
        except Exception as error:
            print(f"preload: {error!r}", file=sys.stderr)


def refuse(content: dict[str, Any]) -> str | None:
    """Why a fork would be unsafe, or would give another kernel than an ordinary start; ``None`` where neither is so.

    ``content`` holds ``argv``, ``env`` and ``cwd`` of the kernel.
    """
    argv, wanted, environment = content["argv"], content["env"], os.environ
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 - this many entries, nothing of their paths
    if threads > 1:
        return f"the preloaded parent has {threads} threads"
    if LAUNCHER not in argv or not _same_program(argv[0]):
        return f"the kernel is not an IPython kernel of {sys.executable}"
    differing = [
        name
        for name in sorted({*environment, *wanted})
        if (name.startswith(AT_START) or name in AT_START_EXACT) and environment.get(name) != wanted.get(name)
    ]
    if differing:
        return f"{', '.join(differing)} differs from the preloaded parent's"
    if Path(content["cwd"], "matplotlibrc").exists():
        return "a matplotlibrc lies in the kernel's folder"
    return None


def become(content: dict[str, Any]) -> None:
    """Be the kernel that is asked for, to its end."""
    argv = content["argv"]
    os.environ.clear()
    os.environ.update(content["env"])
    os.chdir(content["cwd"])
    time.tzset()
    tempfile.tempdir = None
    _drop_changed()
    _seed()
    at = argv.index(LAUNCHER)
    launcher = importlib.util.find_spec(LAUNCHER)
    sys.argv = [str(launcher and launcher.origin), *argv[at + 1 :]]
    gc.enable()
    # 1 is "somebody's, not watched": this kernel is ended by the parent it was forked from.
    app = _application().instance(parent_handle=1)
    app.initialize(sys.argv[1:])
    _settle_matplotlib()
    app.start()


def _load_own() -> None:
    """Import what notebooks import of the package, and draw the first figures."""
    root = importlib.import_module(OWN)
    before = {str(file): _version(file) for place in root.__path__ for file in Path(place).rglob("*.py")}
    try:
        for room in ROOMS:
            package = importlib.import_module(f"{OWN}.{room}")
            for found in pkgutil.iter_modules(package.__path__, f"{OWN}.{room}."):
                importlib.import_module(found.name)
    finally:
        files = (getattr(sys.modules[name], "__file__", None) for name in _own_modules())
        _loaded.update({file: before.get(file) for file in files if file})
    importlib.import_module(f"{OWN}.{FIRST_FIGURES}").draw()


def _drop_changed() -> None:
    """Forget our modules, all of them, where a file is no longer the one that was loaded."""
    if any(version is None or _version(Path(file)) != version for file, version in _loaded.items()):
        for name in _own_modules():
            del sys.modules[name]
        importlib.invalidate_caches()


def _own_modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == OWN]


def _version(file: Path) -> Version | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _application() -> Any:
    """The application of ipykernel, but with no TCP port where the kernel talks over files.

    It hears prints of processes that a notebook forks on a port of its own, whatever the transport.
    """
    kernelapp: Any = importlib.import_module("ipykernel.kernelapp")

    class PipeInFile(kernelapp.IOPubThread):  # type: ignore[misc]
        address = ""

        def _setup_pipe_in(self) -> None:
            super()._setup_pipe_in()
            if self._pipe_flag and self.address:
                self._pipe_in.socket.unbind(self._pipe_in.socket.last_endpoint)
                self._pipe_in.socket.bind(self.address)

        def _setup_pipe_out(self) -> Any:
            context, out = super()._setup_pipe_out()
            if self.address:
                out.disconnect(out.last_endpoint)
                out.connect(self.address)
            return context, out

    class Application(kernelapp.IPKernelApp):  # type: ignore[misc]
        def init_iopub(self, context: Any) -> None:
            PipeInFile.address = f"ipc://{self.ip}-pipe" if self.transport == "ipc" else ""
            kernelapp.IOPubThread = PipeInFile
            super().init_iopub(context)

    return Application


def _seed() -> None:
    """Random numbers of its own for each kernel; Python sees to its own generator."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _settle_matplotlib() -> None:
    """Bring matplotlib into the state it has where it is first imported inside a kernel."""
    if "matplotlib.pyplot" not in sys.modules:
        return
    # The kernel has set the variable by now, to its inline backend unless it was given.
    sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    sys.modules["matplotlib.pyplot"].install_repl_displayhook()


def _same_program(program: str) -> bool:
    return os.path.abspath(program) == os.path.abspath(sys.executable)  # noqa: PTH100 - links are told apart


def _first_calls() -> None:
    import exchange_calendars
    import pandas as pd
    import pandera.pandas as pa
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    exchange_calendars.get_calendar(CALENDAR[0], start=CALENDAR[1], end=CALENDAR[2])
    frame = pd.read_csv(io.StringIO("day,name,value\n2024-01-05,a,1.5\n2024-01-12,b,2.5\n"), parse_dates=["day"])
    pa.DataFrameSchema({"value": pa.Column(float, pa.Check.ge(0))}).validate(frame)
    frame["moment"] = pd.to_datetime(["2024-01-05T15:30:00+09:00"] * 2).tz_convert("Asia/Tokyo")
    frame.groupby("name")["value"].sum().to_string()
    frame.pivot_table(index="day", columns="name", values="value").to_csv()
    frame.to_html()
    frame.to_dict()
    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot(frame["day"], frame["value"], label="line")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
