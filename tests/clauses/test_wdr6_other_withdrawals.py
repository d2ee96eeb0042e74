"""Withdrawals of conversion rights as other papers have them: from a day on, at or above, to the close of the day (WDR-6…9)."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.policies import AtOnce, Never

from .lives import cash, flat, live, refused

AMAZON = cn.load("amazon-peacs-2010")
ABOVE = flat("170")

CNO = """
name = "a-note-of-2009"
[principal]
issue_date = 2009-11-13
maturity_date = 2016-12-30
issue_size = 293_000_000
currency = "USD"
trading_days = "NYSE"
[interest]
rate = "7%"
frequency = 2
day_count = "30/360"
[conversion]
rate = {rate}
from_date = 2013-06-30
[withdrawal]
from_date = 2013-06-30
trigger_multiple = 1.4
trigger_of = "in-force"
strict = false
last_conversion = "0 calendar days before"
notice_at_least = 20
notice_at_most = 60
"""


def cno(rate="184.3127"):
    return cn.loads(CNO.format(rate=rate))


def closes(note, close):
    days = note.principal.sessions.between(note.principal.issue_day, note.principal.maturity_day)
    close = close if callable(close) else lambda day, value=close: value
    return cn.MarketHistory(dates=[to_date(day) for day in days], closes=[close(to_date(day)) for day in days], currency="USD")


def withdrawal(note=AMAZON, **settings):
    return dataclasses.replace(note, withdrawal=dataclasses.replace(note.withdrawal, **settings))


NOTICE = cn.WithdrawalNotice("2013-07-01", effective="2013-07-30")


# --- WDR-6


def test_wdr6_a_withdrawal_takes_effect_on_or_after_a_day_and_its_notice_may_be_earlier():
    note, market = cno(), closes(cno(), "12.50")
    early, first = cn.WithdrawalNotice("2013-05-31", "2013-06-29"), cn.WithdrawalNotice("2013-05-31", "2013-06-30")
    ledger = cn.replay(note, market, events=[first], until="2013-07-31")
    assert str(ledger.state.status) == "withdrawn" and "WDR-6" in ledger.of_kind("withdrawal")[0].rules
    with pytest.raises(cn.LifecycleError, match="on or after 2013-06-30") as error:
        cn.replay(note, market, events=[early], until="2013-07-31")
    assert error.value.rule == "WDR-6"


def test_wdr6_a_policy_waits_for_the_day():
    note = withdrawal(from_date="2001-06-29")
    ledger = live(note, history=ABOVE, policy=cn.Policy(withdraw=AtOnce(), convert=Never()))
    [notice] = ledger.of_kind("withdrawal-notice")
    assert str(notice.date) == "2001-05-30"  # the 30 days of its notice end on the first day
    assert str(ledger.of_kind("withdrawal")[0].date) == "2001-06-29"


def test_wdr6_fits_before_and_is_refused_otherwise():
    with pytest.raises(cn.TermsError, match=r"withdrawal.from_date \(WDR-6\): got .*; expected a day before 2003-02-20"):
        withdrawal(from_date="2003-02-20")


def test_wdr2_without_a_last_day_a_withdrawal_takes_effect_by_maturity():
    note = withdrawal(before=None)
    assert note.withdrawal.last_effective == date(2010, 2, 16) and note.withdrawal.ends == date(2010, 2, 17)
    assert refused(note, cn.WithdrawalNotice("2010-01-11", "2010-02-17"), history=ABOVE) == "WDR-2"
    ledger = live(note, cn.WithdrawalNotice("2010-01-11", "2010-02-16"), history=ABOVE)
    assert "withdrawal-lapse" not in {entry.kind for entry in ledger} and ledger.of_kind("withdrawal")
    assert cn.loads(cn.dumps(note)) == note and "before =" not in cn.dumps(note)


# --- WDR-7


def test_wdr7_a_close_at_the_trigger_counts_where_the_paper_says_at_or_above():
    at = ["7.596"] * 30
    terms = {"before": "2016-12-30", "make_whole_amount": 0}
    assert not cn.provisions.Withdrawal(trigger="7.596", **terms).triggered(at)[-1]
    above = cn.provisions.Withdrawal(trigger="7.596", strict=False, **terms)
    assert above.triggered(at)[-1] and above.triggered(at).tolist() == [False] * 19 + [True] * 11
    assert not above.triggered(["7.595"] * 30).any()
    ledger = live(withdrawal(strict=False), history=flat("167.915"), until="2001-01-31")
    [met] = ledger.of_kind("trigger-met")
    assert "closes are at or above 167.915" in met.text
    assert live(AMAZON, history=flat("167.915"), until="2001-01-31").of_kind("trigger-met") == []


def test_wdr7_twenty_closes_at_the_trigger_and_not_nineteen():
    note = withdrawal(strict=False)
    for last, met in (("2000-03-14", 0), ("2000-03-15", 1)):  # the 19th and the 20th trading day from the issue on
        history = flat("167.915", **{to_date(cn.calendars.day_number(last) + 1).isoformat(): "167.914"})
        assert len(live(note, history=history, until="2000-12-29").of_kind("trigger-met")) == met


def test_wdr7_a_multiple_of_the_initial_price_is_not_moved_by_a_reset():
    note = withdrawal(trigger=None, trigger_multiple="1.6", trigger_of="initial")
    assert note.withdrawal.trigger == Fraction("167.9152") and note.withdrawal.trigger_in_words == (
        "160% of the initial conversion price"
    )
    # the price is reset to 84.883 on 2001-02-16: 160% of that is 135.8128
    history = flat("17.50", **{"2001-03-01": "150"})
    assert live(note, history=history, until="2002-01-31").of_kind("trigger-met") == []
    higher = flat("17.50", **{"2001-03-01": "167.916"})
    assert len(live(note, history=higher, until="2002-01-31").of_kind("trigger-met")) == 1


def test_wdr7_a_multiple_of_the_price_in_force_is_compared_day_by_day():
    note = withdrawal(trigger=None, trigger_multiple="1.6", trigger_of="in-force", strict=False)
    history = flat("17.50", **{"2001-03-01": "135.8128"})  # 160% of 84.883
    [met] = live(note, history=history, until="2002-01-31").of_kind("trigger-met")
    assert str(met.date) == "2001-03-28" and "135.8128" in met.text  # the 20th close from 1 March on
    # 19 closes after the reset at 135.813 and those before at 100: each day at its own price, so they do not count
    before = flat("100", **{"2001-02-16": "135.8128", "2001-03-16": "135.8127"})
    assert live(note, history=before, until="2002-01-31").of_kind("trigger-met") == []
    split = [cn.Split("2001-03-15", new=2, old=1)]
    halved = flat("17.50", **{"2001-03-01": "135.8128", "2001-03-15": "67.9064"})
    [met] = live(note, *split, history=halved, until="2002-01-31").of_kind("trigger-met")
    assert str(met.date) == "2001-03-28"


def test_wdr7_a_replay_split_inside_the_period_knows_the_earlier_prices():
    note = withdrawal(trigger=None, trigger_multiple="1.6", trigger_of="in-force", strict=False)
    history = flat("17.50", **{"2001-02-06": "167.92", "2001-02-16": "135.8128"})
    whole = live(note, history=history, until="2001-06-29").of_kind("trigger-met")
    assert whole
    for day in ("2001-02-09", "2001-02-16", "2001-02-20", "2001-02-27"):
        first = live(note, history=history, until=day)
        rest = cn.replay(note, history, state=first.state, until="2001-06-29")
        assert first.of_kind("trigger-met") + rest.of_kind("trigger-met") == whole


def test_wdr7_what_the_trigger_is_must_be_said_once():
    with pytest.raises(cn.TermsError, match=r"withdrawal.trigger \(WDR-1\).* trigger_multiple and trigger_of"):
        withdrawal(trigger=None)
    with pytest.raises(cn.TermsError, match=r"withdrawal.trigger_of \(WDR-7\)"):
        withdrawal(trigger_of="in-force")
    with pytest.raises(cn.TermsError, match=r"withdrawal.trigger_of \(WDR-7\).*expected trigger_multiple"):
        withdrawal(trigger_multiple=None, trigger_of="initial")
    note = withdrawal(trigger=None, trigger_of="in-force")
    assert cn.loads(cn.dumps(note)) == note and "\ntrigger =" not in cn.dumps(note)
    dearer = dataclasses.replace(note, withdrawal=dataclasses.replace(note.withdrawal, trigger_multiple="2"))
    assert [(each.setting, each.requirement.rule) for each in note.amendments(dearer)] == [
        ("withdrawal.trigger_multiple", "AMD-1")
    ]
    assert [each.requirement.rule for each in dearer.amendments(note)] == ["AMD-2"]


def test_wdr7_a_moving_trigger_is_simulated_with_resets_ahead_and_without_them():
    note = withdrawal(trigger=None, trigger_of="in-force")
    model = cn.Lognormal(as_of="2000-02-16", spot=90, volatility=0.4, rate=0.05)
    outcomes = cn.simulate(note, model, paths=4, seed=1)
    for path in range(4):
        assert abs(float(outcomes.ledger(path).total()) - outcomes.cash[path]) < 0.005
    plain = dataclasses.replace(note, reset=None)
    fixed = dataclasses.replace(AMAZON, reset=None, withdrawal=dataclasses.replace(AMAZON.withdrawal, trigger="167.9152"))
    first, second = (cn.simulate(each, model, paths=200, seed=1) for each in (plain, fixed))
    assert first.ending.tolist() == second.ending.tolist() and (first.cash == second.cash).all()


# --- WDR-8


def test_wdr8_holders_convert_to_the_close_of_the_effective_day():
    note = cno()
    events = [NOTICE, cn.Convert("2013-07-30", 25_700_000)]
    ledger = cn.replay(note, closes(note, "12.50"), events=events, until="2013-12-31")
    [entry] = ledger.of_kind("conversion")
    # 25,700 x 184.3127 = 4,736,836.39
    assert (str(entry.date), entry.shares) == ("2013-07-30", 4_736_836)
    assert str(ledger.state.status) == "withdrawn" and ledger.state.outstanding == Decimal(293_000_000 - 25_700_000)
    assert "WDR-8" in ledger.of_kind("withdrawal")[0].rules
    with pytest.raises(cn.LifecycleError) as error:
        cn.replay(note, closes(note, "12.50"), events=[NOTICE, cn.Convert("2013-07-31", 1000)])
    assert error.value.rule == "CNV-7"


def test_wdr8_days_before_the_effect():
    note = withdrawal(last_conversion="3 calendar days before")
    notice = cn.WithdrawalNotice("2000-06-01", "2000-07-05")  # the 2nd is a Sunday
    [entry] = live(note, notice, cn.Convert("2000-07-02", 1000), history=ABOVE, until="2000-07-10").of_kind("conversion")
    assert str(entry.date) == "2000-07-02"
    assert refused(note, notice, cn.Convert("2000-07-03", 1000), history=ABOVE) == "CNV-7"


def test_wdr8_holders_decide_on_that_day():
    note = withdrawal(last_conversion="0 calendar days before", make_whole_amount=0)
    notice = cn.WithdrawalNotice("2000-06-01", "2000-07-05")
    for last, ending in (("170", [("2000-07-05", 690_000_000)]), ("90", [])):
        history = flat("170", **{"2000-07-05": last})
        ledger = live(note, notice, history=history, until="2000-12-29", policy=cn.Policy(straight=1))
        assert [(str(each.date), each.principal) for each in ledger.of_kind("conversion")] == ending


def test_wdr8_a_withdrawal_on_the_day_of_its_notice_leaves_that_day_to_convert():
    note = withdrawal(last_conversion="0 calendar days before", notice_at_least=0, make_whole_amount=0)
    ledger = live(note, history=ABOVE, until="2000-12-29", policy=cn.Policy(withdraw=AtOnce(), withdrawal_notice=0, straight=1))
    [notice], [entry] = ledger.of_kind("withdrawal-notice"), ledger.of_kind("conversion")
    assert notice.date == entry.date and entry.principal == 690_000_000


# --- WDR-9


@pytest.mark.parametrize(("to", "paid"), [("outstanding", 640), ("converted", 50), ("both", 690)])
def test_wdr9_which_notes_are_made_whole(to, paid):
    note = withdrawal(make_whole_to=to)
    events = cn.WithdrawalNotice("2000-06-01", "2000-07-05"), cn.Convert("2000-06-30", 50_000_000)
    ledger = live(note, *events, history=ABOVE, until="2000-07-10")
    assert cash(ledger, "make-whole") == [("2000-07-05", "2000-07-05", f"{Decimal('206.25') * paid * 1000:.2f}")]
    assert ("WDR-9" in ledger.of_kind("withdrawal")[0].rules) == (to != "outstanding")


def test_wdr9_what_was_converted_before_the_notice_is_not_made_whole():
    note = withdrawal(make_whole_to="converted")
    events = cn.Convert("2000-05-31", 50_000_000), cn.WithdrawalNotice("2000-06-01", "2000-07-05")
    assert live(note, *events, history=ABOVE, until="2000-07-10").of_kind("make-whole") == []


def test_wdr9_the_earlier_setting_is_read():
    assert withdrawal(pays_converted=True) == withdrawal(make_whole_to="both")
    assert withdrawal(pays_converted=False) == withdrawal(make_whole_to="outstanding") == AMAZON
    assert cn.loads(cn.dumps(AMAZON).replace('make_whole_to = "outstanding"', "pays_converted = true")) == withdrawal(
        make_whole_to="both"
    )
    assert "pays_converted" not in cn.dumps(withdrawal(pays_converted=True))


def test_wdr9_what_holders_compare_counts_what_they_would_be_paid():
    """Paid on Notes that convert, a make-whole is worth as much more to convert as it would be to stay."""
    notice = cn.WithdrawalNotice("2000-06-01", "2000-07-05")
    # 1,000 / 104.947 x 87 = 828.99: less than par, more than par less 206.25
    history = flat("170", **{"2000-06-05": "87"})
    for to, converted in (("outstanding", False), ("both", False), ("converted", True)):
        ledger = live(withdrawal(make_whole_to=to), notice, history=history, until="2000-12-29", policy=cn.Policy(straight=1))
        assert bool(ledger.of_kind("conversion")) == converted
