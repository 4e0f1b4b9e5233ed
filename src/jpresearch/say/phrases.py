"""Marked words for numbers, amounts and lists, and phrases chosen by the sign of a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from jpresearch.errors import SentenceRefused, UnitUnknown
from jpresearch.say.estimate import Estimate
from jpresearch.say.figures import Form, form_of, p_value_text
from jpresearch.say.marks import Kind, identity, marked, plain

if TYPE_CHECKING:
    from jpresearch.about import Data

_SPELLED: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PLURALS: Final = ("s", "x", "ch", "sh")


def number(value: float, digits: int | None = None, *, signed: bool = False) -> str:
    """``1,234``, ``−0.7``, ``+12``: a bare number; without ``digits`` it has those that its size needs.

    Examples
    --------
    >>> print(say.plain(say.number(1234.4)))
    1,234
    >>> print(say.plain(say.number(-0.7, 1, signed=True)))
    −0.7
    """
    return marked(form_of("", value, digits).text(value, signed=signed))


def percent(value: float, digits: int | None = None, *, signed: bool = False) -> str:
    """``36%``, ``1.7%``: one decimal below 10, none above, unless ``digits`` says otherwise.

    Examples
    --------
    >>> print(say.plain(say.percent(36.2)))
    36%
    >>> print(say.plain(say.percent(1.74)))
    1.7%
    """
    return marked(form_of("%", value, digits).text(value, signed=signed))


def amount(
    value: float, *, of: Data | None = None, unit: str | None = None, signed: bool = False, size: bool = False
) -> str:
    """A number with the unit of the data it was computed from: ``¥557bn``, ``1.7% of turnover``.

    Parameters
    ----------
    value : a value of ``of``, or a sum or mean of its values.
    of : the untouched frame or series that a dataset returned.
    unit : the unit instead, where the values were changed on the way.
    signed : show a plus too, for a bare change.
    size : leave the sign out, where a verb carries the direction.

    Raises
    ------
    UnitUnknown : neither is given, or the values of ``of`` are no longer those that the dataset returned.

    Examples
    --------
    >>> print(say.plain(say.amount(-502.3, unit="JPY bn")))
    −¥502bn
    >>> print(say.plain(say.amount(-502.3, unit="JPY bn", size=True)))
    ¥502bn
    """
    return marked(_form(value, of, unit).text(abs(value) if size else value, signed=signed))


def per(step: float, *, of: Data | None = None, unit: str | None = None) -> str:
    """``per ¥100bn``, ``per 1% of turnover``: the scale of a slope, which follows the unit of its regressor.

    A scale is none of the numbers that a sentence states. Raises as ``amount``.

    Examples
    --------
    >>> print(say.plain(say.per(100, unit="JPY bn")))
    per ¥100bn
    """
    return marked(f"per {_form(step, of, unit).text(step)}", kind=Kind.COUNT)


def unit(of: Data) -> str:
    """The unit of untouched data, unmarked, for a metric or a table. Raises as ``amount``.

    Examples
    --------
    >>> from jpresearch.datasets import flows
    >>> say.unit(flows.weekly("2025-09-05", ["foreigners"]))
    'JPY bn'
    """
    return _unit(of)


def interval(low: float, high: float, *, of: Data | None = None, unit: str | None = None) -> str:
    """``22 to 37 bp``, ``−¥159bn to −¥11bn``: the ends of a range in one unit. Raises as ``amount``.

    Examples
    --------
    >>> print(say.plain(say.interval(22.4, 37.1, unit="bp")))
    22 to 37 bp
    """
    form = _form(max(low, high, key=abs), of, unit)
    return marked(f"{form.text(low, bare=not form.before)} to {form.text(high)}", kind=Kind.INTERVAL)


def count(number: int, thing: str, plural: str | None = None) -> str:
    """``one week``, ``nine weeks``, ``412 weeks``: a sample size or a horizon, in words below ten.

    Examples
    --------
    >>> print(say.plain(say.count(9, "week")))
    nine weeks
    >>> print(say.plain(say.count(412, "week")))
    412 weeks
    """
    whole = int(number)
    if whole != number or whole < 0:
        raise SentenceRefused(f"{number} is no count of {thing}", "say.count")
    words = _SPELLED[whole] if whole < len(_SPELLED) else f"{whole:,}"
    many = plural or (f"{thing}es" if thing.endswith(_PLURALS) else f"{thing}s")
    return marked(f"{words} {thing if whole == 1 else many}", kind=Kind.COUNT)


def ordinal(value: float) -> str:
    """``2nd``, ``93rd``, ``11th``.

    Examples
    --------
    >>> print(say.plain(say.ordinal(93)))
    93rd
    """
    whole = round(value)
    ending = "th" if whole % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return marked(f"{whole:,}{ending}")


def p_value(value: float) -> str:
    """``p = 0.03``, ``p < 0.001``.

    Examples
    --------
    >>> print(say.plain(say.p_value(0.0312)))
    p = 0.03
    >>> print(say.plain(say.p_value(0.0004)))
    p < 0.001
    """
    return marked(p_value_text(value), kind=Kind.P_VALUE)


def name(text: str) -> str:
    """A name from the data that has digits in it, such as a security code.

    Examples
    --------
    >>> print(say.plain(say.name("8035")))
    8035
    """
    return marked(text, kind=Kind.NAME)


def listed(words: Iterable[str], nothing: str = "none") -> str:
    """``a``, ``a and b``, ``a, b and c``; ``nothing`` for no words.

    Examples
    --------
    >>> say.listed(["individuals", "trust banks", "proprietary"])
    'individuals, trust banks and proprietary'
    """
    every = list(words)
    if len(every) < 2:
        return every[0] if every else nothing
    return f"{', '.join(every[:-1])} and {every[-1]}"


def capital(text: str) -> str:
    """The text with a capital at its beginning, whether or not that is marked; names in capitals stay.

    Examples
    --------
    >>> say.capital("trust banks"), say.capital("TOPIX")
    ('Trust banks', 'TOPIX')
    """
    bare = plain(text)
    if not bare or not bare[0].islower():
        return text
    at = text.index(bare[0])
    return f"{text[:at]}{text[at].upper()}{text[at + 1 :]}"


def by_sign(
    value: Estimate | float,
    up: str,
    down: str,
    unclear: str,
    *,
    of: Data | None = None,
    unit: str | None = None,
    holds: bool | None = None,
) -> str:
    """One of three phrases: by the sign of an estimate whose interval excludes zero, else ``unclear``.

    A phrase may show the value as ``{}`` or in any format of ``Estimate``: ``up="gains {:ci}"``,
    ``down="costs {:ci}"``, ``unclear="no significant change ({:ci})"``. ``up`` and ``down`` say the direction, so they
    show the value without its sign; ``unclear`` shows it as it is.

    Parameters
    ----------
    value : an estimate; or a plain number, with ``of`` or ``unit`` as ``amount``, which is unclear where it prints as
        zero.
    holds : whether the sign holds within the family that the member was chosen from (``publish.holds``); ``False`` is
        ``unclear``.

    Raises
    ------
    SentenceRefused : an estimate without an interval, a phrase that cannot be filled in.
    UnitUnknown : a plain number without a unit.

    Examples
    --------
    >>> slope = Estimate(30.2, 22.4, 37.1, unit="bp")
    >>> words = {"up": "gains {:ci}", "down": "costs {:ci}", "unclear": "no significant change ({:ci})"}
    >>> print(say.plain(say.by_sign(slope, **words)))
    gains 30 bp (95% CI 22 to 37)
    >>> print(say.plain(say.by_sign(Estimate(-4.0, -9.0, 1.0, unit="bp"), **words)))
    no significant change (−4 bp (95% CI −9 to 1))
    """
    if isinstance(value, Estimate):
        certain = value.clear and holds is not False
        shown: Any = value
        positive, id = value.value > 0, value.id
    else:
        shown = _Amount(value, _form(value, of, unit))
        certain = shown.form.text(abs(value)) != shown.form.text(0.0) and holds is not False
        positive, id = value > 0, identity(value, of is None, unit)
    phrase = unclear if not certain else up if positive else down
    if certain and not positive:
        shown = shown.reversed()
    try:
        text = phrase.format(shown)
    except (IndexError, KeyError, ValueError, AttributeError) as error:
        next_step = "Write the value as {} or {:ci}, once or more."
        raise SentenceRefused(f"the phrase {phrase!r} cannot be filled in", "say.by_sign", next_step) from error
    return marked(text, id, Kind.SIGN)


class _Amount:
    """A plain number with its unit, as ``by_sign`` fills it in."""

    def __init__(self, value: float, form: Form) -> None:
        self.value, self.form = value, form

    def reversed(self) -> _Amount:
        return _Amount(-self.value, self.form)

    def __format__(self, spec: str) -> str:
        if spec:
            raise ValueError("a plain number has one format, {}")
        return marked(self.form.text(self.value))


def _form(value: float, of: Data | None, unit: str | None) -> Form:
    return form_of(_unit(of) if unit is None else unit, value)


def _unit(of: Data | None) -> str:
    """The unit of untouched data. Raises ``UnitUnknown``."""
    if of is None:
        raise UnitUnknown("an amount needs its unit", "say.amount", "Give the frame it comes from, of=, or unit=.")
    from jpresearch.about import about

    known = about(of)
    if known is None:
        raise UnitUnknown(
            "the values are no longer those that the dataset returned, so their unit is unknown",
            "say.amount",
            "Say what they are now with unit=, or ask the dataset for sums over longer spans with every=.",
        )
    if hasattr(of, "columns"):
        units = {known.unit_of(column) for column in of.select_dtypes("number").columns}
        if len(units) > 1:
            raise UnitUnknown(
                f"the frame has several units: {', '.join(sorted(units))}",
                "say.amount",
                "Give one column, of=frame['...'].",
            )
        return units.pop() if units else known.unit
    return known.unit_of(str(of.name))
