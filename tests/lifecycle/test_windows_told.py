"""What the entries of a window of conversion say, whole: which rule opens it, until when, and when closes are tested next."""

import pytest

import convnote as cn
from tests.clauses import test_cnt1_contingent_conversion as contingent

PLAIN, PRICED, OF_DAYS = contingent.a_note(), contingent.a_note(trading_price=contingent.TEST), contingent.a_note(change_days=15)
LOW = contingent.closes_of(PLAIN, count=0)
FROM = "the Notes are convertible from today"
CHANGE = "On the fundamental change"
LAST_DAY = "Today is the last day of this conversion period; the closes are next tested on"
HELD = "20 of 30 closes to 2023-03-31 meet the condition (20 of 30 closes above 130% of the conversion price in force)"
LOW_PRICES = "The price of the note was below 98% of the conversion value on 5 consecutive trading days"

ROWS = [
    (PLAIN, contingent.closes_of(PLAIN), [], ["2023-04-01", "2023-06-30"], [f"{HELD}: {FROM} until at least 2023-06-30.", f"{LAST_DAY} 2023-09-29."]),
    (PRICED, contingent.priced(PRICED), [], ["2023-02-13", "2023-02-17"], [f"{LOW_PRICES}: {FROM} until at least 2023-02-17.", f"{LAST_DAY} 2023-03-31."]),
    (PLAIN, LOW, ["2024-05-01"], ["2024-05-01"], [f"{CHANGE} {FROM} until a day fixed by the Company's notice."]),
    (OF_DAYS, LOW, ["2024-05-01"], ["2024-05-01", "2024-05-16"], [f"{CHANGE} {FROM} until at least 2024-05-16.", f"{LAST_DAY} 2024-06-28."]),
    (PLAIN, LOW, [], ["2026-09-15"], ["From today the Notes are convertible on any day."]),
]  # fmt: skip


@pytest.mark.parametrize(("note", "history", "changes", "days", "texts"), ROWS)
def test_cnt1_cnt2_cnt3_an_entry_says_what_opens_and_ends_a_window(note, history, changes, days, texts):
    until = "2026-12-31" if days == ["2026-09-15"] else "2024-12-31"
    ledger = cn.replay(note, history, events=[cn.FundamentalChange(day) for day in changes], until=until)
    entries = ledger.of_kind("conversion-opens", "conversion-closes")
    assert ([str(entry.date) for entry in entries], [entry.text for entry in entries]) == (days, texts)
