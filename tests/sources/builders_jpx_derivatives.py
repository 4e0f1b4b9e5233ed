"""JPX's weekly CSV of derivatives by class of investors, written from contracts and levels of the indices."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from typing import NamedTuple

HEADER = (
    "帳票種別 Product type",
    "サイクル区分 Cycle",
    "年月週 Year, Month, Week",
    "報告年月日（自）Period covered - from",
    "報告年月日（至）Period covered - to",
    "投資部門コード Type of Investor",
    "数量金額区分 Volume/Value",
    "売 Sales",
    "売-差引 Balance",
    "買 Purchases",
    "買-差引 Balance",
    "合計 Total",
)
CLASSES = ("11", "21", "22", "23", "24", "31", "32", "33", "41", "51", "60")
# Yen per point of the index, and the level of it.
FUTURES = {
    "301": (1_000, 65_500.0),
    "313": (100, 65_500.0),
    "331": (10, 65_500.0),
    "314": (10_000, 4_070.0),
    "316": (1_000, 4_070.0),
    "335": (1_000, 1_900.0),
    "323": (100, 36_000.0),
}
OTHERS = ("303", "304", "317", "449")


class Flow(NamedTuple):
    """Contracts sold and bought, and the yen paid for them."""

    sold: int
    bought: int
    sold_yen: int
    bought_yen: int


Flows = dict[tuple[str, str], Flow]


def week_of_futures(seed: int) -> Flows:
    """Flows of every product and class; foreigners take the other side of all others, insurers trade no micro."""
    dice = random.Random(seed)
    flows: Flows = {}
    for code, (multiplier, level) in FUTURES.items():
        counts = {own: (dice.randrange(100, 1_000), dice.randrange(100, 1_000)) for own in CLASSES[:-1]}
        if code == "331":
            counts["21"] = (0, 0)
        net = sum(bought - sold for sold, bought in counts.values())
        counts["60"] = (2_500 + max(net, 0), 2_500 + max(-net, 0))
        for own, (sold, bought) in counts.items():
            prices = (round(level * multiplier * dice.uniform(0.98, 1.02)) for _ in range(2))
            flows[code, own] = Flow(sold, bought, sold * next(prices), bought * next(prices))
    for code in OTHERS:
        for own in CLASSES:
            flows[code, own] = Flow(10, 12, 1_000, 1_300)
    return flows


def derivatives_csv(
    flows: Flows, start: date, end: date, *, header: tuple[str, ...] = HEADER, cycle: str = "1", number: int = 2
) -> bytes:
    """The file of one week: contracts and yen of each class, product by product."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for (code, own), flow in flows.items():
        week = (code, cycle, f"{end:%Y%m}{number}", f"{start:%Y%m%d}", f"{end:%Y%m%d}", own)
        for measure, sold, bought in ((1, flow.sold, flow.bought), (2, flow.sold_yen, flow.bought_yen)):
            net = bought - sold
            writer.writerow([*week, measure, sold, min(net, 0), bought, max(net, 0), sold + bought])
    return buffer.getvalue().encode("utf-8-sig")
