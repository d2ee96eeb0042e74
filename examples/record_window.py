"""Settlement of a conversion of EUR 1,000,000 in February 2001: the coupon is paid in from 2 to 15 February (CNV-3 … CNV-5)."""

import convnote as cn
from convnote.tables import Table

note = cn.load("amazon-peacs-2010")
rows = []
for on, price in (("2001-01-31", "104.947"), ("2001-02-01", "104.947"), ("2001-02-02", "104.947"), ("2001-02-15", "104.947"),
                  ("2001-02-16", "84.883")):  # fmt: skip
    settled = note.conversion.settle(on, 1_000_000, price=price, close="15.95")
    rows.append((on, price, settled.shares, settled.cash_in_lieu, settled.interest_to_pay))
columns = ("surrendered on", "conversion price", "shares", "EUR for the fraction", "EUR paid in by the holder")
print(Table.of(columns, rows, "A conversion around the record date of 1 February 2001, the share at EUR 15.95"))
