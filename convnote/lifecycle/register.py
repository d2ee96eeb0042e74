"""Register: the positions of all holders by name, immutable, with their total precomputed.

A change of one position copies only the recently changed positions, not the whole register, so with thousands of holders who
act one by one, each change costs as much as with a single holder.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from math import isqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convnote.lifecycle.position import Position


class Register(Mapping[str, "Position"]):
    """Positions by holder's name, in the order in which they were added.

    >>> import convnote as cn
    >>> state = cn.lifecycle.State.opening(cn.load("amazon-peacs-2010"), {"A": 400_000_000, "B": 290_000_000})
    >>> list(state.positions), state.positions.outstanding
    (['A', 'B'], Fraction(690000000, 1))
    """

    __slots__ = ("_base", "_lately", "_outstanding")

    def __init__(self, positions: Mapping[str, Position]) -> None:
        self._base = dict(positions)
        self._lately: dict[str, Position] = {}
        self._outstanding: Any = None

    @classmethod
    def of(cls, positions: Mapping[str, Position]) -> Register:
        """The register of these positions; a register is returned unchanged."""
        return positions if isinstance(positions, cls) else cls(positions)

    def __getitem__(self, name: str) -> Position:
        return self._lately[name] if name in self._lately else self._base[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._base)

    def __len__(self) -> int:
        return len(self._base)

    def __contains__(self, name: object) -> bool:
        return name in self._base

    def items(self) -> ItemsView[str, Position]:
        return self._whole().items()

    def values(self) -> ValuesView[Position]:
        return self._whole().values()

    def __repr__(self) -> str:
        return repr(self._whole())

    def _whole(self) -> dict[str, Position]:
        if self._lately:  # the same positions, stored differently
            self._base, self._lately = {**self._base, **self._lately}, {}
        return self._base

    @property
    def only(self) -> str:
        """The name of the only position; `ValueError` if there are several."""
        (name,) = self._base
        return name

    @property
    def outstanding(self) -> Any:
        """Principal outstanding over all positions, in the note's currency: exact, or float64 [path] in a simulation."""
        if self._outstanding is None:
            self._outstanding = sum(position.outstanding for position in self.values())
        return self._outstanding

    def updated(self, changed: Mapping[str, Position]) -> Register:
        """The register with these positions replacing those of the same names; new names are added at the end."""
        new = object.__new__(Register)
        total = None
        if all(name in self and position.outstanding is self[name].outstanding for name, position in changed.items()):
            total = self._outstanding  # a record date or a coupon leaves principal unchanged
        elif len(changed) == 1:
            ((name, position),) = changed.items()
            total = self.outstanding + position.outstanding - (self[name].outstanding if name in self._base else 0)
        lately = {**self._lately, **changed}
        if len(lately) > isqrt(len(self._base)) or not changed.keys() <= self._base.keys():
            new._base, new._lately = {**self._base, **lately}, {}
        else:
            new._base, new._lately = self._base, lately
        new._outstanding = total
        return new
