"""The fixed words of charts in the language of the run: keys, units of axes, names of series, dates.

``JPRESEARCH_LANG`` says which; a text that is not here stays as the notebook wrote it.
"""

from __future__ import annotations

import os
import re
from typing import Final

VARIABLE: Final = "JPRESEARCH_LANG"
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_KEYS: Final = {
    "net purchases": "買い越し",
    "net sales": "売り越し",
    "allowed band": "許容乖離幅",
    "target": "目標",
    "fitted line": "回帰直線",
    "whole range": "全範囲",
    "middle half": "中央の半分",
    "their middle half": "同・中央の半分",
    "median": "中央値",
    "now": "直近",
    "not available": "データなし",
    "Not split": "分解不能",
    "Cannot be": "ありえない範囲",
    "Three Tokyo sections": "東証3市場",
    "harder": "より厳しい",
    "milder": "より緩やか",
    "Total": "合計",
    "Median": "中央値",
}
_UNITS: Final = {
    "times": "倍",
    "JPY tn": "兆円",
    "JPY bn": "10億円",
    "percentage points": "％ポイント",
    "claims": "件",
    "% since January": "年初来、％",
    "JPY bn since January": "年初来、10億円",
    "% of the reserve": "積立金に占める割合、％",
    "net purchases, JPY bn": "買い越し額、10億円",
    "net purchases, JPY tn": "買い越し額、兆円",
    "net purchases, JPY bn a week": "週間買い越し額、10億円",
    "foreigners' net purchases, JPY bn a week": "海外投資家の週間買い越し額、10億円",
    "individuals' net purchases, JPY bn a week": "個人の週間買い越し額、10億円",
    "step in individuals' net purchases, JPY bn a week": "個人の週間買い越し額の段差、10億円",
    "net purchases of individuals, JPY tn a year": "個人の年間買い越し額、兆円",
    "mean net purchases in weeks of foreign selling, JPY bn": "海外投資家が売り越した週の平均買い越し額、10億円",
    "net purchases less forecast, added up, JPY tn": "買い越し額の予測との差の累計、兆円",
    "unexpected net purchases, JPY 100bn": "予想外の買い越し額、1000億円",
    "JPY bn bought per JPY 100bn that foreigners sold": "海外投資家の売り1000億円当たりの買い、10億円",
    "JPY bn of net purchases per 1%": "1％当たりの買い越し額、10億円",
    "JPY bn of net purchases per 1% a week before": "前週1％当たりの買い越し額、10億円",
    "JPY bn of net purchases per 1% of TOPIX earlier": "それ以前のTOPIX 1％当たりの買い越し額、10億円",
    "JPY bn of net purchases per 1% of the yen, same week": "同週の円1％当たりの買い越し額、10億円",
    "bp of TOPIX per JPY 100bn": "1000億円当たりのTOPIX、bp",
    "bp of TOPIX per JPY 100bn of net purchases": "買い越し1000億円当たりのTOPIX、bp",
    "bp of TOPIX per JPY 100bn of earlier net purchases": "それ以前の買い越し1000億円当たりのTOPIX、bp",
    "bp of TOPIX in the same week per JPY 100bn": "1000億円当たりの同週のTOPIX、bp",
    "bp of the index per JPY 100bn": "1000億円当たりの指数、bp",
    "bp of TOPIX; shaded: the whole path at once": "TOPIX、bp（網掛け：経路全体の同時区間）",
    "correlation with the flow so many weeks before": "前の週の売買との相関",
    "TOPIX, % in the week": "TOPIX、週間騰落率（％）",
    "TOPIX, % from the close before": "TOPIX、直前終値比（％）",
    "TOPIX, % from the close of the week": "TOPIX、週末終値比（％）",
    "TOPIX in the next session, bp": "翌営業日のTOPIX、bp",
    "TOPIX in weeks of heavy foreign selling, %": "海外投資家が大幅に売り越した週のTOPIX、％",
    "TOPIX beyond the S&P 500 and the dollar, %": "S&P 500とドル円で説明できないTOPIX、％",
    "the yen, % from the close before": "円、直前終値比（％）",
    "value of 100 invested": "投資額100の価値",
    "price index, first session shown = 100": "株価指数（最初の営業日＝100）",
    "sector over TOPIX, 100 at the start": "業種／TOPIX（開始時＝100）",
    "change since the highest close, %": "終値の最高値からの変化、％",
    "earnings yield, %": "益回り、％",
    "earnings yield, %; band: middle half of the names": "益回り、％（帯：銘柄の中央の半分）",
    "percentile of dearness in own past; band: middle half of the names": (
        "自己の過去と比べた割高度（百分位、帯：銘柄の中央の半分）"
    ),
    "robust z of dearness in own past": "自己の過去と比べた割高度（頑健なz値）",
    "log price change over the window, x100": "期間の対数株価変化、×100",
    "sessions of the quarter with guidance per share, %": "1株予想のある営業日の割合、％",
    "share less target, percentage points": "構成比と目標の差、％ポイント",
    "implied flow, JPY tn a quarter": "推計売買額、兆円／四半期",
    "implied flow, points of the reserve": "推計売買額、積立金比（ポイント）",
    "GPIF, implied, JPY tn": "GPIF（推計）、兆円",
    "reserve less GPIF's assets, JPY tn": "積立金とGPIF運用資産の差、兆円",
    "share traded, points": "売買した割合、ポイント",
    "JPY tn, purchases positive": "兆円（買いがプラス）",
    "gap to target without trading, points": "売買がない場合の目標との差、ポイント",
    "trust banks, JPY tn a quarter": "信託銀行、兆円／四半期",
    "accounts, million": "口座数、百万",
    "gross purchases, JPY tn a month, average between totals": "買付額、兆円／月（公表値間の平均）",
    "gross purchases of the period, JPY tn": "期間の買付額、兆円",
    "JPY tn a month, average of the period named": "兆円／月（期間平均）",
    "chance of finding it, %": "検出確率、％",
    "weeks before": "週前",
    "weeks after": "週後",
    "weeks after that close": "その終値からの週数",
    "weeks after the surprise": "予想外の売買からの週数",
    "sessions from the close before": "直前終値からの営業日数",
}
_NAMES: Final = {
    "foreigners": "海外投資家",
    "individuals": "個人",
    "individuals_cash": "個人（現金）",
    "individuals_margin": "個人（信用）",
    "investment_trusts": "投資信託",
    "trust_banks": "信託銀行",
    "business_corporations": "事業法人",
    "other_corporations": "その他法人",
    "insurance": "生保・損保",
    "city_regional_banks": "都銀・地銀",
    "other_financials": "その他金融機関",
    "securities_companies": "証券会社",
    "proprietary": "自己",
    "brokerage": "委託",
    "others": "その他",
    "total": "合計",
    "nikkei225": "日経平均",
    "usdjpy": "ドル円",
    "jgb2y": "日本国債2年",
    "jgb10y": "日本国債10年",
    "ust10y": "米国債10年",
    "boj_policy_rate": "日銀政策金利",
    "domestic_equities": "国内株式",
    "foreign_equities": "外国株式",
    "domestic_bonds": "国内債券",
    "foreign_bonds": "外国債券",
    "short_term": "短期資産",
    "gpif": "GPIF",
    "reserve": "積立金全体",
    "two_markets": "東京・名古屋",
    "tse_prime": "東証プライム",
    "tse_first": "東証一部",
    "8035": "東京エレクトロン",
    "6857": "アドバンテスト",
    "6146": "ディスコ",
    "6920": "レーザーテック",
    "6723": "ルネサス",
    "7735": "SCREEN",
    "4063": "信越化学",
    "285A": "キオクシア",
    "6525": "KOKUSAI",
    "6526": "ソシオネクスト",
    "6963": "ローム",
    "3436": "SUMCO",
    "7729": "東京精密",
}
_PATTERNS: Final = (
    (re.compile(r"interval covers (\S+)"), r"区間が\1を含む"),
    (re.compile(r"interval excludes (\S+)"), r"区間が\1を含まない"),
    (re.compile(r"range covers (\S+)"), r"範囲が\1を含む"),
    (re.compile(r"range excludes (\S+)"), r"範囲が\1を含まない"),
    (re.compile(r"(\S+) \(no interval\)"), r"\1（区間なし）"),
    (re.compile(r"(\S+)  \((\S+) to (\S+)\)"), r"\1（\2〜\3）"),
    (re.compile(r"(\d+) other episodes?"), r"ほか\1回"),
    (re.compile(r"(\d+) episodes?"), r"\1回"),
    (re.compile(r"(.+): not available"), r"\1：データなし"),
    (re.compile(r"Target (\S+)"), r"目標 \1"),
    (re.compile(r"Upper limit (\S+)"), r"上限 \1"),
    (re.compile(r"Lower limit (\S+)"), r"下限 \1"),
    (re.compile(r"Latest (\S+)"), r"直近 \1"),
)
_WORDS: Final = {**_KEYS, **_UNITS}


def japanese() -> bool:
    """Whether the run asks for Japanese."""
    return os.environ.get(VARIABLE) == "ja"


def say(text: str) -> str:
    """A fixed phrase, or the unit of an axis, in the language of the run."""
    if not japanese():
        return text
    if text in _WORDS:
        return _WORDS[text]
    for pattern, form in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return found.expand(form)
    return text


def name_of(name: str) -> str | None:
    """The name of a known series in the language of the run, ``None`` where the house's own will do."""
    return _NAMES.get(name) if japanese() else None


def source_line(source: str) -> str:
    """The line at a figure's foot."""
    if source.lower().startswith("source"):
        return source
    return f"出所：{source}" if japanese() else f"Source: {source}"


def date_in_words(year: int, month: int, day: int) -> str:
    """A date such as ``29 Aug 2025``."""
    return f"{year}年{month}月{day}日" if japanese() else f"{day} {MONTHS[month - 1]} {year}"


def month_in_words(month: int, day: int | None = None) -> str:
    """A month such as ``Aug``, or a day of it such as ``29 Aug``."""
    if japanese():
        return f"{month}月{day or ''}{'日' if day else ''}"
    return f"{day} {MONTHS[month - 1]}" if day else MONTHS[month - 1]
