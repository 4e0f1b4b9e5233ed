"""Frames and values as JSON and CSV: what a payload holds of a table, of the data behind a figure, of a metric."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from jpresearch.errors import BadParameter
from jpresearch.payloads.fields import finite
from jpresearch.say import plain

if TYPE_CHECKING:
    import pandas as pd

Value = float | str | date
# The column of a series that the figure shows without a name.
UNNAMED = "value"


def flat_frame(data: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    """The data with a meaningful index (any but a bare range) turned into columns, texts without marks."""
    import pandas as pd

    frame = data.to_frame() if isinstance(data, pd.Series) else data
    bare = frame.index.nlevels == 1 and frame.index.name is None and frame.index.dtype.kind in "iu"
    flat = frame if bare else frame.reset_index()
    flat = flat.rename(columns=lambda name: plain(str(name)).removesuffix(" 00:00:00"))
    texts = [at for at, dtype in enumerate(flat.dtypes) if getattr(dtype, "kind", "O") == "O"]
    for at in texts:
        flat.isetitem(at, [plain(value) if isinstance(value, str) else value for value in flat.iloc[:, at]])
    return flat


def csv_of(data: pd.DataFrame | pd.Series[Any] | None) -> dict[str, Any]:
    """The frame behind a figure as CSV, with the kind of each column, which CSV does not keep."""
    if data is None:
        return {"data": None, "fields": []}
    flat = flat_frame(data)
    if UNNAMED not in flat:
        flat = flat.rename(columns={"": UNNAMED})
    text = flat.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        # The csv module leaves a bare carriage return without quotes, and no reader takes it there.
        text = flat.replace("\r\n?", "\n", regex=True).to_csv(index=False, lineterminator="\n")
    return {"data": text, "fields": fields_of(flat)}


def fields_of(frame: pd.DataFrame) -> list[str]:
    """The kind of each column: ``date``, ``number`` or ``string``."""
    kinds = {"M": "date", "i": "number", "u": "number", "f": "number"}
    return [kinds.get(getattr(dtype, "kind", "O"), "string") for dtype in frame.dtypes]


def html_of(frame: pd.DataFrame, caption: str) -> str:
    """The frame as an HTML table with its caption."""
    table = str(frame.to_html(index=False, border=0, na_rep="", escape=True))
    head, _, rest = table.partition(">")
    return f"{head}><caption style='text-align:left'>{escape(caption)}</caption>{rest}"


def cell_value(value: Any) -> Any:
    """A value as JSON: missing is ``None``, a moment or day is ISO text, numbers and texts stay."""
    if value is None or str(value) in ("NaT", "nan", "<NA>"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10] if str(value).endswith("00:00:00") else value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, (bool, int, float)):
        return value
    return plain(str(value))


def metric_value(name: str, value: Value) -> float | str:
    """A metric's value as JSON. Raises ``BadParameter`` unless it is a finite number, a date or a text."""
    found = cell_value(value)
    if finite(found) or (isinstance(found, str) and found):
        return found  # type: ignore[no-any-return]
    raise BadParameter(
        f"the value {shown(value)} is neither a finite number nor a date nor a text",
        f"metric {name!r}",
        "Publish a text that says why there is no number.",
    )


def shown(value: object) -> str:
    """A value as a message shows it; a whole number of thousands of digits has no text."""
    try:
        return f"{value!r:.80}"
    except ValueError:
        return "given"


def require_text(**texts: object) -> None:
    """Raises ``BadParameter`` for what is no text, or an empty one."""
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise BadParameter(f"{name} must be a text that is not empty", "publish")
