"""The days around the annual meeting of the stockholders, year by year (BYL-1, BYL-5, BYL-7)."""

import convnote as cn
from convnote.tables import Table

bylaws = cn.bylaws("amazon-2000")
rows = []
for year in range(2000, 2011):
    meeting, window = bylaws.annual_meeting(year), bylaws.proposal_window(year)
    record = bylaws.record_window("meeting", resolved=f"{year}-01-15", action=meeting)
    rows.append((meeting, window.first, window.last, record.first, record.last, bylaws.postponement_limit(year)))
heads = ("meeting", "first proposal", "last proposal", "first record date", "last record date", "postponed to")
print(Table.of(heads, rows, "Second Thursdays of May"))
