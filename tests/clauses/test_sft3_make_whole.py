"""A call with a make-whole: the printed amount less interest paid before the notice, to all that was called (SFT-3)."""

import dataclasses
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.policies import Above

AMAZON_2009 = """
name = "the-sister-of-2009"
[principal]
issue_date = 1999-02-03
maturity_date = 2009-02-01
issue_size = 1_250_000_000
currency = "USD"
[interest]
rate = "4 3/4%"
frequency = 2
day_count = "30/360"
first_payment = 1999-08-01
[conversion]
price = 156.055
[redemption]
prices = [[1999-04-01, 1.00]]
notice_at_least = 30
notice_at_most = 60
condition = { days = 20, period = 30, multiple = 1.50, of = "in-force", strict = false, ends = "day-before-notice" }
until = 2002-02-06
make_whole_amount = 212.60
make_whole_until = 2002-02-06
[adjustment]
[default]
"""
#: paid on 1 August 1999, 178 days of 360 from 3 February, and for half a year on 1 February 2000
INTEREST = 1000 * Fraction("0.0475") * (Fraction(178, 360) + Fraction(1, 2))
NOTICE = cn.RedemptionNotice("2000-03-01", "2000-04-03")


def sister(**settings):
    note = cn.loads(AMAZON_2009)
    return dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, **settings))


def closes(note, close="240"):
    days = note.principal.sessions.between(note.principal.issue_day, note.principal.maturity_day)
    return cn.MarketHistory(dates=[to_date(day) for day in days], closes=[close] * len(days), currency="USD")


def life(*events, note=None, until="2000-12-31", **options):
    note = note or sister()
    return cn.replay(note, closes(note), events=list(events), until=until, **options)


def test_sft3_212_60_is_the_principal_less_1_over_1_27_of_it():
    assert round(1000 - Fraction(1000) / Fraction("1.27"), 2) == Fraction("212.6")


def test_sft3_the_amount_less_interest_paid_before_the_notice_is_an_entry_of_its_own():
    each = Fraction("212.60") - INTEREST
    [entry] = life(NOTICE).of_kind("make-whole")
    assert (str(entry.date), entry.rules[0]) == ("2000-04-03", "SFT-3")
    assert entry.cash == round(each * 1_250_000, 2)
    # 47.50 x 358/360 = 47.236111
    assert "212.6 - 47.236111 = 165.363889 per 1,000 after interest actually paid before 2000-03-01" in entry.text
    [price] = life(NOTICE).of_kind("redemption")
    assert price.cash == 1_250_000_000 + round(1_250_000_000 * Fraction("0.0475") * Fraction(62, 360), 2)


def test_sft3_who_converts_after_the_notice_is_paid_it_too_and_who_converted_before_is_not():
    before, after = cn.Convert("2000-02-28", 200_000_000), cn.Convert("2000-03-15", 300_000_000)
    each = Fraction("212.60") - INTEREST
    [entry] = life(before, NOTICE, after).of_kind("make-whole")
    assert entry.cash == round(each * 1_050_000, 2)
    [all_converted] = life(NOTICE, cn.Convert("2000-03-15", 1_250_000_000)).of_kind("make-whole")
    assert all_converted.cash == round(each * 1_250_000, 2)


def test_sft3_each_holder_is_paid_on_what_was_called_of_his():
    note = sister()
    positions = {"A": 1_000_000_000, "B": 250_000_000}
    part = dataclasses.replace(NOTICE, principal=500_000_000)
    ledger = cn.replay(
        note,
        closes(note),
        events=[part, cn.Convert("2000-03-20", 150_000_000, holder="B")],
        positions=positions,
        until="2000-12-31",
    )
    # pro rata 400m and 100m; of B's conversion the called Notes go first or last, and are paid either way
    each = Fraction("212.60") - INTEREST
    assert {entry.holder: entry.cash for entry in ledger.of_kind("make-whole")} == {
        "A": round(each * 400_000, 2),
        "B": round(each * 100_000, 2),
    }


