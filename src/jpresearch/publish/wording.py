"""What a sentence for readers may not hold: a typed number, a cause, a word that no colleague would say, too much.

``objections`` looks at one sentence; publishing asks before it shows one, ``lint`` before a run. Numbers that belong to
a name or a unit are no claims and may be typed: ``S&P 500``, ``10-year``, ``per ¥100bn``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jpresearch.say.marks import Kind, Mark, marks, outside, plain

LONGEST_ANSWER: Final = 35
LONGEST_LEAD: Final = 30
MOST_NUMBERS: Final = 3

_TENOR_NUMBERS: Final = "1|2|3|5|6|7|9|10|12|20|30|40|one|two|three|five|six|seven|ten|twelve|twenty|thirty|forty"
_RATES: Final = (
    "bills?|rates?|yields?|bonds?|notes?|swaps?|OIS|SOFR|TONA|JGBs?|Treasur(?:y|ies)|dollars?|yen|deposits?|forwards?"
)
_NAMES: Final = (
    r"S&P 500", r"Nikkei(?: Stock Average)?[ -](?:225|300|500)", r"(?:JPX-)?Nikkei[ -](?:Index )?400", r"JPX Prime 150",
    r"TOPIX[ -]?(?:17|33|100|500|1000|Core ?30|Large ?70|Mid ?400)", r"Core ?30", r"FTSE[ -](?:100|250)",
    r"Russell[ -](?:1000|2000|3000)", r"(?:Euro )?Stoxx[ -](?:50|600)", r"CSI[ -]300", r"SSE[ -]50", r"Nasdaq[ -]100",
    r"KOSPI[ -]200", r"ASX[ -]200", r"CAC[ -]40", r"Dow 30", r"COVID-19", r"G(?:7|10|20)\b",
)  # fmt: skip
_UNITS: Final = (
    # A tenor is a name; the length of a window is a choice.
    rf"\b(?:{_TENOR_NUMBERS})-year\b(?! (?:average|mean|median|high|low|range|record|window|sum|history|percentile))",
    rf"\b(?:{_TENOR_NUMBERS})-month (?:{_RATES})\b",
    r"\b(?:per|each|every|of|another|additional) ¥10{0,3}(?:mn|bn|tn)\b",
    r"\bper 10{0,3}(?:%| bp| points?| percentage points?)?(?=[\s,.;:)]|$)",
    r"\bof (?:each |every )?(?:additional )?100\b",
    r"\btwo-(?:sided|way|tailed|speed)\b",
)
ALLOWED: Final = re.compile("|".join((*_NAMES, *_UNITS)), re.IGNORECASE)
_DIGIT: Final = re.compile(r"[^\s]*\d[^\s]*")
_NUMBER_WORD: Final = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|"
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|[mb]illions?|trillions?|dozens?|"
    r"thirds|fifths?|tenths?|twentieths?|twice|thrice|half (?:of|the)|double[ds]?|triple[ds]?|\w+fold)\b",
    re.IGNORECASE,
)
CAUSES: Final = re.compile(
    r"\b(?:caus(?:e[sd]|ing)|driv(?:e|es|en|ing)|drove|led to|leads? to|leading to|due to|owing to|thanks to|"
    r"because of|as a result|result(?:s|ed|ing)? in|trigger(?:s|ed|ing)?|push(?:es|ed|ing)?|lift(?:s|ed|ing)|"
    r"boost(?:s|ed|ing)?|spur(?:s|red|ring)|fuel(?:s|led|ling)|forc(?:es|ed|ing)|prompt(?:s|ed|ing)|"
    r"propel(?:s|led|ling)?|drag(?:s|ged)? (?:down|lower))\b",
    re.IGNORECASE,
)
BETTER: Final = {
    r"dear(?:er|est|ness)?": "rich or expensive versus history, percentile of own history",
    r"(?:told|tells?) (?:something|nothing)": "predicts, or has no predictive power for",
    r"cannot be told": "insignificant, n.s.",
    r"swings of the year before": "52-week standard deviation",
    r"held fixed": "controlling for",
    r"brokers' own accounts": "proprietary",
    r"other sides?": "counterparty",
    r"taken out": "excluding",
    r"asked in \S+ ways": "robust in so many of so many specifications",
    r"no table here": "not in the data set",
    r"varied least": "minimum-variance hedge ratio",
    r"an identity, not a choice": "by construction",
    r"stretched": "expensive, or crowded",
    r"standing": "rank",
    r"JPY": "¥, as say.amount writes it",
}
_BETTER: Final = [(re.compile(rf"\b{old}\b", re.IGNORECASE), new) for old, new in BETTER.items()]
_CI: Final = re.compile(r"\s*\(\d+% CI [^)]*\)")
_FREE: Final = (Kind.INTERVAL, Kind.DATE, Kind.COUNT, Kind.P_VALUE)


def typed_numbers(text: str) -> list[str]:
    """The numbers, in digits or words, that stand outside every mark and belong to no name or unit."""
    rest = ALLOWED.sub(" ", outside(text))
    found = [
        (hit.start(), hit.group().strip("(),.;:")) for form in (_DIGIT, _NUMBER_WORD) for hit in form.finditer(rest)
    ]
    return [words for _, words in sorted(found)]


def objections(text: str) -> Iterator[str]:
    """What is wrong with the words of a sentence, as clauses; its length apart."""
    numbers = typed_numbers(text)
    if numbers:
        yield f"typed, not printed from a value: {', '.join(dict.fromkeys(numbers))}"
    cause = CAUSES.search(plain(text))
    if cause:
        yield f"{cause.group()!r} claims a cause, which these data do not show"
    for form, better in _BETTER:
        word = form.search(plain(text))
        if word:
            yield f"{word.group()!r} is not how the field says it (rather: {better})"


def length(text: str) -> int:
    """The words of a sentence; intervals, dates, sample sizes, horizons and p-values are not counted."""
    bare = list(plain(text))
    for mark in marks(text):
        if mark.kind in _FREE:
            bare[mark.start : mark.end] = [" "] * (mark.end - mark.start)
    return len([word for word in _CI.sub("", "".join(bare)).split() if re.search(r"\w", word)])


def numbers(text: str) -> int:
    """How many values a sentence states; intervals, dates, sample sizes, horizons and p-values are not counted."""
    stated = [mark for mark in marks(text) if mark.kind in (Kind.ESTIMATE, Kind.NUMBER)]
    inside = [mark for mark in stated for other in stated if mark is not other and _within(mark, other)]
    return len(stated) - len({id(mark) for mark in inside})


def _within(mark: Mark, other: Mark) -> bool:
    return other.start <= mark.start and mark.end <= other.end
