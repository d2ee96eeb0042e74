"""Conditions on closes: on n of the last m trading days the share was worth more, or less, than a level.

One type for every right that notes tie to closes: soft calls, contingent conversion, conditional puts, withdrawals. A level is
a multiple of a conversion price (compared by multiplying: close x rate against multiple x denomination) or a figure. The caller
compares the closes day by day; the condition counts the days, for exact answers and for arrays of paths alike. Does not know
any particular right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.arithmetic import RELATIVE_GUARD, decimal, floats, fraction, is_fast
from convnote.calendars import Calendar, to_date
from convnote.errors import TermsError
from convnote.provisions.changes import Change, Effect
from convnote.provisions.fields import Drawn, Kind, WrongParts, count, flag, kind, multiple, one_of, positive
from convnote.provisions.inline_tables import Fault, InlineTable
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

#: float64 sides that are relatively this close are compared again exactly.
NEAR = 1e-9
_OF = ("in-force", "initial", "accreted", "figure")


class Standing(NamedTuple):
    """The status of a condition on a day: whether it is met, and how many closes of the period up to day number `end` hold.

    `closes` is the number of closes in the period: less than a full period soon after the issue.
    """

    met: bool
    held: int
    closes: int
    end: int

    @property
    def in_words(self) -> str:
        """How many closes hold, such as "19 of 30 to 2027-05-31"."""
        if not self.closes:
            return "0 of 0, no trading day since the issue"
        return f"{self.held} of {self.closes} to {to_date(self.end)}"


def _part(kind: Kind, default: Any = MISSING) -> Any:
    return dataclasses.field(default=default, metadata={"kind": kind})


@dataclass(frozen=True, kw_only=True)
class Condition:
    """On at least `days` of the last `period` trading days the close was above a level.

    `days`, `period`, `of`, `strict` and `ends` are required, as is `multiple` or, for `of="figure"`, `figure`.

    >>> soft = Condition(days=20, period=30, multiple="1.30", of="in-force", strict=True, ends="day-before-notice")
    >>> print(soft)
    20 of 30 closes above 130% of the conversion price in force
    >>> soft.met(np.array([True] * 29 + [False]))[-2:]
    array([False,  True])

    Raises `TermsError` with every fault, each naming its field, such as ``condition.days``.
    """

    days: int = _part(count(1, 250))
    period: int = _part(count(1, 250))
    multiple: Decimal | Fraction | None = _part(multiple, None)
    figure: Decimal | Fraction | None = _part(positive, None)
    #: the reference of the level: the price in force on each day, the initial price, the accreted value, or a figure
    of: str = _part(one_of(*_OF))
    #: whether a close exactly at the level does not count
    strict: bool = _part(flag)
    #: whether closes below, not above, the level count
    below: bool = _part(flag, False)
    #: whether a period shorter than `period`, of the closes since issue, is enough
    short_period: bool = _part(flag, False)
    looked_at: str = _part(one_of("each-day", "quarter-end"), "each-day")
    #: the trading day on which the period before a notice ends
    ends: str = _part(one_of("day-before-notice", "notice"))
    #: whether the close on that day must itself be one that counts
    and_last: bool = _part(flag, False)
    #: the period may end on any of the last `within` trading days up to that day
    within: int = _part(count(1, 250), 1)

    def __post_init__(self) -> None:
        taken, faults = _checked(vars(self))
        _TABLE.settle(self, faults, taken)

    def __str__(self) -> str:
        extras = [", the last one among them"] * self.and_last + [", looked at on quarter-ends"] * (self.looked_at != "each-day")
        extras += [f", ending on one of the last {self.within} trading days"] * (self.within > 1)
        return f"{self.days} of {self.period} closes {self.side} {self.level_in_words}{''.join(extras)}"

    @property
    def side(self) -> str:
        """Where closes must be: "above", "at or above", "below" or "at or below" the level."""
        where = "below" if self.below else "above"
        return where if self.strict else f"at or {where}"

    def oddities(self, price: Any) -> list[str]:
        """Likely slips, given the initial conversion price: closes above a level at or below that price, or the reverse."""
        if self.of == "figure":
            level, what = (
                fraction(self.figure) / fraction(price),
                f"{shown(self.figure)} against the initial price {shown(price)}",
            )
        else:
            level, what = fraction(self.multiple), self.level_in_words
        if (level >= 1) if self.below else (level <= 1):
            return [f"the level of closes {'below' if self.below else 'above'} it is odd: {what}"]
        return []

    @property
    def level_in_words(self) -> str:
        """The level, such as "130% of the initial conversion price"."""
        if self.of == "figure":
            return shown(self.figure)
        what = {"in-force": "conversion price in force", "initial": "initial conversion price", "accreted": "accreted price"}
        assert self.multiple is not None
        return f"{shown(decimal(100 * fraction(self.multiple)).normalize())}% of the {what[self.of]}"

    # --- a single close

    def sides(self, close: Any, *, rate: Any = None, base: Any = None, factor: Any = 1) -> tuple[Any, Any]:
        """The two sides compared: close x `rate` and multiple x `base`, or the close and the figure x `factor`.

        `close` is in the note's currency, a number or float64 [time] or [time, path]; `rate` shares per denomination on the day
        of the close (of="initial": the rate at issue), `base` the denomination or (of="accreted") the accreted value of one,
        `factor` the RST-4 adjustment of a figure.

        >>> soft = Condition(days=1, period=1, multiple="1.40", of="in-force", strict=True, ends="notice")
        >>> soft.sides("44.28", rate="31.6206", base=1000)
        (Fraction(175020021, 125000), Fraction(1400, 1))
        """
        numbers = floats if any(map(is_fast, (close, rate, base, factor))) else fraction
        if self.of == "figure":
            return numbers(close), numbers(self.figure) * numbers(factor)
        if rate is None or base is None:
            raise TermsError("a multiple of a price is compared with rate= and base=", field="condition.sides")
        return numbers(close) * numbers(rate), numbers(self.multiple) * numbers(base)

    def compared(self, left: Any, right: Any, exact: Callable[[int], tuple[Any, Any]] | None = None) -> Any:
        """Whether each close counts: bool for two exact sides, a bool array of their shape for float64 sides.

        `exact` gives the exact sides at a position of a [time] array; called where float64 cannot separate them. Without it,
        sides within the float64 guard are equal. A NaN does not count.
        """
        if not (is_fast(left) or is_fast(right)):
            return self._counts(left, right, left == right)
        equal = np.abs(left - right) <= RELATIVE_GUARD * np.abs(right)
        held = np.asarray(self._counts(left, right, equal))
        if exact is not None:
            for place in np.flatnonzero(np.abs(left - right) < NEAR * np.abs(right)):
                held[place] = self.compared(*exact(int(place)))
        return held

    def _counts(self, left: Any, right: Any, equal: Any) -> Any:
        beyond = left < right if self.below else left > right
        if isinstance(equal, bool):
            return (beyond and not equal) if self.strict else (beyond or equal)
        return beyond & ~equal if self.strict else beyond | equal

    # --- days

    def counts(self, held: np.ndarray) -> np.ndarray:
        """How many of the last `period` entries of `held`, bool [time] or [time, path], are true: int32 of its shape."""
        return _running(held, self.period)

    def met(self, held: np.ndarray, days: np.ndarray | None = None, sessions: Calendar | None = None) -> np.ndarray:
        """Whether the condition is met as of each entry, bool of the shape of `held`, [time] or [time, path].

        `held` says whether the close of each trading day counts (`compared`), starting with the first day that may count. For a
        condition tested on quarter-ends, the day numbers `days` [time] and the trading days are required, and all other days
        are False.
        """
        enough = np.asarray(_running(held, self.period) >= self.days)
        if not self.short_period:
            enough[: self.period - 1] = False
        if self.within > 1:
            enough = np.asarray(_running(enough, self.within) > 0)
        if self.and_last:
            enough &= held
        if self.looked_at == "quarter-end":
            if days is None or sessions is None:
                raise TermsError("a condition on quarter-ends needs the days and the calendar", field="condition.met")
            enough[~is_quarter_end(np.asarray(days), sessions)] = False
        return enough

    @property
    def reach(self) -> int:
        """How many trading days up to the end of a period can affect the condition."""
        return self.period + self.within - 1

    def end(self, notice: Any, sessions: Calendar) -> Any:
        """Day number of the last trading day that counts for a notice on day number `notice`, an int or an int64 array.

        This is the last one before the notice (`ends="day-before-notice"`), or the last one on or before it.
        """
        return sessions.before(notice) if self.ends == "day-before-notice" else sessions.on_or_before(notice)


def _running(held: np.ndarray, length: int) -> np.ndarray:
    """How many of the last `length` entries along the first axis are true, at each entry; int32 of the shape of `held`."""
    totals = np.cumsum(held, axis=0, dtype=np.int32)
    totals[length:] -= totals[:-length].copy()
    return totals


def is_quarter_end(days: np.ndarray, sessions: Calendar) -> np.ndarray:
    """Whether each day number, int64 [time], is the last trading day of a calendar quarter; bool [time].

    >>> from convnote.calendars import calendar, day_number
    >>> is_quarter_end(day_number(["2004-03-31", "2004-12-31", "2005-12-30"]), calendar("NYSE")).tolist()
    [True, True, True]
    """
    months = np.asarray(days, np.int64).view("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    next_quarter = (months // 3 * 3 + 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(np.asarray(days) == sessions.on_or_before(next_quarter - 1))


def quarter_ends(first: int, last: int, sessions: Calendar) -> list[int]:
    """Day numbers of the last trading day of each quarter from `first` to `last`, both included."""
    days = np.asarray(sessions.between(first, last), dtype=np.int64)
    return [int(day) for day in days[is_quarter_end(days, sessions)]] if len(days) else []


# --- the kind of field ------------------------------------------------------------------------------------------------

_TABLE = InlineTable(Condition, "condition")


def _checked(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The valid parts of a condition, and its faults: contradictions between parts only once each of them is valid."""
    taken, faults = _TABLE.checked(given)
    return taken, faults or _contradictions(taken)


