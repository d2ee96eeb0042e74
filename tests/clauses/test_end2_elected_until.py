"""Notes under election convert until a day before the repurchase or put date, and the election ends by it (END-2)."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import day_number
from convnote.provisions import DayRule, Put, Redemption

from ..oracles import timing
from .lives import flat, live, refused

AMAZON = cn.load("amazon-peacs-2010")
#: a change of control, its notice and the repurchase on Wednesday, 14 February 2001
CHANGE = (cn.FundamentalChange("2001-01-08"), cn.FundamentalChangeNotice("2001-01-15"))
ALL = AMAZON.issue_size


def until(rule, note=AMAZON, **parts):
    note = dataclasses.replace(note, **parts)
    return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, elected_until=rule))


def elect(principal, on="2001-01-20"):
    return cn.RepurchaseElection(on, principal)


def principal_of(ledger, kind):
    return sum(entry.principal for entry in ledger.of_kind(kind))


@pytest.mark.parametrize(
    ("rule", "last", "late"),
    [
        ("1 business day before", "2001-02-13", "2001-02-14"),
        ("0 business days before", "2001-02-14", "2001-02-15"),
        ("2 trading days before", "2001-02-12", "2001-02-13"),
        ("10 calendar days before", "2001-02-04", "2001-02-05"),  # a Sunday: a surrender on it counts on it
    ],
)
def test_end2_a_note_under_election_converts_until_its_last_day_and_the_election_ends(rule, last, late):
    note = until(rule)
    ledger = live(note, *CHANGE, elect(ALL), cn.Convert(last, 10_000), until="2001-02-20")
    [entry] = ledger.of_kind("conversion")
    assert (str(entry.date), entry.shares) == (last, 95) and "END-2" in entry.rules  # 10,000 / 104.947 = 95.28...
    assert "; this ends the election of EUR 10,000." in entry.text
    assert principal_of(ledger, "repurchase") == ALL - 10_000
    if late != "2001-02-15":  # from then on everything is repurchased
        assert refused(note, *CHANGE, elect(ALL), cn.Convert(late, 10_000)) == "END-2"
    with pytest.raises(cn.LifecycleError, match=r"CNV-6"):
        live(AMAZON, *CHANGE, elect(ALL), cn.Convert(last, 10_000))


def test_end2_an_election_states_its_last_day_to_convert():
    for rule, told in (
        ("2 trading days before", "it converts until 2001-02-12, which ends the election"),
        (None, "it does not convert"),
    ):
        ledger = live(until(rule), *CHANGE, elect(ALL), until="2001-01-31")
        [entry] = ledger.of_kind("repurchase-election")
        assert f"Election of repurchase of EUR 690,000,000 on 2001-02-14; {told}" in entry.text


PUTS = Put(prices=[("2001-02-14", 1), ("2005-01-03", 1)], notice_at_least=5, notice_at_most=30)


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("1 business day before", ["2001-02-13", "2004-12-31"]),
        ("0 business days before", ["2001-02-14", "2005-01-03"]),
        ("10 calendar days before", ["2001-02-04", "2004-12-24"]),
        (None, []),
    ],
)
def test_end2_the_last_day_to_convert_before_a_put_is_a_row_of_the_schedule_and_of_its_election(rule, rows):
    note = until(rule, put=PUTS)
    found = [row for row in cn.schedule(note) if row.kind == "last-elected-conversion"]
    assert [str(row.date) for row in found] == rows and {row.rule for row in found} <= {"END-2"}
    [entry] = live(note, cn.PutElection("2001-02-01", 10_000), until="2001-02-05").of_kind("put-election")
    assert entry.text == "Election to put EUR 10,000 on 2001-02-14" + (
        f"; it converts until {rows[0]}, which ends the election." if rows else "."
    )


def test_end2_a_day_before_the_issue_is_no_row_of_the_schedule():
    soon = Put(prices=[("2000-02-28", 1)], notice_at_least=0)
    rows = cn.schedule(until("40 calendar days before", put=soon))
    assert [str(row.kind) for row in rows if row.rule == "END-2"] == [] and any(row.kind == "put" for row in rows)


def test_end2_says_the_rule_in_the_refusal():
    with pytest.raises(cn.LifecycleError) as error:
        live(until("1 business day before"), *CHANGE, elect(ALL), cn.Convert("2001-02-14", 1000))
    assert error.value.reason == "Notes under election convert until 1 business day before the repurchase or put date"


def test_end2_free_notes_convert_before_those_under_election():
    note = until("1 business day before")
    one, two = (
        live(note, *CHANGE, elect(1_000_000), cn.Convert("2001-02-13", principal), until="2001-02-20")
        for principal in (ALL - 1_000_000, ALL - 400_000)
    )
    assert "END-2" not in one.of_kind("conversion")[0].rules and principal_of(one, "repurchase") == 1_000_000
    assert "; this ends the election of EUR 600,000" in two.of_kind("conversion")[0].text
    assert principal_of(two, "repurchase") == 400_000


def test_end2_a_put_is_an_election_too():
    put = Put(prices=[["2005-02-16", 1]], notice_at_least=10, notice_at_most=40)
    note = until("1 business day before", put=put)
    events = [cn.PutElection("2005-02-01", 5_000_000), cn.Convert("2005-02-15", ALL - 2_000_000)]
    ledger = live(note, *events, until="2005-03-01")
    assert "; this ends the election of EUR 3,000,000" in ledger.of_kind("conversion")[0].text
    assert principal_of(ledger, "put") == 2_000_000 and str(ledger.state.status) == "repurchased"
    late = cn.Convert("2005-02-16", ALL - 2_000_000)
    assert refused(note, cn.PutElection("2005-02-01", 5_000_000), late) == "END-2"
    plain = dataclasses.replace(AMAZON, put=put)
    assert refused(plain, *events) == "CNV-6"


def test_end2_called_and_under_election_it_ends_on_the_earlier_of_the_two_days():
    change = (cn.FundamentalChange("2003-05-05"), cn.FundamentalChangeNotice("2003-05-12"))  # repurchase on 11 June
    call = cn.RedemptionNotice("2003-05-15", "2003-06-16")
    before = (*change, call, elect(ALL, "2003-06-02"))
    note = until("1 business day before")
    assert principal_of(live(note, *before, cn.Convert("2003-06-10", 3000), until="2003-06-30"), "repurchase") == ALL - 3000
    assert refused(note, *before, cn.Convert("2003-06-11", 3000)) == "END-2"
    # a call that comes first: redeemed on 9 June, converts until the 6th
    first = (*change, dataclasses.replace(call, on="2003-05-08", redemption_date="2003-06-09"), elect(ALL, "2003-06-02"))
    first = (change[0], first[2], change[1], first[3])
    assert live(note, *first, cn.Convert("2003-06-06", 3000), until="2003-06-30").of_kind("conversion")
    assert refused(note, *first, cn.Convert("2003-06-09", 3000)) == "END-2"


def test_end2_is_revived_if_the_price_is_not_paid():
    note = until("5 business days before")
    missed = (*CHANGE, elect(ALL), cn.MissedPayment("2001-02-14", "repurchase"))
    assert refused(note, *missed, cn.Convert("2001-02-14", 1000)) == "END-2"
    ledger = live(note, *missed, cn.Convert("2001-02-15", 1_000_000), cn.Cure("2001-02-20", "repurchase"), until="2001-03-01")
    assert "; this ends the election of EUR 1,000,000" in ledger.of_kind("conversion")[0].text
    assert principal_of(ledger, "repurchase") == ALL - 1_000_000
    # with everything converted nothing is left unpaid
    gone = live(note, *missed, cn.Convert("2001-02-15", ALL), until="2001-03-01").state
    assert gone.unpaid == () and str(gone.status) == "converted"


@given(st.integers(0, 12), st.sampled_from(["business", "trading", "calendar"]), st.integers(0, 3000))
def test_end2_the_last_day_is_that_of_the_exact_rule(count, unit, after):
    note = until(DayRule(count, unit))
    day = date(2000, 3, 1) + timedelta(days=after)
    calendars = {"business": note.principal.banks, "trading": note.principal.sessions}
    is_open = {**calendars, "calendar": None}[unit]
    right = timing.before(day, count, lambda each: is_open is None or is_open.is_open(int(day_number(each))))
    assert note.conversion.last_elected(int(day_number(day))) == day_number(right)


def test_end2_without_the_setting_there_is_no_last_day_of_an_election():
    with pytest.raises(cn.TermsError, match=r"conversion\.elected_until \(END-2\).*CNV-6"):
        AMAZON.conversion.last_elected(12_000)
    for wrong in ("2 days before", 3, "soon"):
        with pytest.raises(cn.TermsError, match=r"conversion\.elected_until \(END-2\)"):
            until(wrong)
    note = until("1 business day before")
    assert cn.loads(cn.dumps(note)) == note and 'elected_until = "1 business day before"  # END-2' in cn.dumps(note)
    assert any(row[0] == "under election" and row[2] == "END-2" for row in note.summary().rows)
    sooner = note.amendments(until("3 business days before"))
    assert [each.requirement.rule for each in sooner] == ["AMD-2"]


#: elections for 20 days from the notice, paid ten Business Days later
SLOW = dataclasses.replace(AMAZON.fundamental_change, repurchase_after=30, period_days=20, pays_after=10, notice_within=5)


def test_end2_a_holder_decides_again_on_the_last_day():
    note = until("1 business day before", fundamental_change=SLOW, withdrawal=None)
    # notice 2001-01-08: elections to 01-28, paid on 02-09 (ten Business Days later), last conversion on 02-08
    change = cn.FundamentalChange("2001-01-08")
    lives = {
        close: live(
            note, change, history=flat("60", **{"2001-02-01": close}), policy=cn.Policy(change_notice=0), until="2001-03-01"
        )
        for close in ("90", "130")
    }
    assert {str(ledger.of_kind("repurchase-election")[0].date) for ledger in lives.values()} == {"2001-01-28"}
    assert lives["90"].of_kind("repurchase") and not lives["90"].of_kind("conversion")
    [entry] = lives["130"].of_kind("conversion")
    assert str(entry.date) == "2001-02-08" and "END-2" in entry.rules and not lives["130"].of_kind("repurchase")
    plain = dataclasses.replace(note, conversion=AMAZON.conversion)
    kept = live(plain, change, history=flat("60", **{"2001-02-01": "130"}), policy=cn.Policy(change_notice=0), until="2001-03-01")
    assert kept.of_kind("repurchase") and not kept.of_kind("conversion")


def test_end2_simulated_paths_agree_with_their_ledgers():
    short = dataclasses.replace(AMAZON.principal, maturity_date="2001-02-16", certificates={})
    note = until("1 business day before", principal=short, fundamental_change=SLOW, withdrawal=None, redemption=None, reset=None)
    model = cn.Lognormal(as_of="2000-02-16", spot=100, volatility=0.9, rate=0.05, change_rate=3.0, hazard_rate=0.05, recovery=0.4)
    outcomes, ended = cn.simulate(note, model, paths=60, seed=3, principal=1_000_000), 0
    for path in range(60):
        ledger = outcomes.ledger(path)
        assert round(float(ledger.total()) - outcomes.cash[path], 6) == 0
        assert sum(entry.shares for entry in ledger) == outcomes.shares[path]
        assert str(ledger.state.status) == outcomes.status[path]
        ended += any("END-2" in entry.rules for entry in ledger.of_kind("conversion"))
    assert ended >= 2


def test_end2_an_election_that_converts_is_refused_by_price():
    model = cn.Lognormal(as_of="2000-02-16", spot=100, volatility=0.3, rate=0.05)
    note = until("1 business day before", withdrawal=None, reset=None, redemption=Redemption(prices=[["2003-02-20", 1]]))
    with pytest.raises(cn.PricingError, match="END-2"):
        cn.price(note, model)
