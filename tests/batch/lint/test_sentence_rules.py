"""Lint says before a run what the run would refuse of a notebook's sentences."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from jpresearch.batch.lint.sentence_rules import objections_to

SOUND = """
publish.figure("net", charts.lines(net, title=f"Foreigners {verb} in {covers(net)}"), lead=True)
publish.finding(f"TOPIX gains {slope:ci} per ¥100bn.", figure="net", lead=True)
publish.metric("slope", slope, label=f"Net, {say.count(weeks, 'week')}", lead=True)
change = say.by_sign(step, up="more than before", down="less than before", unclear="as before")
publish.answer(f"{say.capital(names[first])} take {bought[first]:ci}, {change}.")
"""


@dataclass(frozen=True)
class Code:
    number: int
    tree: ast.Module | None


def found(*sources: str) -> list[str]:
    cells = [Code(number, ast.parse(source)) for number, source in enumerate(sources, start=1)]
    return [objection.what for objection in objections_to(cells)]


def test_sound_sentences_have_no_objection() -> None:
    assert found(SOUND) == []


BROKEN = [
    ('publish.finding("Foreigners follow the market.")', "without a formatted value"),
    ('publish.finding(f"Foreigners follow the market.")', "without a formatted value"),
    ('words = "Foreigners follow."\npublish.finding(words)', "without a formatted value"),
    ('publish.finding(f"In the two weeks to August they sold {slope:ci}.")', "typed, not printed from a value: two"),
    ('publish.finding(f"They sold {slope:ci} since 2024.")', "2024"),
    ('words = f"They sold {slope:ci} since 2024."\npublish.finding(words)', "2024"),
    ('publish.finding(f"They sold {slope:ci}" + " since 2024.")', "2024"),
    ('publish.finding(text=f"They sold {slope:ci} since 2024.")', "2024"),
    ('publish.finding(f"a {slope}" if up else f"In 2024 {slope}")', "2024"),
    ('publish.finding(f"In the heaviest {heavy:.0%} of weeks {slope:ci}.")', "formatted by Python"),
    ('publish.finding(f"On {day:%d %B} they sold {slope:ci}.")', "formatted by Python"),
    ('publish.finding(f"They sold in {len(weeks)} weeks.")', "a bare number"),
    ('publish.finding(f"They sold {100 * share} of it.")', "a bare number"),
    ('publish.finding(f"They sold {13} of it.")', "a bare number"),
    ("publish.finding(f\"They sold {say.count(13, 'week')}.\")", "prints what was typed"),
    ("publish.finding(f\"They sold {say.date('2024-01-01')}.\")", "prints what was typed"),
    ('publish.finding(f"Selling drives TOPIX {slope:ci} lower.")', "claims a cause"),
    ("publish.finding(f\"{say.by_sign(slope, up='lifts TOPIX {:ci}', down='b', unclear='c')}\")", "claims a cause"),
    ("publish.finding(f\"{say.by_sign(slope, up='gains {:ci} in two weeks', down='b', unclear='c')}\")", "two"),
    ('publish.finding(f"The names are dear at {slope}.")', "not how the field says it"),
    ('fig = charts.lines(net, title="Foreigners sold for 13 weeks")', "typed in `title=`"),
    ('title = f"{label} sold for 13 weeks"\nfig = charts.lines(net, title=title)', "typed in `title=`"),
    ('publish.table("t", net, caption="Since 2012")', "typed in `caption=`"),
    ('publish.metric("m", net, label="Net, two weeks")', "typed in `label=`"),
    ('with publish.part("Since 2024"):\n    pass', "typed in `name=`"),
    ('publish.metric("m", net, lead=True)', "without `label=`"),
    ('publish.answer(f"Again {slope}.")', "a second answer"),
    ('publish.figure("b", fig, lead=True)', "a second lead figure"),
    (
        "\n".join(f'publish.finding(f"{{slope}} {letter}", lead=True)' for letter in "abcde"),
        "more than 5 lead findings",
    ),
]


@pytest.mark.parametrize(("cell", "says"), BROKEN)
def test_what_a_run_would_refuse_is_said_before(cell: str, says: str) -> None:
    what = found(SOUND, cell)
    assert any(says in each for each in what), what


@pytest.mark.parametrize(
    "cell",
    [
        'publish.finding("Foreigners sold for two weeks in 2024.", typed=True)',
        'publish.finding(f"TOPIX-17, the S&P 500 and 10-year yields moved {slope:ci} per ¥100bn.")',
        'publish.finding(f"{fit[\'ust10y\']:ci} is the beta to yields.")',
        'net = net.loc["2024-01-01":]',
        'publish.finding(f"They sold {net_2024:ci}.")',
        'publish.finding(" ".join(parts))',
        'for name in names:\n    publish.finding(f"{name} took {bought[name]:ci}.", lead=True)',
        'fig = charts.lines(net, title="Nikkei 225 and TOPIX")',
    ],
)  # fmt: skip
def test_what_a_run_takes_is_no_objection(cell: str) -> None:
    assert found(SOUND, cell) == []


def test_a_notebook_without_answer_lead_finding_or_lead_figure_is_told() -> None:
    assert found("x = 1") == [
        "there is no `publish.answer`",
        "there is no finding with `lead=True`",
        "there is no figure with `lead=True`",
    ]


def test_a_notebook_of_the_older_form_is_not_judged() -> None:
    old = 'publish.takeaway("In 2024 they sold.")\nfig = charts.lines(net, title="Since 2012")'
    assert found(old) == []
    assert "a second answer" not in found(old, SOUND)
    assert any("2012" in each for each in found(old, SOUND)), "with an answer it is of the newer form"


def test_an_objection_says_where_it_stands() -> None:
    cells = [Code(1, ast.parse(SOUND)), Code(2, ast.parse('x = 1\npublish.finding("No.")')), Code(3, None)]
    assert [(objection.cell, objection.line) for objection in objections_to(cells)] == [(2, 2)]
