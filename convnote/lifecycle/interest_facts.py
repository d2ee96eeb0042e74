"""Facts of interest that is not flat: the fixing of an index, and a coupon that becomes principal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Fixing(NamedTuple):
    """The index `name` of day `fixed_on` is `value`: with `spread`, not below the floor, `rate` from day `start` (FLT-1)."""

    name: str
    fixed_on: Any
    value: Any
    spread: Any
    rate: Any
    start: Any


class PaidInKind(NamedTuple):
    """`added` = principal x the legs, from day `start`, rounded `mode` to `unit`; `grown` = principal + added (PIK-1)."""

    principal: Any
    start: Any
    legs: Sequence[tuple[Any, Any, Any]]
    added: Any
    unit: Any
    mode: str
    grown: Any
