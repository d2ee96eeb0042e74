"""Refusals of the terms that other papers have: the last event of each row is refused by the rule, in these words, whole."""

import dataclasses

import pytest

import convnote as cn
from convnote.provisions import SettlementTerms, TradingPrice
from tests import low_closes
from tests.clauses import test_cnt1_contingent_conversion as contingent
from tests.clauses import test_stl1_settlement as net_share

LOW = low_closes.NOTE
#: closes below 85% of the price from 15 June 2020 on the last 15 trading days, or the last 14
FIFTEEN, FOURTEEN = (low_closes.low_from(low_closes.session("2020-06-15", 1 - days), "8.49") for days in (15, 14))
#: closes below 70% of it from 2022 on
YEARS = low_closes.low_from("2022-01-03")
REVISED = cn.Revision("2020-06-15", 9)
NEEDS = "15 of 30 closes below 85% of the conversion price in force"
PUT_NEEDS = "30 of 30 closes below 70% of the conversion price in force"
GONE = cn.Convert("2020-06-01", 1_000_000)
NO_LONGER = "the Notes no longer convert"


def put(on, principal=100_000, **holder):
    return cn.PutElection(on, principal, **holder)


def low(**changed):
    return dataclasses.replace(LOW, **changed)


ISSUERS = net_share.with_terms(election="issuer", chosen_by="2023-12-15")
CHOSEN = cn.SettlementElection("2023-04-03", "cash")
TERMS = contingent.a_note()
NINETEEN = contingent.closes_of(TERMS, count=19)
PRICED = contingent.a_note(trading_price=contingent.TEST)
WINDOWS = "in a quarter after 20 of 30 closes above 130% of the conversion price in force"
BEFORE = f"before 2026-09-15 Notes convert {WINDOWS}"
OTHERWISE = "when called, on a fundamental change"
OUTSIDE = "is outside every conversion period"
NEVER = contingent.a_note(free_from=None, quarter=None, on_call=False, on_change=False)

