"""GPIF's latest results: the figures of a quarter, by their labels; nothing from a page that does not add up."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.sources.gpif import ADAPTER, ADDRESS, quarter_of, units
from jpresearch.sources.model import Parsed, SourceError
from tests.sources.builders_gpif import CLASSES, Results, page, yen
from tests.sources.builders_mutations import HTML, ROOT, survive

NAME = "the-latest-results.html"
# As the page stated them: 2025 second quarter, and 2023 third quarter in its other form of the date.
SECOND_QUARTER_2025 = Results(
    2025, 2, (742_763, 682_584, 690_715, 709_294), 2_776_147, 144_477, 552, stated_total=2_825_357
)
THIRD_QUARTER_2023 = Results(
    2023, 3, (583_450, 553_277, 558_258, 569_157), 2_247_025, 57_287, 262, alternatives=153, calendar_form=True
)
NAMES = ("domestic_bonds", "foreign_bonds", "domestic_equities", "foreign_equities")


def figures(results: Results) -> dict[tuple[str, str], float]:
    (parsed,) = ADAPTER.parse(page(results), NAME)
    keys = zip(parsed.rows["basis"], parsed.rows["metric"], strict=True)
    return dict(zip(keys, parsed.rows["value"], strict=True))


def test_the_page_of_the_second_quarter_of_2025_reads_as_published() -> None:
    assert figures(SECOND_QUARTER_2025) == {
        ("gpif", "aum"): 277.6147,
        ("gpif", "return_q_total"): 5.52,
        ("gpif", "gain_q_total"): 14.4477,
        ("reserve", "value_domestic_bonds"): 74.2763,
        ("reserve", "share_domestic_bonds"): 26.29,
        ("reserve", "value_foreign_bonds"): 68.2584,
        ("reserve", "share_foreign_bonds"): 24.16,
        ("reserve", "value_domestic_equities"): 69.0715,
        ("reserve", "share_domestic_equities"): 24.45,
        ("reserve", "value_foreign_equities"): 70.9294,
        ("reserve", "share_foreign_equities"): 25.10,
        ("reserve", "value_total_pension_reserve"): 282.5357,
        ("reserve", "share_alternatives"): 1.62,
    }


@pytest.mark.parametrize("results", [SECOND_QUARTER_2025, THIRD_QUARTER_2023], ids=["2025", "2023"])
def test_figures_agree_with_those_of_the_table(results: Results) -> None:
    table = pd.read_csv(ROOT / "data" / "gpif_portfolio.csv")
    held = table[table["period_end"] == f"{quarter_of(results.fiscal_year, results.quarter).end_time:%Y-%m-%d}"]
    read = figures(results)
    shared = held[[key in read for key in zip(held["basis"], held["metric"], strict=True)]]
    assert len(shared) >= 11
    for row in shared.itertuples():
        assert read[row.basis, row.metric] == row.value, row.metric


def test_stocks_are_of_the_last_day_and_flows_of_the_quarter() -> None:
    (parsed,) = ADAPTER.parse(page(SECOND_QUARTER_2025), NAME)
    assert (parsed.table, parsed.source, parsed.edition) == ("gpif_portfolio", "gpif-latest-results", None)
    rows = parsed.rows.set_index("metric")
    assert set(rows["period_end"]) == {pd.Timestamp("2025-09-30")}
    assert rows.loc["aum", "period_start"] == pd.Timestamp("2025-09-30")
    assert rows.loc["return_q_total", "period_start"] == pd.Timestamp("2025-07-01")
    assert rows.loc["gain_q_total", "period_start"] == pd.Timestamp("2025-07-01")
    assert rows.loc["aum", "unit"] == "JPY tn"
    assert rows.loc["share_foreign_bonds", "unit"] == "pct"


def consistent(year: int, quarter: int, parts: list[int], special: int, rate: int, form: bool) -> Results:
    total = sum(parts)
    assets = total - special
    gain = round((assets * rate / 10_000) / (1 + rate / 10_000))
    return Results(year, quarter, tuple(parts), assets, gain, rate, calendar_form=form)  # type: ignore[arg-type]


@given(
    results=st.builds(
        consistent,
        st.integers(2020, 2035),
        st.integers(1, 3),
        st.lists(st.integers(400_000, 900_000), min_size=4, max_size=4),
        st.integers(0, 60_000),
        st.integers(-1_500, 1_500),
        st.booleans(),
    )
)
@settings(max_examples=40, deadline=None)
def test_a_page_written_from_figures_reads_back_as_the_same_figures(results: Results) -> None:
    shares = [results.share(place) for place in range(4)]
    if sum(shares) not in range(9_998, 10_003):
        return
    read = figures(results)
    assert read["gpif", "aum"] == results.assets / 10_000
    assert read["gpif", "gain_q_total"] == results.gain / 10_000
    assert read["gpif", "return_q_total"] == results.rate / 100
    for place, name in enumerate(NAMES):
        assert read["reserve", f"value_{name}"] == results.amounts[place] / 10_000
        assert read["reserve", f"share_{name}"] == shares[place] / 100


def test_a_page_about_a_full_year_gives_stocks_only() -> None:
    year = replace(SECOND_QUARTER_2025, quarter=4, full_year=True)
    (parsed,) = ADAPTER.parse(page(year), NAME)
    assert set(parsed.rows["period_end"]) == {pd.Timestamp("2026-03-31")}
    assert not parsed.rows["metric"].str.contains("_q_").any()
    assert "aum" in set(parsed.rows["metric"])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("277兆6,147億円", 2_776_147),
        ("+14兆4,477億円", 144_477),
        ("-6,832億円", -6_832),
        ("1兆611億円", 10_611),
        ("10兆円", 100_000),
        ("0億円", 0),
    ],
)
def test_amounts_mix_trillions_and_hundred_millions(text: str, amount: int) -> None:
    assert units(text, NAME) == amount


@pytest.mark.parametrize("text", ["円", "", "兆億円", "1兆12,345億円", "1,2億円", "277兆6,147", "２兆円", "5万円"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        units(text, NAME)


@given(st.integers(-9_999_999, 9_999_999))
@settings(max_examples=50, deadline=None)
def test_every_amount_reads_back(amount: int) -> None:
    assert units(yen(amount, signed=True), NAME) == amount


@pytest.mark.parametrize("minus", ["▲", "△", "−", "－"], ids=["triangle", "open triangle", "minus sign", "full width"])
def test_a_loss_is_negative_however_its_sign_is_written(minus: str) -> None:
    loss = replace(SECOND_QUARTER_2025, gain=-144_477, rate=-494)
    content = page(loss).decode().replace("-14兆", f"{minus}14兆").replace("-4.94%", f"{minus}4.94%").encode()
    rows = ADAPTER.parse(content, NAME)[0].rows.set_index("metric")["value"]
    assert (rows["gain_q_total"], rows["return_q_total"]) == (-14.4477, -4.94)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("運用資産額</th>", "資産総額</th>", "運用資産額"),
        ("（期間収益率）", "（収益率）", "期間収益率"),
        ("（期間収益額）", "（収益額）", "期間収益額"),
        ("<th>国内株式</th>", "<th>日本株式</th>", "国内株式"),
        ("資産額<br>（億円）", "資産額<br>（兆円）", "資産額"),
        ("[４資産]", "[五資産]", "構成割合"),
        ("<br>（年金積立金全体）</th>", "</th>", "年金積立金全体"),
        ("（2025年度9月末）", "（2025年度6月末）", "2025-06"),
        ("690,715", "690,751", "国内株式|資産額"),
        ("24.45%", "24.54%", "構成割合"),
        ("50.45%", "50.54%", "国内債券"),
        ("4兆9,210億円", "5兆9,210億円", "年金特別会計"),
        ("+14兆4,477億円", "+1兆4,477億円", "収益率"),
        ("277兆6,147億円", "27兆6,147億円", "another unit"),
        ("<th>2025年度第2四半期</th>", "<th>2025年度第1四半期</th>", "another period"),
        ("690,715", "69O,715", "69O,715"),
    ],
)
def test_a_changed_layout_or_figure_is_an_error_that_names_it(old: str, new: str, named: str) -> None:
    text = page(SECOND_QUARTER_2025).decode()
    assert old in text
    with pytest.raises(SourceError, match=named) as caught:
        ADAPTER.parse(text.replace(old, new).encode(), NAME)
    assert NAME in str(caught.value)


def test_other_tags_around_the_same_words_change_nothing() -> None:
    text = page(SECOND_QUARTER_2025).decode()
    other = text.replace("<th>", '<td class="head"><span>').replace("</th>", "</span></td>").replace("\n", "\n\t ")
    other = other.replace("<strong>", "<em><b>").replace("</strong>", "</b></em>").replace("<tbody>", "")
    pd.testing.assert_frame_equal(
        ADAPTER.parse(other.encode(), NAME)[0].rows, ADAPTER.parse(text.encode(), NAME)[0].rows
    )


def test_text_in_scripts_and_styles_is_not_read() -> None:
    text = page(SECOND_QUARTER_2025).decode()
    noise = "<script>運用資産額999兆円（2025年度第2四半期末現在）</script>"
    assert ADAPTER.parse(text.replace("<body>", f"<body>{noise}").encode(), NAME)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        HTML,
        b"PK\x03\x04" + b"\0" * 50,
        page(SECOND_QUARTER_2025).decode().encode("euc_jp", "replace"),
        b"<table>" * 5_000,
    ],
    ids=["empty", "blank", "other page", "zip", "encoding", "nested"],
)
def test_what_is_no_such_page_is_refused_and_not_recognised(content: bytes) -> None:
    assert not ADAPTER.recognises(content, NAME)
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_every_truncation_before_the_end_of_the_table_is_refused() -> None:
    content = page(SECOND_QUARTER_2025)
    end = content.index("合計".encode())
    for length in range(0, end, 13):
        with pytest.raises(SourceError):
            ADAPTER.parse(content[:length], NAME)


def test_the_page_is_recognised_and_has_one_address() -> None:
    assert ADAPTER.recognises(page(SECOND_QUARTER_2025), "x.html")
    assert ADAPTER.locate(lambda url: b"", None) == [ADDRESS]


def adds_up(parsed: list[Parsed]) -> None:
    for part in parsed:
        assert not part.rows.duplicated(["basis", "metric", "period_end"]).any()
        value = part.rows.set_index("metric")["value"]
        total = value["value_total_pension_reserve"]
        assert sum(value[f"value_{name}"] for name in NAMES) == pytest.approx(total, abs=2.6e-4)
        assert sum(value[f"share_{name}"] for name in NAMES) == pytest.approx(100, abs=0.022)
        for name in NAMES:
            assert 100 * value[f"value_{name}"] / total == pytest.approx(value[f"share_{name}"], abs=0.0061)
        assert 100 <= value["aum"] <= total <= 1.2 * value["aum"]
        if "gain_q_total" in value:
            before = value["aum"] - value["gain_q_total"]
            assert 100 * value["gain_q_total"] / before == pytest.approx(value["return_q_total"], abs=0.501)


def samples() -> list[bytes]:
    return [page(SECOND_QUARTER_2025), page(THIRD_QUARTER_2023)]


def test_damaged_pages_end_in_figures_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, adds_up, 200, seed=2001)


@pytest.mark.proof
def test_ten_thousand_damaged_pages_end_in_figures_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, adds_up, 10_000, seed=5)


def test_the_classes_of_the_page_are_those_of_the_table() -> None:
    table = pd.read_csv(ROOT / "data" / "gpif_portfolio.csv")
    assert {f"share_{name}" for name in NAMES} <= set(table["metric"])
    assert len(CLASSES) == len(NAMES)
