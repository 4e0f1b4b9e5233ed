"""Titles and alternative texts of the figures, written by the numbers behind them."""

from __future__ import annotations

from jpresearch.studies import phrasing as say
from jpresearch.studies.claims.findings import Findings
from jpresearch.studies.claims.ledger import Verdict
from jpresearch.studies.claims.pages import flips as flips_frame
from jpresearch.studies.claims.pages import strip as strip_frame
from jpresearch.studies.claims.pages import verdict_counts
from jpresearch.studies.results import Caption


def verdicts(found: Findings) -> Caption:
    """How many claims of each verdict."""
    supported, all_testable = found.count(Verdict.SUPPORTED), len(found.testable)
    title = f"{supported} of {say.counted(all_testable, 'testable claim')} stand at their word"
    counts = ", ".join(f"{name} {count}" for name, count in verdict_counts(found).items())
    return Caption(title, f"Bars of claims by verdict. {title}. {counts}.")


def strip(found: Findings) -> Caption:
    """Shares of readings under which claims hold."""
    frame = strip_frame(found)
    sure, never = int((frame["holds"] == 100).sum()), int((frame["holds"] == 0).sum())
    title = f"{sure} claims hold under every reading, {never} under none, {len(frame) - sure - never} depend on it"
    doubtful = frame[(frame["holds"] > 0) & (frame["holds"] < 100)]
    names = say.listed([str(name) for name in doubtful.index], "none")
    return Caption(title, f"Bars of the share of readings that bear each claim out. {title}. Depending: {names}.")


def flips(found: Findings) -> Caption:
    """Ranges of the readings of claims in percent."""
    frame = flips_frame(found)
    wide = str((frame["high"] - frame["low"]).idxmax())
    row = frame.loc[wide].astype("float64").to_dict()
    title = f"The readings of claim {wide.split(' ', 1)[0]} lie furthest apart: {say.span(row['low'], row['high'])}%"
    return Caption(title, f"Dots (headline) with the range of all readings, claims measured in percent. {title}.")


def since(found: Findings) -> Caption:
    """TOPIX below its high of late summer."""
    last, deepest = float(found.since.path.iloc[-1]), found.since.deepest
    end = say.day(found.since.path.index[-1])
    if deepest is None:
        title = f"On {end} TOPIX stood {say.percent(abs(last), 1)} below its high of {say.day(found.since.high_day)}"
        return Caption(
            title, f"Line of TOPIX against its high before 5 September 2025. {title}; nothing later is known."
        )
    when = "" if found.since.on is None else f", decided on {say.day(found.since.on)}"
    title = f"After the article: {found.since.answer}{when}"
    told = f"deepest {say.signed(deepest)}%, last {say.signed(last)}% on {end}"
    return Caption(title, f"Line of TOPIX against its high before 5 September 2025. {title}; {told}.")


def flows(found: Findings) -> Caption:
    """Foreigners' weekly flow before and after the article's day."""
    kind = "Bars of foreigners' weekly net purchases from June 2025 on"
    after = found.since.flows
    if after.empty:
        newest = say.day(found.newest)
        title = f"The newest week known on the day of the claims ended on {newest}"
        return Caption(title, f"{kind}. {title}: {say.signed(float(found.facts.foreigners.iloc[-1]))} JPY bn.")
    total = float(after.iloc[-1])
    title = f"After 5 September 2025 foreigners {say.dealt_net(total)}, to {say.day(after.index[-1])}"
    return Caption(title, f"{kind}. {title}; lowest sum since then {say.signed(float(after.min()))} JPY bn.")
