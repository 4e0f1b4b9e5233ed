"""What a preloaded parent loads before it forks: the third-party stack, never the package itself.

Run by its path like ``fork_server_program``, so that nothing of the package is imported along with it.
"""

from __future__ import annotations

import gc
import importlib
import io
import sys
from typing import Final

# What the collection's notebooks load, directly or inside a first call; found by comparing `sys.modules`. Not
# matplotlib_inline: it ties itself to the kernel in which it is imported.
STACK: Final = (
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
CALENDAR: Final = ("XTKS", "2000-01-01", "2035-12-31")


def preload() -> None:
    """Import the stack, and go once through what is loaded by a first call; a library that is missing is left out."""
    gc.disable()
    for name in STACK:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    try:
        _first_calls()
    except Exception as error:
        print(f"preload: {error!r}", file=sys.stderr)


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
