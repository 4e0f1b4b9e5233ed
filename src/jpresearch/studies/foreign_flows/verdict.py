"""What is concluded about impact and feedback, and in what words.

``impact_verdict`` is the one place where estimates become a conclusion; the notebook's sentences and metrics come from
it, and the tests feed it markets whose truth is known. It never says that flows caused anything: a verdict of impact
holds if flow came first within the week, which weekly data cannot tell, and every sentence that names one says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jpresearch.stats.projection_bootstrap import Verdict
from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.impact import Impact, Path
from jpresearch.studies.foreign_flows.system import System

TIMES_DECIMALS: Final = 1
CONDITION: Final = "It is impact only if flow came first: weekly data cannot tell."
SHORT_SAMPLE_WEEKS: Final = 156
PREDICTS: Final = {True: "predict", False: "do not clearly predict"}


@dataclass(frozen=True)
class ImpactVerdict:
    """A conclusion.

    Attributes
    ----------
    kind : what the response is called with the markets abroad held fixed.
    common : something looks like impact without the markets abroad and nothing is left of it with them.
    unchecked : no market abroad was known, so that a common cause was not looked for.
    leads, follows : the past of flow predicts the index; the past of the index predicts flow.
    """

    kind: Verdict
    common: bool
    unchecked: bool
    leads: bool
    follows: bool

    @property
    def claims_impact(self) -> bool:
        """Whether any response is claimed at all, on the condition that flow came first."""
        return self.kind != "no impact"


def impact_verdict(found: Impact, *, level: float = 0.05) -> ImpactVerdict:
    """The conclusion from all estimates; ``level`` is that of the tests of who predicts whom."""
    without = found.given if found.plain is None else found.plain
    none = found.given.kind == "no impact"
    return ImpactVerdict(
        kind=found.given.kind,
        common=none and without.kind != "no impact",
        unchecked=not found.system.given,
        leads=found.leads.bootstrap_p_value < level,
        follows=found.follows.bootstrap_p_value < level,
    )


def impact_words(found: Impact, verdict: ImpactVerdict) -> str:
    """How large the response of the same week is, with and without the markets abroad, and on what it hangs."""
    if not verdict.claims_impact:
        return _no_impact_words(found, verdict)
    value = found.given.at(0)[0]
    move = f"an unexpected JPY 100 billion of buying comes with TOPIX {say.number(abs(value), 0)} basis points "
    move += "higher" if value > 0 else "lower"
    if found.plain is None:
        head = f"{move[0].upper()}{move[1:]} that week ({_ends(found.given, 0)}). "
        return f"{head}Nothing abroad was held fixed: common news, or flow that follows, may be all of it."
    without = say.number(found.plain.at(0)[0], 0)
    head = f"With {found.system.given_words} held fixed, {move} that week ({_ends(found.given, 0)}; {without} without"
    return f"{head} them). {CONDITION}"


def _no_impact_words(found: Impact, verdict: ImpactVerdict) -> str:
    value, ends = say.number(found.given.at(0)[0], 0), _ends_with_zero(found.given)
    if verdict.common and found.plain is not None:
        looks, held = say.number(found.plain.at(0)[0], 0), found.system.given_words
        head = f"No impact is claimed: {looks} basis points of TOPIX per unexpected JPY 100 billion of buying become "
        return (
            f"{head}{value} once {held} {_are(found.system)} held fixed ({ends}). News common to both would explain it."
        )
    head = (
        f"No impact is claimed: in the week of an unexpected JPY 100 billion of buying TOPIX differs by {value} basis "
    )
    return f"{head}points ({ends})."


def lasting_words(found: Impact, verdict: ImpactVerdict) -> str:
    """Whether the response is still there at the end of the path."""
    path, lasting = found.given, found.given.lasting
    week = lasting.horizon
    later = f"after {say.counted(week, 'week')} it is {say.number(path.at(week)[0], 0)} basis points"
    later += f" ({_ends(path, week)})"
    if not verdict.claims_impact:
        return f"{later[0].upper()}{later[1:]}; without a response in the first week there is no share of it to follow."
    share = f"{times(lasting.ratio)} that of the first week"
    if not lasting.bounded:
        return f"Whether it lasts cannot be told: {later}, {share}, and that share has no bounds."
    share += f" (interval {say.span(lasting.low, lasting.high, 1)})"
    few = lasting.observations < SHORT_SAMPLE_WEEKS
    sketch = f" With only {lasting.observations} weeks this is a sketch." if few else ""
    head = {
        "permanent": "Nothing shows that the response reverses",
        "partly reversed": "Part of the response reverses",
        "transitory": "The response reverses",
    }.get(verdict.kind, "Whether the response lasts cannot be told")
    return f"{head}: {later}, {share}.{sketch}"


def predicting_words(found: Impact, verdict: ImpactVerdict) -> str:
    """Who predicts whom beside the markets abroad, by the wild bootstrap."""
    head = f"Beside {found.system.given_words} of the weeks before, " if found.system.given else "By the bootstrap, "
    leads, follows = (PREDICTS[told] for told in (verdict.leads, verdict.follows))
    words = f"{head}four weeks of flow {leads} TOPIX ({say.p_value(found.leads.bootstrap_p_value)}) and four weeks of "
    words += f"TOPIX {follows} flow ({say.p_value(found.follows.bootstrap_p_value)})."
    if verdict.follows and not verdict.leads:
        return f"{words} Flow follows; no lead of it is shown."
    return words


def times(ratio: float) -> str:
    """``3.3 times``, ``0.3 times``."""
    return f"{say.number(ratio, TIMES_DECIMALS)} times"


def _are(system: System) -> str:
    return "is" if len(system.given) == 1 else "are"


def _ends(path: Path, week: int) -> str:
    _, low, high = path.at(week)
    return say.interval(low, high, 0, confidence=path.projection.confidence)


def _ends_with_zero(path: Path) -> str:
    """The interval of week 0 that covers zero: the projection's, else the bootstrap's."""
    if path.projection.covers_zero(0):
        return _ends(path, 0)
    lasting = path.lasting
    return f"bootstrap's {say.interval(lasting.impact_low, lasting.impact_high, 0, confidence=lasting.confidence)}"
