"""The make-whole at a withdrawal of conversion, by the day of the notice: 206.25 less the coupons paid before it (WDR-4)."""

import convnote as cn
from convnote.tables import Table

note, history = cn.load("amazon-peacs-2010"), cn.scenario("rally", seed=1, volatility=0.0)
rows = []
for notice, effective in (("2000-07-06", "2000-08-07"), ("2001-02-16", "2001-03-20"), ("2001-02-17", "2001-03-20"),
                          ("2002-02-19", "2002-03-25"), ("2002-02-20", "2002-03-25"), ("2003-01-20", "2003-02-19")):  # fmt: skip
    ledger = cn.replay(note, history, events=[cn.WithdrawalNotice(notice, effective)])
    (paid,) = ledger.of_kind("make-whole")
    rows.append((notice, effective, ledger.total("make-whole") / 690_000, paid.cash, paid.rules))
columns = ("notice", "takes effect", "EUR per 1,000", "EUR on the issue", "rules")
print(Table.of(columns, rows, "Make-whole, had the share stayed above 167.915"))
