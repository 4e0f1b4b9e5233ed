"""The few words that exports add to what notebooks say, in both languages."""

from __future__ import annotations

from typing import Any, Final

from jpresearch.payloads.fields import UNWRITABLE

WORDS: Final = {
    "title": ("Japanese equities", "日本株"),
    "published_to": ("figures published to {day}", "{day}までに公表された数値"),
    "as_of": ("as of {day}", "{day}時点"),
    "source": ("Source", "出所"),
    "house_view": ("House view", "ハウスビュー"),
    "answers": ("Answers", "結論"),
    "moved": ("What moved", "変化した数値"),
    "since": ("since the run of {day}", "{day}の実行から"),
    "nothing_moved": ("No lead figure moved", "主要な数値に変化なし"),
    "no_earlier": ("there is no earlier run to compare with", "比較できる以前の実行がない"),
    "before": ("Before", "前回"),
    "now": ("Now", "今回"),
    "figure": ("Figure", "指標"),
    "late": ("Late data: {tables}", "遅延データ：{tables}"),
    "late_more": ("{tables} and {count} more", "{tables}ほか{count}表"),
    "to": ("{table} to {day}", "{table}は{day}まで"),
    "left_out": ("Left out", "除外"),
    "parameters": ("Parameters", "パラメータ"),
    "by_hand": ("This sentence was written by hand.", "この文は手書きである。"),
    "run": ("Run {run}", "実行 {run}"),
    "contents": ("Contents", "目次"),
    "full_report": ("Full report", "レポート全文"),
    "sample": ("n = {n}", "n = {n}"),
    "picture_only": (
        "A picture, not a chart to edit: the figures of {owners} stay at the desk.",
        "編集できる図ではなく画像：{owners}の数値は配布しない。",
    ),
    "table_stays": (
        "{caption}: a table of figures of {owners}, which stay at the desk.",
        "{caption}：{owners}の数値の表は配布しない。",
    ),
}


def say(key: str, lang: str, **values: Any) -> str:
    """A phrase in the language of the reports."""
    return WORDS[key][lang == "ja"].format(**values)


def writable(text: str) -> str:
    """A text of a record without what neither XML nor UTF-8 can write; a mark stands in its place."""
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
