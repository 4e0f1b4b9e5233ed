"""GPIF's page of latest results, written from the figures of a quarter."""

from __future__ import annotations

from dataclasses import dataclass

CLASSES = ("国内債券", "外国債券", "国内株式", "外国株式")
# Month in which a fiscal quarter ends, and how the page has called its end: both forms were seen.
MONTHS = {1: 6, 2: 9, 3: 12, 4: 3}


@dataclass(frozen=True)
class Results:
    """What a page states. Amounts in units of JPY 100 million, shares and returns in hundredths of a percent."""

    fiscal_year: int
    quarter: int
    amounts: tuple[int, int, int, int]
    assets: int
    gain: int
    rate: int
    alternatives: int = 162
    full_year: bool = False
    calendar_form: bool = False
    # The total as stated where rounding sets it apart from the sum of the classes.
    stated_total: int = 0

    @property
    def total(self) -> int:
        return self.stated_total or sum(self.amounts)

    def share(self, place: int) -> int:
        return round(10_000 * self.amounts[place] / self.total)


def yen(amount: int, *, signed: bool = False) -> str:
    """``+14兆4,477億円``: 兆 and 億 mixed, as the page writes amounts."""
    sign = ("+" if amount >= 0 else "-") if signed else ""
    trillions, rest = divmod(abs(amount), 10_000)
    parts = (f"{trillions}兆" if trillions else "") + (f"{rest:,}億" if rest or not trillions else "")
    return f"{sign}{parts}円"


def page(results: Results) -> bytes:
    """The page, one tag a line."""
    year, number = results.fiscal_year, results.quarter
    period = f"{year}年度" if results.full_year else f"{year}年度第{number}四半期"
    month = MONTHS[number]
    calendar_year = year + 1 if month == 3 else year
    as_of = f"{calendar_year}年{month}月末" if results.calendar_form else f"{year}年度{month}月末"
    special = results.total - results.assets
    rate = f"{results.rate / 100:+.2f}%"
    lines = [
        "<!DOCTYPE html>", '<html lang="ja">', "<head>", '<meta charset="UTF-8">', "<title>最新の運用状況</title>",
        "<style>.運用資産額 { color: red }</style>", "<script>var x = '<td>国内債券</td>';</script>", "</head>",
        "<body>", "<p>本文へスキップします。</p>",
        f'<a href="/operation/{year - 1}.html">{year - 1}年度の運用状況</a>', f"<h1>{year}年度の運用状況</h1>",
        "<table>", "<tr>", "<th></th>", f"<th>{period}</th>",
        f"<th>市場運用開始以降<br>（2001年度～{period}）</th>", "</tr>",
        "<tr>", "<th>収益率</th>", f"<td><strong>{rate}</strong>（期間収益率）</td>", "<td>+4.51%（年率）</td>",
        "</tr>",
        "<tr>", "<th>収益額</th>",
        f"<td>{yen(results.gain, signed=True)}（期間収益額）<br>うち、利子・配当収入は1兆611億円</td>",
        "<td>+180兆1,843億円（累積収益額）<br>うち、利子・配当収入は58兆6,928億円</td>", "</tr>",
        "<tr>", "<th>運用資産額</th>",
        f'<td colspan="2"><span>{yen(results.assets)}</span>（{period}末現在）</td>', "</tr>", "</table>",
        "<h2>2001年度以降の累積収益</h2>", "<h2>運用資産額・構成割合（年金積立金全体）</h2>",
        "<table>", "<thead>", "<tr>", f"<th>第{number}四半期末<br>（{as_of}）<br>（年金積立金全体）</th>",
        "<th>資産額<br>（億円）</th>", "<th>構成割合<br>[４資産]</th>", "<th>構成割合<br>[債券・株式]</th>", "</tr>",
        "</thead>", "<tbody>",
    ]  # fmt: skip
    for place, label in enumerate(CLASSES):
        lines += ["<tr>", f"<th>{label}</th>", f"<td>{results.amounts[place]:,}</td>"]
        lines.append(f"<td>{results.share(place) / 100:.2f}%</td>")
        if place % 2 == 0:
            pair = 10_000 * (results.amounts[place] + results.amounts[place + 1]) / results.total
            lines.append(f'<td rowspan="2">{round(pair) / 100:.2f}%</td>')
        lines.append("</tr>")
    held = f"年金特別会計で管理する積立金（{calendar_year}年{month}月末で{yen(special)}）"
    alternatives = f"{results.alternatives / 100:.2f}%"
    lines += [
        "<tr>", "<th>合計</th>", f"<td>{results.total:,}</td>", "<td>100.00%</td>", "<td>100.00%</td>", "</tr>",
        "</tbody>", "</table>",
        "<ul>", "<li>（注1）上記数値は四捨五入のため、各数値の合算は合計値と必ずしも一致しません。</li>",
        f"<li>（注2）年金積立金全体とは、{held}を含みます。</li>",
        f"<li>（注4）オルタナティブ資産の年金積立金全体に占める割合は{alternatives}です。</li>", "</ul>",
        f"<p>理事長コメント　{period}の収益率は{rate}でした。</p>", "</body>", "</html>",
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines).encode()
