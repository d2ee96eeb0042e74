"""In which direction a change of a setting hurts holders: what each `term(..., change=...)` declares (AMD-1c).

A change is judged by a function of the old and the new value. For the worse in what AMD-2 lists it needs each holder affected;
for the better, or neutral, a majority; where it depends on the case, each holder, and the verdict says on what it depends.
Knows nothing of any particular setting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

#: Changes that need each holder affected (AMD-2), in the words of this project.
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
    """What a change does to holders, what it touches in the words of `EACH_HOLDER`, and what that depends on, if it does."""

    effect: Effect
    touches: str
    depends_on: str = ""

    @property
    def kind(self) -> str:
        """The kind of change that consent is asked for: what it touches, or "other" where it is not for the worse."""
        return self.touches if self.effect in ("worse", "depends") else ANYTHING_ELSE


#: What judges a change of one setting: a function of the old and the new value (None: not set).
Judge = Callable[[Any, Any], Verdict]


@dataclass(frozen=True)
class Change:
    """The judge of a setting whose effect `direction` tells of the old and the new value; `touches` is an item of AMD-2 or AMD-3.

    Raises ValueError for what those two do not list.
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
    """More, later or longer is against holders; a setting that is not set (None) counts as the lowest or the highest.

    >>> worse_if_higher("impaired conversion")(100, 104.5).kind, worse_if_higher("impaired conversion")(104.5, 100).kind
    ('impaired conversion', 'other')
    """
    return Change(lambda old, new: _worse(_rises(old, new, unset)), touches)


def worse_if_lower(touches: str, *, unset: Literal["lowest", "highest"] = "lowest") -> Change:
    """Less, earlier or shorter is against holders; a setting that is not set (None) counts as the lowest or the highest."""
    return Change(lambda old, new: _worse(not _rises(old, new, unset)), touches)


def _worse(is_worse: bool) -> Effect:
    return "worse" if is_worse else "better"


def _rises(old: Any, new: Any, unset: str) -> bool:
    if old is None or new is None:
        return (old is None) is (unset == "lowest")
    return bool(new > old)


def worse_from(*values: Any, touches: str, depends_on: str = "") -> Change:
    """A setting with few values, from the best for holders to the worst; a value that is not named depends on `depends_on`.

    >>> worse_from("paid", "forgo", touches="impaired conversion")("forgo", "paid").effect
    'better'
    """

    def direction(old: Any, new: Any) -> Effect:
        if old not in values or new not in values:
            return "depends"
        return _worse(values.index(new) > values.index(old))

    return Change(direction, touches, depends_on)


def worse_if_fewer(touches: str, depends_on: str) -> Change:
    """A list of dates or words: one that is taken away is against holders, one added is for them, other ones depend.

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
    """Whether a change is for the worse depends on the case: each holder, whichever way it goes."""
    return Change(lambda old, new: "depends", touches, depends_on)


def neutral(old: Any, new: Any) -> Verdict:
    """A setting that is in nothing that AMD-2 lists: a majority, whichever way it goes."""
    return Verdict("neutral", ANYTHING_ELSE)
