"""Payments by the underwriters: at closing, and towards a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from convnote.tables import Table, shown


class Payment(NamedTuple):
    """One payment at closing, in the note's currency: principal bought, price, accrued interest, and the sum of the two."""

    principal: Decimal
    price: Decimal
    accrued: Decimal
    total: Decimal


@dataclass(frozen=True, repr=False)
class Purchase:
    """The payments at closing by one underwriter, or by all (`underwriter` None), in the note's currency (OFF-1, OFF-5)."""

    closing: date
    underwriter: str | None
    principal: Decimal
    price: Decimal
    accrued: Decimal
    total: Decimal
    #: the payment of each underwriter
    payments: Mapping[str, Payment] = field(hash=False)

    def table(self) -> Table:
        """Each payment, and the sum if there are several."""
        rows: list[tuple[Any, ...]] = [(name, *amounts) for name, amounts in self.payments.items()]
        if self.underwriter is None:
            rows.append(("total", self.principal, self.price, self.accrued, self.total))
        return Table.of(("underwriter", "principal", "price", "accrued", "total"), rows, f"Closing {self.closing} (OFF-1, OFF-5)")

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


@dataclass(frozen=True, repr=False)
class Contribution:
    """How a loss is shared: the Company's part, each underwriter's, and the part left uncovered by limits (OFF-12); unrounded."""

    loss: Decimal
    company: Decimal
    underwriters: Mapping[str, Decimal] = field(hash=False)
    uncovered: Decimal

    def table(self) -> Table:
        """The Company's part, each underwriter's, and the uncovered part."""
        rows = [("the Company", self.company), *self.underwriters.items(), ("uncovered", self.uncovered)]
        return Table.of(("who", "bears", "rule"), [(*row, "OFF-12") for row in rows], f"A loss of {shown(self.loss)}")

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()