def _contradictions(taken: Mapping[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    if taken["days"] > taken["period"]:
        faults.append(("days", f"no more than the period of {taken['period']} is possible", taken["days"]))
    level, other = ("figure", "multiple") if taken["of"] == "figure" else ("multiple", "figure")
    if other in taken:
        reason = 'a figure needs of = "figure"' if other == "figure" else 'of = "figure" is compared with a figure alone'
        faults.append((other, reason, taken[other]))
    elif level not in taken:
        faults.append((level, f'required with of = "{taken["of"]}"', None))
    return faults


def _drawn(days: int, more: int, of: str, level: Any, **others: Any) -> Condition:
    named = {"figure": level} if of == "figure" else {"multiple": level}
    return Condition(days=days, period=min(250, days + more), of=of, **named, **others)


@kind(
    schema=_TABLE.schema,
    words='a table such as { days = 20, period = 30, multiple = 1.30, of = "in-force", strict = true, ends = "notice" }',
    wrong=("20 of 30", 20, True, []),
    drawn=Drawn(
        "made",
        of=(
            _drawn,
            {
                "days": Drawn("whole", 1, 40),
                "more": Drawn("whole", 0, 20),
                "level": Drawn("number", Decimal("0.01"), 10),
                **{name: _TABLE.kind(name).drawn for name in ("of", "strict", "below", "short_period")},
                **{name: _TABLE.kind(name).drawn for name in ("looked_at", "ends", "and_last")},
                "within": Drawn("whole", 1, 10),
            },
        ),
    ),
    read=_TABLE.read,
    as_toml=_TABLE.as_toml,
)
def condition(value: Any) -> Condition:
    """A condition on closes, given as a `Condition` or as a table of its fields."""
    if isinstance(value, Condition):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"expected {condition.words}")
    if faults := _checked(value)[1]:
        raise WrongParts(faults)
    return Condition(**value)


def conditions_of(note: NoteTerms) -> tuple[Condition, ...]:
    """The conditions on closes in the settings of a note; a withdrawal states its own field by field."""
    values = (getattr(part, each.name) for _, part in note.provisions() for each in part.settings())
    return tuple(value for value in values if isinstance(value, Condition))


# --- consent ----------------------------------------------------------------------------------------------------------


def worse_if_easier(touches: str) -> Change:
    """A condition that protects holders, such as that of a soft call: easing or removing it is adverse to them (AMD-1c)."""
    return Change(_judged(harder_is="better"), touches, "which of the two conditions the closes meet more easily")


def worse_if_harder(touches: str) -> Change:
    """A condition on a holder right, such as contingent conversion: making it harder to meet, or adding one, is adverse."""
    return Change(_judged(harder_is="worse"), touches, "which of the two conditions the closes meet more easily")


def _judged(*, harder_is: Effect) -> Callable[[Any, Any], Effect]:
    easier_is: Effect = "better" if harder_is == "worse" else "worse"

    def direction(old: Any, new: Any) -> Effect:
        if old is None or new is None:  # without a condition there is nothing to compare
            return harder_is if old is None else easier_is
        ways = _harder(old, new)
        if ways <= {True}:
            return harder_is
        return easier_is if ways == {False} else "depends"

    return direction


def _harder(old: Condition, new: Condition) -> set[bool | None]:
    """For each field that differs, whether it makes the new condition harder to meet; None where that cannot be told."""
    up = not new.below  # whether a higher level is harder to meet
    harder_if_higher = {"days": True, "period": False, "multiple": up, "figure": up, "strict": True}
    harder_if_higher |= {"short_period": False, "and_last": True, "within": False}
    ways: set[bool | None] = set()
    for name in _TABLE.parts:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        told = name in harder_if_higher and before is not None and after is not None
        ways.add((after > before) is harder_if_higher[name] if told else None)
    return ways