ROWS = [
    # --- lowering the price
    ("DWN-1", "no right", low(revision=None), FIFTEEN, [REVISED], "the note has no provision to revise the conversion price"),
    ("DWN-1", "all converted", LOW, FIFTEEN, [GONE, REVISED], NO_LONGER),
    ("DWN-1", "the right to convert has ended", low(conversion=dataclasses.replace(LOW.conversion, until="2020-06-12")), FIFTEEN, [REVISED], NO_LONGER),
    ("DWN-1", "14 closes", LOW, FOURTEEN, [REVISED], f"a revision needs {NEEDS}: 14 of 30 to 2020-06-15"),
    ("DWN-1", "no price", LOW, FIFTEEN, [cn.Revision("2020-06-15", 0)], "Revision.price: got 0; expected a price above 0"),
    ("DWN-1", "not lower", LOW, FIFTEEN, [cn.Revision("2020-06-15", 10)], "10 is not below the price in force of 10"),
    ("DWN-1", "below the floor", LOW, FIFTEEN, [cn.Revision("2020-06-15", "8.642")], "8.642 is below the floor of 8.643000, the higher of the averages of 20 and of 1 closes"),
    ("DWN-1", "below a floor in money", low_closes.note("revision", floor="8.65"), FIFTEEN, [cn.Revision("2020-06-15", "8.64")], "8.64 is below the floor of 8.650000"),
    # --- putting after low closes
    ("PUT-1", "no right", low(conditional_put=None), YEARS, [put("2022-06-15")], "the note has no put"),
    ("CPT-1", "too early", LOW, YEARS, [put("2022-02-28")], "Notes are put from 2022-03-01 on"),
    ("CPT-1", "at the end", LOW, YEARS, [put("2024-02-23")], "an election on 2024-02-23 would be paid on 2024-03-01, not before maturity"),
    ("CPT-1", "twice in a year", LOW, YEARS, [put("2022-03-01"), put("2023-02-28")], "the right is used once in an interest year: in that from 2022-03-01 on 2022-03-01"),
    ("CPT-1", "29 closes", LOW, low_closes.low_from(low_closes.session("2022-06-15", -28)), [put("2022-06-15")], f"a put needs {PUT_NEEDS}: 29 of 30 to 2022-06-15"),
    ("CPT-1", "no multiple", LOW, YEARS, [put("2022-06-15", 150)], "elections are made in multiples of 100, not 150"),
    ("CPT-1", "too much", LOW, YEARS, [put("2022-06-15", 1_000_100)], "1,000,100 is more than the 1,000,000 that is free to elect"),
    # --- choosing how conversions are settled
    ("STL-1", "not the issuer's choice", net_share.NOTE, net_share.TEN_AND_TEN, [CHOSEN], "the note does not leave the method of settlement to the issuer"),
    ("STL-1", "no terms", dataclasses.replace(net_share.NOTE, settlement=None), net_share.TEN_AND_TEN, [CHOSEN], "the note does not leave the method of settlement to the issuer"),
    ("STL-1", "nothing left", dataclasses.replace(net_share.NOTE, settlement=SettlementTerms(method="shares", election="issuer")), net_share.TEN_AND_TEN, [cn.Convert("2023-03-01", 1_000_000), CHOSEN], "nothing is outstanding any more"),
    ("STL-1", "too late", ISSUERS, net_share.TEN_AND_TEN, [cn.SettlementElection("2023-12-18", "cash")], "the method may be chosen until 2023-12-15"),
    ("STL-1", "no amount", ISSUERS, net_share.TEN_AND_TEN, [cn.SettlementElection("2023-04-03", "combination")], "a combination, and no other method, has an amount specified"),
    ("STL-1", "an amount too many", ISSUERS, net_share.TEN_AND_TEN, [cn.SettlementElection("2023-04-03", "shares", specified=9)], "a combination, and no other method, has an amount specified"),
    ("STL-1", "below nothing", ISSUERS, net_share.TEN_AND_TEN, [cn.SettlementElection("2023-04-03", "combination", specified=-1)], "the amount specified is below 0"),
    # --- outside every window
    ("CNT-1", "no quarter-end yet", TERMS, NINETEEN, [cn.Convert("2021-03-10", 1000)], f"{BEFORE}, {OTHERWISE}; no quarter-end has been tested yet; 2021-03-10 {OUTSIDE}"),
    ("CNT-1", "19 closes", TERMS, NINETEEN, [cn.Convert("2023-04-03", 1000)], f"{BEFORE}, {OTHERWISE}; on 2023-03-31, 19 of 30 closes satisfied it; 2023-04-03 {OUTSIDE}"),
    ("CNT-1", "never free", contingent.a_note(free_from=None, for_ever=True), NINETEEN, [cn.Convert("2023-04-03", 1000)], f"Notes convert {WINDOWS.replace('in', 'from', 1)}, {OTHERWISE}; on 2023-03-31, 19 of 30 closes satisfied it; 2023-04-03 {OUTSIDE}"),
    ("CNT-1", "on no day", NEVER, NINETEEN, [cn.Convert("2023-04-03", 1000)], f"Notes convert on no day; 2023-04-03 {OUTSIDE}"),
    ("CNT-1", "the note is not priced", dataclasses.replace(TERMS, contingent_conversion=dataclasses.replace(NEVER.contingent_conversion, trading_price=TradingPrice(share="0.98", days=5, open_days=5))), NINETEEN, [cn.Convert("2023-04-03", 1000)], f"Notes convert after a price below 98% of the conversion value on 5 consecutive trading days; the price of the note is not observed (CNT-2); 2023-04-03 {OUTSIDE}"),
    ("CNT-1", "four low prices", PRICED, contingent.priced(PRICED, below=4), [cn.Convert("2023-02-10", 1000)], f"{BEFORE}, after a price below 98% of the conversion value on 5 consecutive trading days, {OTHERWISE}; on 2022-12-30, 0 of 30 closes satisfied it; the price of the note was low on 4 of 5 days (CNT-2); 2023-02-10 {OUTSIDE}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "note", "history", "events", "reason"), [pytest.param(row[0], *row[2:], id=f"{row[0]} {row[1]}") for row in ROWS]
)
def test_an_event_that_other_terms_do_not_allow_is_refused_by_its_rule_in_words(rule, note, history, events, reason):
    *before, last = events
    with pytest.raises(cn.LifecycleError) as refusal:
        cn.replay(note, history, events=events, until=str(last.on))
    assert (refusal.value.rule, refusal.value.event, refusal.value.reason) == (rule, last, reason)
    done = cn.replay(note, history, events=before, until=str(last.on))
    assert refusal.value.ledger.entries == done.entries[: len(refusal.value.ledger.entries)]