@pytest.mark.parametrize(("redemption", "paid"), [("2002-02-05", True), ("2002-02-06", False)])
def test_sft3_counts_by_the_redemption_date(redemption, paid):
    ledger = life(cn.RedemptionNotice("2002-01-02", redemption), until="2002-12-31")
    assert bool(ledger.of_kind("make-whole")) is paid


def test_sft3_interest_beyond_the_amount_leaves_nothing_not_less():
    assert life(NOTICE, note=sister(make_whole_amount="47.23")).of_kind("make-whole") == []
    [entry] = life(NOTICE, note=sister(make_whole_amount="47.24")).of_kind("make-whole")
    assert entry.cash == round((Fraction("47.24") - Fraction("47.236111111111111111111111")) * 1_250_000, 2)


def test_def2_a_make_whole_of_nothing_is_not_missed_and_a_warning_says_so():
    ledger = life(NOTICE, cn.MissedPayment("2000-04-03", of="call-make-whole"), note=sister(make_whole_amount="47.23"))
    assert not ledger.of_kind("missed-payment")
    assert ledger.warnings == ("no call-make-whole payment was due on 2000-04-03, so none was missed (DEF-2)",)


def test_sft3_it_may_be_missed_and_cured():
    missed = cn.MissedPayment("2000-04-03", of="call-make-whole")
    ledger = life(NOTICE, missed, cn.Cure("2000-04-20", of="call-make-whole"))
    [late] = ledger.of_kind("make-whole")
    assert str(late.date) == "2000-04-20" and late.cash == life(NOTICE).of_kind("make-whole")[0].cash


def test_sft3_a_split_replay_between_notice_and_redemption_changes_nothing():
    events = [NOTICE, cn.Convert("2000-03-15", 300_000_000)]
    whole = life(*events)
    for day in ("2000-03-01", "2000-03-14", "2000-03-15", "2000-04-02"):
        note = sister()
        first = cn.replay(note, closes(note), events=[each for each in events if str(each.on) <= day], until=day)
        rest = [each for each in events if str(each.on) > day]
        second = cn.replay(note, closes(note), events=rest, state=first.state, until="2000-12-31")
        assert [str(entry) for entry in (*first, *second)] == [str(entry) for entry in whole]


def test_sft3_is_simulated_and_a_path_opens_as_a_ledger_that_agrees():
    note = sister(condition=None, until=None)
    model = cn.Lognormal(as_of="1999-02-03", spot=150, volatility=0.5, rate=0.05, hazard_rate=0.02)
    outcomes = cn.simulate(note, model, paths=40, seed=3, policy=cn.Policy(redeem=Above(1.3)))
    paid = 0
    for path in range(40):
        ledger = outcomes.ledger(path)
        assert abs(float(ledger.total()) - outcomes.cash[path]) < 0.005
        paid += bool(ledger.of_kind("make-whole"))
    assert paid > 10


def test_sft3_settings_are_checked_written_and_judged():
    note = sister()
    assert cn.loads(cn.dumps(note)) == note
    with pytest.raises(cn.TermsError, match=r"redemption.make_whole_until \(SFT-3\)"):
        sister(make_whole_amount=None)
    with_consent = dataclasses.replace(note, consent=cn.provisions.Consent(majority="0.5"))
    less = dataclasses.replace(sister(make_whole_amount=200), consent=with_consent.consent)
    assert [(each.setting, each.requirement.rule) for each in with_consent.amendments(less)] == [
        ("redemption.make_whole_amount", "AMD-2")
    ]
    assert [each.requirement.rule for each in less.amendments(with_consent)] == ["AMD-1"]


def test_sft3_a_call_that_is_dearer_by_the_make_whole_leaves_the_note_worth_more():
    model = cn.Lognormal(as_of="1999-02-03", spot=150, volatility=0.5, rate=0.05)
    dearer, cheaper = (
        cn.price(sister(condition=None, until=None, make_whole_amount=amount, make_whole_until=until), model).price
        for amount, until in (("212.60", "2002-02-06"), (None, None))
    )
    assert dearer > cheaper + 1
