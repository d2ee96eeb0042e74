"""Revision: the Company may lower the conversion price to a floor once closes of the share are low (DWN-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import average, fraction, numbers_of
from convnote.provisions.changes import depends, worse_from
from convnote.provisions.conditions import Condition, condition, worse_if_harder
from convnote.provisions.fields import Drawn, kind, positive, term
from convnote.provisions.provision import Provision, rules
from convnote.provisions.toml_values import number_of
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(
    DWN_1=("after closes at a low level the Company may lower the conversion price, not below a floor", "note"),
    DWN_1c=(
        "the new price applies from the day of the revision, rounded as an adjustment is; floors in money move by RST-4",
        "convention",
    ),
)

_TOUCHES = "impaired conversion"
_WRITTEN = re.compile(r"(?:(higher|lower) of ([1-9]\d{0,2}) and ([1-9]\d{0,2})|average of ([1-9]\d{0,2}))", re.ASCII)
_NEEDED = 'expected "higher of 20 and 1", "lower of 20 and 1" or "average of 20" (numbers of trading days), or an amount a share'


@dataclass(frozen=True)
class AverageFloor:
    """The average of the closes of the last `days` trading days before a revision; of two averages the `higher` or lower one.

    >>> floor = AverageFloor.of("higher of 3 and 1")
    >>> str(floor), floor.longest, floor.lowest([4, 5, 3])
    ('higher of 3 and 1', 3, Fraction(4, 1))

    Raises ValueError for no days, more than two numbers of days, or numbers outside 1 to 250.
    """

    days: tuple[int, ...]
    higher: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.days) <= 2 or not all(1 <= count <= 250 for count in self.days):
            raise ValueError(f"{_NEEDED}; from 1 to 250 trading days")

    @classmethod
    def of(cls, words: str) -> AverageFloor:
        """The floor stated in words. Raises ValueError for other wording."""
        match = _WRITTEN.fullmatch(words)
        if match is None:
            raise ValueError(_NEEDED)
        which, *counts, alone = match.groups()
        return cls((int(alone),)) if alone else cls(tuple(map(int, counts)), which == "higher")

    @property
    def longest(self) -> int:
        """How many trading days before a revision the floor looks back on."""
        return max(self.days)

    def averages(self, closes: Sequence[Any]) -> list[Any]:
        """The average of each number of days, given the `longest` closes before the revision, oldest first."""
        return [average(closes[-count:]) for count in self.days]

    def lowest(self, closes: Sequence[Any]) -> Any:
        """The lowest price allowed, unrounded, given the `longest` closes before the revision, oldest first."""
        return max(self.averages(closes)) if self.higher else min(self.averages(closes))

    def __str__(self) -> str:
        if len(self.days) == 1:
            return f"average of {self.days[0]}"
        return f"{'higher' if self.higher else 'lower'} of {self.days[0]} and {self.days[1]}"


def _is_words(value: Any) -> bool:
    """True for a text that is not a number in words, such as "3.50"."""
    return isinstance(value, str) and not value[:1].isdigit()


def _drawn(first: int, second: int, higher: bool) -> AverageFloor:
    return AverageFloor((first, second) if second else (first,), higher or not second)


@kind(
    schema={"anyOf": [positive.schema, {"type": "string", "pattern": f"^{_WRITTEN.pattern}$"}]},
    words='a price above 0, or an average of closes: "average of 20", "higher of 20 and 1" or "lower of 20 and 1" trading days',
    wrong=("higher of 20", "highest of 20 and 1", "higher of 0 and 1", "the average", 0, -1, True),
    drawn=Drawn(
        "either",
        of=(
            Drawn(
                "made",
                of=(
                    _drawn,
                    {
                        "first": Drawn("whole", 1, 40),
                        "second": Drawn("whole", 0, 10),
                        "higher": Drawn("one", of=(True, False)),
                    },
                ),
            ),
            positive.drawn,
        ),
    ),
    read=lambda value: value if _is_words(value) else number_of(value),
    as_toml=lambda value: str(value) if isinstance(value, AverageFloor) else value,
)
def price_floor(value: Any) -> Any:
    """A floor of a price: an average of closes, the higher or lower of two, or an amount."""
    if isinstance(value, AverageFloor):
        return value
    return AverageFloor.of(value) if _is_words(value) else positive(value)


@dataclass(frozen=True, kw_only=True)
class Revision(Provision):
    """The Company's right to lower the conversion price, while `condition` is met, to no less than `floor` (DWN-1).

    `floor` is the average of the closes of some trading days before the revision, the higher or lower of two such averages, or
    an amount per share, which moves with the adjustments of the price. `cn.Revision(on, price)` records the decision.

    >>> low = {"days": 15, "period": 30, "multiple": "0.8", "of": "in-force", "strict": True, "below": True, "ends": "notice"}
    >>> terms = Revision(condition=low, floor="higher of 20 and 1")
    >>> terms.looks_back, terms.lowest([4] * 19 + [5])
    (20, Fraction(5, 1))
    """

    presence = worse_from(True, False, touches=_TOUCHES)

    condition: Condition = term(condition, "DWN-1", change=worse_if_harder(_TOUCHES))
    floor: AverageFloor | Decimal | Fraction = term(
        price_floor, "DWN-1", change=depends("the closes before a revision", _TOUCHES)
    )

    def findings(self, note: NoteTerms) -> Iterator[tuple[str, str]]:
        """Oddities: a level of closes that is usually on the other side, a floor in money that no revision can reach."""
        assert note.conversion is not None
        for oddity in self.condition.oddities(note.conversion.price):
            yield "DWN-1", oddity
        if not isinstance(self.floor, AverageFloor) and fraction(self.floor) >= fraction(note.conversion.price):
            initial = shown(note.conversion.price)
            yield "DWN-1", f"the floor {shown(self.floor)} is not below the initial price {initial}: no revision is possible"

    @property
    def looks_back(self) -> int:
        """How many closes before a revision the floor is computed from; 0 for a floor in money."""
        return self.floor.longest if isinstance(self.floor, AverageFloor) else 0

    def lowest(self, closes: Sequence[Any], factor: Any = 1) -> Any:
        """The lowest price of a revision, unrounded, in the note's currency per share.

        `closes` are the `looks_back` closes before it, oldest first, per conversion share as it is on the day; `factor` the
        product of the adjustments so far, which moves a floor in money (RST-4).
        """
        if isinstance(self.floor, AverageFloor):
            return self.floor.lowest(closes)
        numbers = numbers_of(factor, term=self.floor)
        return numbers(self.floor) * numbers(factor)

    @property
    def floor_in_words(self) -> str:
        """The floor, such as "the higher of the averages of 20 and of 1 closes"."""
        if not isinstance(self.floor, AverageFloor):
            return shown(self.floor)
        if len(self.floor.days) == 1:
            return "the last close" if self.floor.days == (1,) else f"the average of {self.floor.days[0]} closes"
        which = "higher" if self.floor.higher else "lower"
        return f"the {which} of the averages of {self.floor.days[0]} and of {self.floor.days[1]} closes"
