"""``Estimate``: a coefficient that knows its interval, unit, digits and sample, and prints the same everywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from jpresearch.errors import SentenceRefused, UnknownName
from jpresearch.say.dates import period_text
from jpresearch.say.figures import Form, form_of, number_text, p_value_text
from jpresearch.say.marks import Kind, identity, marked

if TYPE_CHECKING:
    import pandas as pd

PLAIN_NUMBER: Final = re.compile(r"(\+?),?\.(\d)f")
KINDS: Final = ("value", "ci", "sig", "interval", "p", "n", "sample")
FLAGS: Final = ("signed", "size")


@dataclass(frozen=True)
class Estimate:
    """A number with its interval, and what it was estimated from.

    Attributes
    ----------
    value, low, high : in ``unit``; ``low`` and ``high`` are NaN where there is no interval.
    p_value : two-sided, of zero.
    unit : ``"bp"``, ``"%"``, ``"JPY bn"``, ``"bp per bp of market value"`` ...
    digits : decimals in which sentence, metric and figure show it; ``None`` is the rule of the unit.
    n, first, last : size, first and last label of the sample.
    method : the estimator in words.
    over : the sample in words, where it was chosen by ``say.selection.rows``.

    In an f-string (every form is marked with the estimate's id):

    =================  ==================================================
    ``{e}``            ``30 bp``: value and unit
    ``{e:.0f}``        ``30``: the number alone, in its own digits
    ``{e:ci}``         ``30 bp (95% CI 22 to 37)``
    ``{e:sig}``        ``30 bp``, or ``4 bp (n.s.)`` where the interval holds zero
    ``{e:interval}``   ``22 to 37``
    ``{e:p}``          ``p = 0.03``
    ``{e:n}``          ``412``
    ``{e:sample}``     ``2012 to 4 Sep 2026``
    ``{e:size ci}``    without its sign, where a verb carries the direction
    ``{e:signed}``     ``+30 bp``, for a bare change
    =================  ==================================================
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    p_value: float | None = None
    unit: str = ""
    digits: int | None = None
    n: int | None = None
    first: Any = None
    last: Any = None
    method: str = ""
    confidence: float = 0.95
    over: str = ""
    std_error: float = field(default=math.nan, repr=False)

    def __post_init__(self) -> None:
        if math.isnan(self.low) != math.isnan(self.high):
            raise SentenceRefused("an interval needs both ends", "Estimate")
        if not math.isfinite(self.value) or math.isinf(self.low) or math.isinf(self.high):
            raise SentenceRefused(f"{self.value} ({self.low} to {self.high}) is no estimate", "Estimate")

    @property
    def id(self) -> int:
        """The id of its marks: the same for the same estimate, whatever its unit's name, digits or sign."""
        sample = (str(self.first), str(self.last), self.n, self.method)
        ends = sorted((abs(self.low), abs(self.high))) if self.has_interval else []
        return identity(abs(self.value), ends, sample)

    @property
    def has_interval(self) -> bool:
        """Whether it has an interval."""
        return not math.isnan(self.low)

    @property
    def clear(self) -> bool:
        """Whether the interval excludes zero. Raises ``SentenceRefused`` where there is none."""
        if not self.has_interval:
            raise SentenceRefused(
                "without an interval nobody can say whether its sign is clear", "Estimate", "Estimate it with errors."
            )
        return self.low > 0 or self.high < 0

    @property
    def covers_zero(self) -> bool:
        """Whether the interval holds zero."""
        return not self.clear

    def reversed(self) -> Estimate:
        """The same with the other sign: of sales instead of purchases."""
        return replace(self, value=-self.value, low=-self.high, high=-self.low)

    def described(self, **changes: Any) -> Estimate:
        """A copy with other ``unit``, ``digits``, ``method``, ``over`` ..., the numbers unchanged."""
        if {"value", "low", "high", "std_error"} & set(changes):
            raise SentenceRefused("numbers of an estimate are scaled, not replaced", "Estimate", "Use `scaled`.")
        return replace(self, **changes)

    def scaled(self, factor: float, unit: str, *, digits: int | None = None) -> Estimate:
        """In another unit: value, interval and error times ``factor`` (above zero)."""
        if not factor > 0:
            raise SentenceRefused(f"a unit is changed by a factor above zero, not {factor}", "Estimate.scaled")
        scaled = {name: getattr(self, name) * factor for name in ("value", "low", "high", "std_error")}
        return replace(self, **scaled, unit=unit, digits=digits)

    @property
    def form(self) -> Form:
        """How it is written: the same in sentence, metric and figure."""
        half = (self.high - self.low) / 2 if self.has_interval else 0.0
        return form_of(self.unit, self.value, self.digits, half)

    def __str__(self) -> str:
        return format(self, "")

    def __format__(self, spec: str) -> str:
        words = spec.split()
        flags = {word for word in words if word in FLAGS}
        kinds = [word for word in words if word not in FLAGS] or ["value"]
        bare = PLAIN_NUMBER.fullmatch(kinds[0])
        if len(kinds) > 1 or not (bare or kinds[0] in KINDS) or len(flags) > 1:
            allowed = f"'.{self.form.digits}f', {', '.join(map(repr, KINDS))}, each also after 'signed' or 'size'"
            raise SentenceRefused(f"an estimate has no format {spec!r}", "Estimate", f"Allowed: {allowed}.")
        shown = self.reversed() if "size" in flags and self.value < 0 else self
        if bare:
            return shown._marked(shown._number(int(bare[2]), signed=bool(bare[1])))
        return getattr(shown, f"_{kinds[0]}")("signed" in flags)  # type: ignore[no-any-return]

    def _number(self, digits: int, *, signed: bool) -> str:
        if self.digits is not None and digits != self.digits:
            raise SentenceRefused(
                f"its digits are {self.digits}, not {digits}: sentence, metric and figure show the same",
                "Estimate",
                f"Write '.{self.digits}f', or give the estimate other digits: `estimate.described(digits={digits})`.",
            )
        return number_text(self.value, digits, signed=signed)

    def _value(self, signed: bool) -> str:
        return self._marked(self.form.text(self.value, signed=signed))

    def _ci(self, signed: bool) -> str:
        return self._marked(f"{self.form.text(self.value, signed=signed)} ({self.confidence:.0%} CI {self._ends()})")

    def _sig(self, signed: bool) -> str:
        return self._marked(f"{self.form.text(self.value, signed=signed)}{'' if self.clear else ' (n.s.)'}")

    def _interval(self, signed: bool) -> str:
        return self._marked(self._ends(), Kind.INTERVAL)

    def _p(self, signed: bool) -> str:
        return self._marked(p_value_text(_known(self.p_value, "p-value")), Kind.P_VALUE)

    def _n(self, signed: bool) -> str:
        return self._marked(f"{_known(self.n, 'sample size'):,}", Kind.COUNT)

    def _sample(self, signed: bool) -> str:
        first, last = _known(self.first, "sample"), _known(self.last, "sample")
        return self._marked(period_text(first, last), Kind.DATE)

    def _ends(self) -> str:
        _known(self.low if self.has_interval else None, "interval")
        return f"{self.form.text(self.low, bare=True)} to {self.form.text(self.high, bare=True)}"

    def _marked(self, text: str, kind: Kind = Kind.ESTIMATE) -> str:
        PRINTED[self.id] = self
        return marked(text, self.id, kind)


PRINTED: Final[dict[int, Estimate]] = {}
"""The estimates that were printed in this process, by the id of their marks."""


class Estimates(Mapping[str, Estimate]):
    """Estimates by name, in the order given; a remainder stands apart and is never ranked or named.

    Parameters
    ----------
    members : by name.
    remainder : the name of the member that is what the others leave.
    over : the sample in words.
    """

    def __init__(self, members: Mapping[str, Estimate], *, remainder: str | None = None, over: str = "") -> None:
        self._members = {str(name): member for name, member in members.items() if name != remainder}
        self._rest = None if remainder is None else members.get(remainder)
        self.remainder_name = remainder if self._rest is not None else None
        self.over = over

    def __getitem__(self, name: str) -> Estimate:
        if name not in self._members:
            what = "the remainder is no member; it is `.remainder`" if name == self.remainder_name else ""
            raise UnknownName.of("estimate", name, self._members, what or None)
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    @property
    def remainder(self) -> Estimate:
        """What the members leave. Raises ``UnknownName`` where they are everything."""
        if self._rest is None:
            raise UnknownName("there is no remainder: the members are everything", "Estimates")
        return self._rest

    def ranked(self) -> Estimates:
        """The members from the largest to the smallest value; the remainder stays apart."""
        order = sorted(self._members, key=lambda name: -self._members[name].value)
        return self._again({name: self._members[name] for name in order})

    def top(self, count: int) -> list[str]:
        """The names of the ``count`` largest. Raises ``UnknownName`` where there are fewer members."""
        if count > len(self):
            raise UnknownName(
                f"the {count} largest were asked for and there are {len(self)}: {', '.join(self)}", "Estimates.top",
                "Ask for fewer, or add members.",
            )  # fmt: skip
        return list(self.ranked())[:count]

    def described(self, **changes: Any) -> Estimates:
        """Every member, the remainder too, with other ``unit``, ``digits`` ..."""
        return self._again(
            {name: member.described(**changes) for name, member in self._members.items()},
            None if self._rest is None else self._rest.described(**changes),
        )

    def table(self) -> pd.DataFrame:
        """One row per member, the remainder last: ``estimate``, ``low``, ``high``, ``p_value``, ``n``.

        The unit is in ``attrs["unit"]``.
        """
        import pandas as pd

        every = {**self._members, **({self.remainder_name: self._rest} if self._rest and self.remainder_name else {})}
        rows = {
            name: {"estimate": each.value, "low": each.low, "high": each.high, "p_value": each.p_value, "n": each.n}
            for name, each in every.items()
        }
        frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")
        frame.attrs["unit"] = next((each.unit for each in every.values()), "")
        return frame

    def _again(self, members: Mapping[str, Estimate], rest: Estimate | None = None) -> Estimates:
        remainder = rest or self._rest
        every = {**members, **({self.remainder_name: remainder} if remainder and self.remainder_name else {})}
        return Estimates(every, remainder=self.remainder_name, over=self.over)


def _known(value: Any, what: str) -> Any:
    if value is None:
        raise SentenceRefused(f"the estimate has no {what}", "Estimate", "Print it as `{estimate}`.")
    return value
