"""The direction in which a change of a setting affects holders: what each `term(..., change=...)` declares (AMD-1c).

A change is judged by a function of the old and the new value. An adverse change of a term listed in AMD-2 needs each holder
affected; a favourable or neutral change needs a majority; where the effect depends on the case, each holder must agree, and
the verdict says what it depends on. Does not know any particular setting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

#: Changes that need the consent of each holder affected (AMD-2).
EACH_HOLDER = (
    "later maturity",
    "lower rate",
    "later interest",
    "less principal",
    "less premium",
    "lower redemption amount",
    "impaired suit for payment",
    "another currency",
    "subordination against holders",
    "fundamental change against holders",
    "impaired conversion",
)
ALL_HOLDERS = "lower majority"
ANYTHING_ELSE = "other"

Effect = Literal["worse", "better", "neutral", "depends"]


class Verdict(NamedTuple):
    """The effect of a change on holders, the item of `EACH_HOLDER` it touches, and what the effect depends on, if anything."""

    effect: Effect
    touches: str
    depends_on: str = ""

    @property
    def kind(self) -> str:
        """The kind of change for which consent is asked: the item it touches, or "other" if it is not adverse."""
        return self.touches if self.effect in ("worse", "depends") else ANYTHING_ELSE


#: Judges a change of one setting, as a function of the old and the new value (None: not set).
Judge = Callable[[Any, Any], Verdict]


@dataclass(frozen=True)
class Change:
    """The judge of a setting: `direction` gives the effect of old and new value; `touches` is an item of AMD-2 or AMD-3.

    Raises ValueError for an item not listed in either rule.
    """

    direction: Callable[[Any, Any], Effect]
    touches: str
    depends_on: str = ""

    def __post_init__(self) -> None:
        if self.touches not in (*EACH_HOLDER, ALL_HOLDERS):
            raise ValueError(f"a change touches one of: {', '.join((*EACH_HOLDER, ALL_HOLDERS))}; not {self.touches!r}")

    def __call__(self, old: Any, new: Any) -> Verdict:
        effect = self.direction(old, new)
        return Verdict(effect, self.touches, self.depends_on if effect == "depends" else "")


def worse_if_higher(touches: str, *, unset: Literal["lowest", "highest"] = "lowest") -> Change:
    """More, later or longer is adverse to holders; a setting that is not set (None) counts as the lowest or the highest.

    >>> worse_if_higher("impaired conversion")(100, 104.5).kind, worse_if_higher("impaired conversion")(104.5, 100).kind
    ('impaired conversion', 'other')
    """
    return Change(lambda old, new: _worse(_rises(old, new, unset)), touches)


def worse_if_lower(touches: str, *, unset: Literal["lowest", "highest"] = "lowest") -> Change:
    """Less, earlier or shorter is adverse to holders; a setting that is not set (None) counts as the lowest or the highest."""
    return Change(lambda old, new: _worse(not _rises(old, new, unset)), touches)


def _worse(is_worse: bool) -> Effect:
    return "worse" if is_worse else "better"


def _rises(old: Any, new: Any, unset: str) -> bool:
    if old is None or new is None:
        return (old is None) is (unset == "lowest")
    return bool(new > old)


def worse_from(*values: Any, touches: str, depends_on: str = "") -> Change:
    """A setting with few values, listed from best to worst for holders; an unlisted value depends on `depends_on`.

    >>> worse_from("paid", "forgo", touches="impaired conversion")("forgo", "paid").effect
    'better'
    """

    def direction(old: Any, new: Any) -> Effect:
        if old not in values or new not in values:
            return "depends"
        return _worse(values.index(new) > values.index(old))

    return Change(direction, touches, depends_on)


def worse_if_fewer(touches: str, depends_on: str) -> Change:
    """A list of dates or words: removing entries is adverse to holders, adding entries is favourable, other changes depend.

    >>> worse_if_fewer("impaired conversion", "the closes")((1, 2), (1,)).effect
    'worse'
    """

    def direction(old: Any, new: Any) -> Effect:
        before, after = set(old), set(new)
        if before <= after:
            return "better"
        return "worse" if after <= before else "depends"

    return Change(direction, touches, depends_on)


def depends(depends_on: str, touches: str) -> Change:
    """Whether a change is adverse depends on the case, so each holder must agree, whichever way it goes."""
    return Change(lambda old, new: "depends", touches, depends_on)


def neutral(old: Any, new: Any) -> Verdict:
    """A setting that touches nothing listed in AMD-2: a majority suffices, whichever way it goes."""
    return Verdict("neutral", ANYTHING_ELSE)
