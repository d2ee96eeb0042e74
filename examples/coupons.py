"""The ten coupons: days of accrual, record date, due date, the day the money moves, and the amount (INT-1 … INT-6)."""

import convnote as cn
from convnote.tables import Table

note = cn.load("amazon-peacs-2010")
paid_on = {row.date: row.payment_date for row in cn.schedule(note) if row.kind == "coupon"}
rows = [
    (c.days, c.record_date, c.payment_date, paid_on[c.payment_date], c.amount, note.principal.paid(c.amount * 690_000))
    for c in note.interest.coupons()
]
print(Table.of(("days", "record date", "due", "paid", "EUR per 1,000", "EUR on the issue"), rows, "Coupons"))
