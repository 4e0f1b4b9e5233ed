"""Nikkei's daily CSV, written from prices in the three forms it comes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

# Close, open, high, low: the order of the file.
Prices = tuple[float, float, float, float]
Form = Literal["jp", "en", "resaved"]

COPYRIGHT_JP = (
    "本資料は日経の著作物であり、本資料の全部又は一部を、いかなる形式によっても日経に無断で"
    "複写、複製、転載または流布することができません。"
)
COPYRIGHT_EN = (
    "This material is a copyrightable work of Nikkei. It is prohibited to copy, reproduce, reprint, or circulate all "
    "or part of this material in any form without Nikkei's permission."
)


def daily_csv(days: Sequence[tuple[date, Prices]], form: Form, *, closing: bool = True) -> bytes:
    """The file as served in Japanese or English, or as users save it again (UTF-8, unquoted, unpadded)."""
    if form == "resaved":
        return _resaved(days, closing)
    header = "データ日付,終値,始値,高値,安値" if form == "jp" else "Date of Data,Close,Open,High,Low"
    lines = [header]
    for day, prices in days:
        lines.append(",".join(f'"{cell}"' for cell in (f"{day:%Y/%m/%d}", *(f"{price:.2f}" for price in prices))))
    if closing:
        lines.append(f'"{COPYRIGHT_JP if form == "jp" else COPYRIGHT_EN}"')
    return "".join(f"{line}\r\n" for line in lines).encode("cp932")


def _resaved(days: Sequence[tuple[date, Prices]], closing: bool) -> bytes:
    lines = ["データ日付,終値,始値,高値,安値"]
    lines += [
        ",".join([f"{day.year}/{day.month}/{day.day}", *(f"{price!r}" for price in prices)]) for day, prices in days
    ]
    if closing:
        lines.append(f"{COPYRIGHT_JP},,,,")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")
