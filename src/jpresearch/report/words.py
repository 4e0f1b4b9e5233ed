"""The fixed words of index and comparison, in English and Japanese."""

from __future__ import annotations

from typing import Any, Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    # Frame
    "skip": ("Skip to the content", "本文へ"),
    "none": ("none", "なし"),
    "workbook": ("data as Excel", "Excelデータ"),
    "to": ("{low} to {high}", "{low}〜{high}"),
    "record": ("The state of every job, with the data behind it:", "各ジョブの状態と使用データの記録："),
    # Index of a run
    "run_title": ("Japanese equities as of {day}", "日本株：{day}時点"),
    "run_title_open": ("Japanese equities: everything published by {day}", "日本株：{day}までの公表データ"),
    "run_title_days": (
        "Japanese equities: {count} days from {first} to {last}",
        "日本株：{first}から{last}まで{count}時点",
    ),
    "run": ("Run", "実行"),
    "metrics_file": ("All metrics (CSV)", "全指標（CSV）"),
    "all_runs": ("All runs", "実行一覧"),
    "as_of": ("data as of {day}", "{day}時点のデータ"),
    "everything": ("everything published", "全公表データ"),
    "seconds": ("{seconds} s", "{seconds}秒"),
    "day": ("Data as of", "データ時点"),
    "status": ("Status", "状態"),
    "over_days": ("{title}, day by day", "{title}（時点別）"),
    "newest_says": ("As of {day}:", "{day}時点："),
    "stale": ("Older than usual: {tables}.", "更新の遅れ：{tables}。"),
    "stale_table": ("{table} to {day} ({age} days; usual {usual})", "{table} {day}まで（{age}日、通常{usual}日以内）"),
    # Index of all runs
    "runs_title": ("Japanese equities: all runs", "日本株：実行一覧"),
    "now": ("Where things stand", "現状"),
    "newest_runs": ("Newest runs", "最近の実行"),
    "earlier_runs": ("Earlier runs", "以前の実行"),
    "no_runs": ("There is no run yet.", "実行はまだありません。"),
    "older": ("{count} older runs are not listed.", "さらに古い{count}回の実行は省略。"),
    "unreadable": ("The record of this run cannot be read.", "この実行の記録は読み取れません。"),
    "unfinished": ("in progress, or ended without notice", "実行中、または中断"),
    "jobs": ("{count} jobs", "{count}ジョブ"),
    "days": ("{first} to {last}, {count} days", "{first}〜{last}（{count}時点）"),
    "reports": ("Reports", "レポート"),
    # Status
    "pending": ("pending", "待機中"),
    "running": ("running", "実行中"),
    "succeeded": ("succeeded", "成功"),
    "failed": ("failed", "失敗"),
    "timed_out": ("timed out", "時間切れ"),
    "kernel_died": ("kernel died", "カーネル停止"),
    "cancelled": ("cancelled", "中止"),
    "skipped": ("skipped", "対象外"),
    "reused": ("reused", "再利用"),
    "sparkline": (
        "{name}: {count} values from {first} to {last_day}; lowest {low} ({low_day}), "
        "highest {high} ({high_day}), last {last}{unit}",
        "{name}：{first}から{last_day}まで{count}回、最低 {low}（{low_day}）、"
        "最高 {high}（{high_day}）、直近 {last}{unit}",
    ),
    # What changed
    "to_day": (" to {day}", "（{day}まで）"),
    "table_more": ("{table}: {rows} new rows{to}", "{table}：新たな行 {rows}{to}"),
    "table_more_one": ("{table}: 1 new row{to}", "{table}：新たな行 1{to}"),
    "table_fewer": ("{table}: {rows} rows fewer{to}", "{table}：{rows} 行減{to}"),
    "table_fewer_one": ("{table}: 1 row fewer{to}", "{table}：1 行減{to}"),
    "table_and_corrected": (", {corrected} corrected", "、訂正 {corrected}"),
    "table_corrected": ("{table}: corrected, no new row{to}", "{table}：訂正あり、新たな行なし{to}"),
    "table_other": ("{table}: other rows, as many{to}", "{table}：行の入れ替わり{to}"),
    "table_first_read": ("{table}: not read before", "{table}：今回初めて使用"),
    "table_no_longer_read": ("{table}: no longer read", "{table}：今回は使用せず"),
    "setting": ("{name}: {before} → {after}", "{name}：{before} → {after}"),
    "part_other": ("changed: {part}", "変更：{part}"),
    "part_cell": ("code changed: cell {names}", "コード変更：セル {names}"),
    "part_text": ("text changed: cell {names}", "文章変更：セル {names}"),
    "part_module": ("module changed: {names}", "モジュール変更：{names}"),
    "part_page": ("page changed: {names}", "ページ作成の変更：{names}"),
    "and_more": ("{shown} and {count} more", "{shown}ほか{count}件"),
    # Comparison
    "changes": ("What changed from {before} to {after}", "{before}から{after}への変化"),
    "two_runs": ("The two runs", "二つの実行"),
    "setting_name": ("Setting", "項目"),
    "before": ("Before", "前"),
    "after": ("After", "後"),
    "change": ("Change", "変化"),
    "relative": ("Relative", "変化率"),
    "intervals": ("Intervals", "区間"),
    "overlap": ("overlap", "重なる"),
    "apart": ("apart", "重ならない"),
    "metric": ("Metric", "指標"),
    "moved": ("Metrics that moved", "動いた指標"),
    "unmoved": ("{count} other metrics did not move.", "他の{count}指標は変化なし。"),
    "only_interval": ("interval only", "区間のみ"),
    "behind": ("New and corrected rows", "新規・訂正データ"),
    "code": ("Parameters and code", "パラメータとコード"),
    "code_parts": ("Code changed", "コード変更"),
    "environment": ("Code and versions of the runs", "実行時のコードとバージョン"),
    "takeaways": ("Takeaways", "要点"),
    "takeaways_same": ("The takeaways are the same.", "要点は同じ。"),
    "no_takeaway": ("No takeaway.", "要点なし。"),
    "overview": ("In short", "概要"),
    "nothing": ("Nothing changed between the two runs.", "二つの実行に違いはありません。"),
    "nothing_here": ("Nothing changed", "変化なし"),
    "only_in": ("Only in the run {run}", "実行 {run} のみ"),
    "report": ("Report", "レポート"),
    "report_before": ("report before", "前のレポート"),
    "report_after": ("report after", "後のレポート"),
    "tables_changed": ("Tables changed", "変化した表"),
    "metrics_moved": ("Metrics moved", "動いた指標"),
}


def say(key: str, lang: str, **values: Any) -> str:
    """The words for ``key`` in ``lang`` (English for a language that is not there) with the values filled in."""
    english, japanese = WORDS[key]
    return (japanese if lang == "ja" else english).format(**values)
