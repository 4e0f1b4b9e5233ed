"""Families of tests: the questions that a notebook asks, and which answers hold among so many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from jpresearch.errors import SentenceRefused, UnknownName
from jpresearch.publish import channel, outputs
from jpresearch.publish.frames import require_text
from jpresearch.say import Estimate, plain
from jpresearch.say.figures import p_value_text

Members = str | Iterable[Estimate] | Mapping[str, Estimate]
OWN: Final = "questions asked"


def tested(question: str, estimate: Estimate, *, family: str = OWN) -> Estimate:
    """Enter a test into its family, and give the estimate back.

    Parameters
    ----------
    question : what is asked, as a reader would: ``"Does last week's flow predict TOPIX?"``.
    estimate : the answer, with its p-value of zero.
    family : the questions that are asked together. A null that everybody rejects belongs to none.

    Raises
    ------
    SentenceRefused : an estimate without a p-value.

    Examples
    --------
    >>> slope = Estimate(30.2, 22.4, 37.1, p_value=0.0004, unit="bp", n=412, last="2026-09-04")
    >>> with publish.collected():
    ...     publish.tested("Does flow move TOPIX?", slope) is slope
    True
    """
    require_text(question=question, family=family)
    _p_value(estimate)
    channel.page().families.setdefault(family, {})[plain(question)] = estimate
    return estimate


def holds(estimate: Estimate, *, family: Members) -> bool:
    """Whether the estimate differs from zero among all members of its family (Benjamini-Hochberg).

    Parameters
    ----------
    estimate : a member, often the one chosen for its size.
    family : the name under which ``tested`` entered the members, or the members themselves.

    Raises
    ------
    UnknownName : no such family, or the estimate is no member.
    SentenceRefused : a member without a p-value.

    Examples
    --------
    >>> slope = Estimate(30.2, 22.4, 37.1, p_value=0.0004, unit="bp", n=412, last="2026-09-04")
    >>> with publish.collected():
    ...     _ = publish.tested("Does flow move TOPIX?", slope, family="same week")
    ...     publish.holds(slope, family="same week")
    True
    """
    members = _members(family)
    places = [at for at, member in enumerate(members) if member.id == estimate.id]
    if not places:
        raise UnknownName(
            "the estimate is no member of the family", "publish.holds", "Give all that it was chosen from."
        )
    return _adjusted(members)[places[0]] <= 1 - estimate.confidence


def family(name: str | None = None, *, table: str = "tests") -> None:
    """Publish all tests of one family, or of all, as one table with adjusted p-values.

    Parameters
    ----------
    name : the family; ``None`` is every family, each adjusted by itself.
    table : name of the table published.

    Raises
    ------
    UnknownName : no such family, or no test at all.

    Examples
    --------
    >>> slope = Estimate(30.2, 22.4, 37.1, p_value=0.0004, unit="bp", n=412, last="2026-09-04")
    >>> with publish.collected() as page:
    ...     _ = publish.tested("Does flow move TOPIX?", slope)
    ...     publish.family()
    >>> page.outputs[0]["data"][publish.TABLE]["name"]
    'tests'
    """
    import pandas as pd

    chosen = {name: _family(name)} if name is not None else channel.page().families
    if not chosen:
        raise UnknownName(
            "no test was entered", "publish.family", "Enter each with publish.tested(question, estimate)."
        )
    rows = []
    for each, tests in chosen.items():
        adjusted = _adjusted(list(tests.values()))
        for (question, estimate), value in zip(tests.items(), adjusted, strict=True):
            known = {"Estimate": plain(f"{estimate:ci}" if estimate.has_interval else f"{estimate}")}
            p = {
                "p": p_value_text(_p_value(estimate))[2:].removeprefix("= "),
                "adjusted p": p_value_text(value)[2:].removeprefix("= "),
            }
            rows.append({"Family": each, "Question": question, **known, **p})
    frame = pd.DataFrame(rows)
    caption = (
        f"All {len(rows)} tests; p-values adjusted within each family for the number of questions (Benjamini-Hochberg)."
    )
    outputs.table(table, frame, caption=caption)


def _members(family: Members) -> list[Estimate]:
    if isinstance(family, str):
        return list(_family(family).values())
    return list(family.values() if isinstance(family, Mapping) else family)


def _family(name: str) -> dict[str, Estimate]:
    families = channel.page().families
    if name not in families:
        raise UnknownName.of("family of tests", name, families)
    return families[name]


def _adjusted(members: list[Estimate]) -> list[float]:
    import pandas as pd

    from jpresearch.stats.multiplicity import false_discoveries

    found = false_discoveries(pd.Series([_p_value(member) for member in members]))
    return [float(value) for value in found.tests["q_value"]]


def _p_value(estimate: Estimate) -> float:
    if estimate.p_value is None:
        raise SentenceRefused("an estimate without a p-value cannot be tested", "publish", "Estimate it with errors.")
    return estimate.p_value
