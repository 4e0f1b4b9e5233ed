"""Rules of `jpresearch watch`, in YAML. Checked when read: what is wrong is said with its line.

title: What a desk wants to be told
rules:
  - {notebook: 01_foreign_flows, metric: foreign_net_1w_jpy_bn, below: -500}
  - {notebook: 00_dashboard, metric: topix_drawdown_pct, below: -10, say: TOPIX is in a correction}
  - {notebook: 03_gpif, metric: domestic_equity_share_pct, change_beyond: 0.5}      # against the run before
  - {notebook: 08_claims, metric: verdict_21, flips: true}                          # another text, or another sign
  - {notebook: 01_foreign_flows, late: true}                                        # one of its tables is late
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from ruamel.yaml.nodes import Node, ScalarNode

from jpresearch.batch.plan.yaml_lines import Entries, Place

Kind = Literal["above", "below", "change_beyond", "flips", "late"]
LEVELS: Final = ("above", "below", "change_beyond")
SWITCHES: Final = ("flips", "late")
IN_A_RULE: Final = ("notebook", "metric", *LEVELS, *SWITCHES, "say")


@dataclass(frozen=True)
class Rule:
    """One rule: what is watched, when it fires, and the line where it stands.

    ``metric`` is empty for ``late``; ``bound`` is what ``above``, ``below`` and ``change_beyond`` compare with;
    ``words`` are the desk's own, said when it fires.
    """

    notebook: str
    metric: str
    kind: Kind
    bound: float
    words: str
    place: str


def read(file: Path) -> list[Rule]:
    """The rules of a watch file in order.

    Raises
    ------
    BatchInvalid : it is not YAML, has no rules, or a rule lacks or doubles something; the error names the line.
    """
    place = Place(file, "watch file")
    top = place.mapping(place.root(), "the watch file", ("title", "rules"))
    if "rules" not in top.values:
        raise place.wrong(place.root(), "the watch file has no rules", "List them under `rules:`.")
    return [_rule(place, node) for node in place.sequence(top.values["rules"], "rules")]


def _rule(place: Place, node: Node) -> Rule:
    entries = place.mapping(node, "a rule", IN_A_RULE)
    kinds = [name for name in (*LEVELS, *SWITCHES) if name in entries.values]
    if len(kinds) != 1:
        allowed = ", ".join((*LEVELS, *SWITCHES))
        raise place.wrong(node, f"a rule says one of {allowed}, and this one {len(kinds)}", "Write a rule for each.")
    kind = cast(Kind, kinds[0])
    metric = _text(place, entries, "metric")
    if not _text(place, entries, "notebook"):
        raise place.wrong(node, "a rule needs a notebook")
    if bool(metric) == (kind == "late"):
        what = "`late` speaks of a notebook's tables, not of a metric" if metric else "a rule needs a metric"
        raise place.wrong(node, what)
    value = entries.values[kind]
    bound = _number(place, value, kind) if kind in LEVELS else 0.0
    if kind in SWITCHES and not (isinstance(value, ScalarNode) and value.value == "true"):
        raise place.wrong(value, f"{kind} is written as `{kind}: true`")
    if kind == "change_beyond" and bound < 0:
        raise place.wrong(value, "change_beyond is a size, not below zero")
    where = f"{place.file.name}, line {node.start_mark.line + 1}"
    return Rule(_text(place, entries, "notebook"), metric, kind, bound, _text(place, entries, "say"), where)


def _text(place: Place, entries: Entries, name: str) -> str:
    return place.text(entries.values[name], name) if name in entries.values else ""


def _number(place: Place, node: Node, name: str) -> float:
    try:
        found = float(node.value) if isinstance(node, ScalarNode) else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise place.wrong(node, f"{name} is not a number")
    return found
