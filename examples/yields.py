"""Yields on 15 February 2001, in percent, by clean price per 100: to maturity, to the first call, and current."""

from decimal import Decimal

import convnote as cn
from convnote.tables import Table

note, on = cn.load("amazon-peacs-2010"), "2001-02-15"
rows = []
for price in (40, 60, 80, 90, 100, 110):
    yields = (
        cn.analytics.yield_to_maturity(note, price, on),
        cn.analytics.yield_to_call(note, price, on),
        cn.analytics.current_yield(note, price),
    )
    rows.append((price, *(Decimal(f"{100 * each:.4f}") for each in yields)))
print(Table.of(("price", "to maturity", "to call", "current"), rows, f"Yields on {on}, percent"))
