"""Events that the note does not allow, with the rule that refuses each: every event is tried separately over the same history."""

import convnote as cn
from convnote.tables import Table

note, history = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")
tried = [
    cn.Convert("2000-03-01", 1_500),
    cn.WithdrawalNotice("2000-08-01", "2000-09-15"),
    cn.RedemptionNotice("2002-12-21", "2003-02-20"),
    cn.RepurchaseElection("2001-01-20", 1_000),
    cn.Acceleration("2001-02-20"),
]
rows = []
for event in tried:
    try:
        cn.replay(note, history, events=[event])
    except cn.LifecycleError as refused:
        rows.append((event.on, type(event).__name__, refused.rule, refused.reason))
print(Table.of(("date", "event", "rule", "why not"), rows, "Refused"))
