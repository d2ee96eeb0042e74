"""ACC-1 and ACC-2: the accreted value. Royal Caribbean LYON 2021, issued at 381.63 to yield 4.875%, redeemed at 494.62."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.provisions import Accretion
from tests.oracles import not_flat
from tests.simulation.cases import PEACS, a_case, peacs_model
from tests.simulation.test_ledger_agrees import assert_agrees

SHEET = """
name = "lyon"
[principal]
issue_date = 2001-02-02
maturity_date = 2021-02-02
issue_size = 560_000_000
currency = "USD"
[interest]
rate = 0
frequency = 0
[accretion]
issue_price = 381.63
yield = 0.04875
frequency = 2
day_count = "30/360"
includes_the_day = true
[conversion]
rate = 11.7152
[redemption]
prices = [[2005-02-02, 1.00]]
notice_at_least = 15
[put]
prices = [[2005-02-02, 1.00], [2011-02-02, 1.00], [2016-02-02, 1.00]]
"""
NOTE = cn.loads(SHEET)
ISSUE, MATURITY = NOTE.issue_date, NOTE.maturity_date
HISTORY = cn.MarketHistory(dates=["2001-01-02", "2021-02-01"], closes=[20, 20], currency="USD")


def oracle(day, **how):
    return not_flat.accreted(ISSUE, MATURITY, 1000, Fraction("0.04875"), day, **how)


def other(note=NOTE, **settings):
    return dataclasses.replace(note, accretion=dataclasses.replace(note.accretion, **settings))


def test_acc1_redeemed_at_the_published_value():
    assert round(NOTE.accretion.value("2006-06-19"), 2) == Decimal("494.62")
    # 10 whole periods, then 137 days of 30/360 from 2 February, and the day itself
    exact = Fraction(1000) / (1 + Fraction("0.024375")) ** 40
    value = exact * (1 + Fraction("0.024375")) ** 10 * (1 + Fraction("0.024375") * Fraction(138, 180))
    assert NOTE.accretion.share(int(cn.calendars.day_number("2006-06-19"))) * 1000 == value
    assert round(float(NOTE.accretion.exact_issue_price), 2) == 381.63


def test_acc1_days_inside_a_period_are_counted_by_the_day_count():
    issued = dataclasses.replace(NOTE.principal, issue_date="2001-11-18", maturity_date="2021-11-18")
    terms = Accretion(issue_price="500", yield_="0.06", includes_the_day=False, principal=issued)
    grown = terms.share(int(cn.calendars.day_number("2002-03-31"))) / terms.share(terms.principal.issue_day)
    assert grown == 1 + Fraction("0.03") * Fraction(133, 180)
    # Counted as they are, 133 of the 181 days to 18 May 2002, and not of a year.
    grown = dataclasses.replace(terms, day_count="act/365f").share(int(cn.calendars.day_number("2002-03-31")))
    assert grown / dataclasses.replace(terms, day_count="act/365f").share(issued.issue_day) == 1 + Fraction("0.03") * Fraction(
        133, 181
    )


def test_acc1_on_a_boundary_no_day_is_added_and_at_maturity_it_is_the_denomination():
    for on in ("2001-02-02", "2001-08-02", "2006-02-02"):
        assert NOTE.accretion.value(on) == other(includes_the_day=False).accretion.value(on)
    assert NOTE.accretion.value("2006-02-03") > other(includes_the_day=False).accretion.value("2006-02-03")
    assert NOTE.accretion.value("2021-02-02") == NOTE.accretion.value("2022-02-02") == 1000
    with pytest.raises(cn.TermsError, match="a day from 2001-02-02 is needed"):
        NOTE.accretion.value("2001-02-01")


@pytest.mark.parametrize("times", [1, 2, 4])
@pytest.mark.parametrize("includes_the_day", [True, False])
def test_acc1_any_day_agrees_with_the_oracle(times, includes_the_day):
    random, price = Random(times), None
    terms = other(frequency=times, includes_the_day=includes_the_day).accretion
    if not terms.is_rounded:
        price = Fraction("381.63")
    days = [ISSUE, MATURITY, *(ISSUE + timedelta(days=random.randrange(7305)) for _ in range(60))]
    expected = [oracle(day, times=times, includes_the_day=includes_the_day, price=price) for day in days]
    numbers = [int(cn.calendars.day_number(day)) for day in days]
    assert [terms.share(number) * 1000 for number in numbers] == expected
    assert terms.value(np.array(days, "datetime64[D]")) == pytest.approx([float(each) for each in expected], rel=1e-12)
    assert terms.share(np.array(numbers)) * 1000 == pytest.approx([float(each) for each in expected], rel=1e-12)


def test_acc1_a_price_that_is_not_the_rounding_of_the_exact_one_governs_and_is_found():
    assert [found for found in NOTE.check() if found.rule == "ACC-1"] == []
    terms = other(issue_price="381.64")
    (found,) = [found for found in terms.check() if found.rule == "ACC-1"]
    assert found.message == (
        "1000 discounted at 4.875% from 2021-02-02 is 381.63, the issue price printed is 381.64: the figure printed governs"
    )
    assert terms.accretion.value("2001-02-02") == Decimal("381.64")
    assert terms.accretion.value("2001-08-02") == Decimal("381.64") * Decimal("1.024375")
    assert terms.accretion.value("2021-02-02") == 1000


def test_acc1_the_value_grows_day_by_day():
    days = np.arange(np.datetime64(ISSUE), np.datetime64(MATURITY) + np.timedelta64(1, "D"))
    assert (np.diff(NOTE.accretion.value(days)) >= -1e-9).all()


def test_acc1_the_sheet_says_the_yield_and_reads_it_back():
    text = cn.dumps(NOTE)
    assert "yield = 0.04875  # ACC-1" in text
    assert cn.loads(text) == NOTE
    assert ("accretes", "from 381.63 per 1,000, 4.875% a year, compounded twice a year, 30/360", "ACC-1") in NOTE.summary().rows
    with pytest.raises(cn.TermsError, match=r"accretion\.yield"):
        cn.loads(SHEET.replace("yield = 0.04875", "yield = 4.875"))
    with pytest.raises(cn.TermsError, match=r"accretion\.yield.*required"):
        cn.loads(SHEET.replace("yield = 0.04875", ""))
    changed = dataclasses.replace(other(yield_="0.05"), consent=PEACS.consent)
    told = dataclasses.replace(NOTE, consent=PEACS.consent).amendments(changed)
    assert [(each.setting, each.requirement.rule) for each in told] == [("accretion.yield", "AMD-2")]


def test_acc2_calls_and_puts_are_of_the_accreted_value():
    assert round(NOTE.redemption.amount("2006-06-19"), 2) == Decimal("494.62")
    rows = {(str(row.date), str(row.kind)): row.amount for row in cn.schedule(NOTE)}
    for on in ("2005-02-02", "2011-02-02", "2016-02-02"):
        assert round(rows[on, "put"], 6) == round(Decimal(float(oracle(date.fromisoformat(on)))), 6)
    assert rows["2021-02-02", "maturity"] == 1000
    life = [cn.RedemptionNotice("2006-05-19", "2006-06-19", principal=60_000_000), cn.PutElection("2011-01-20", 100_000_000)]
    ledger = cn.replay(NOTE, HISTORY, events=life)
    called, put = ledger.of_kind("redemption")[0], ledger.of_kind("put")[0]
    assert (called.cash, "ACC-2" in called.rules) == (round(60_000 * oracle(date(2006, 6, 19)), 2), True)
    assert "60,000,000 x 0.494620, its accreted value, at 100%" in called.text
    assert put.cash == round(100_000 * oracle(date(2011, 2, 2)), 2)
    assert ledger.of_kind("maturity")[0].cash == 400_000_000


def test_acc2_a_change_a_recovery_and_an_acceleration_are_of_the_accreted_value():
    terms = dataclasses.replace(NOTE, fundamental_change=PEACS.fundamental_change, default=PEACS.default)
    change = [
        cn.FundamentalChange("2003-03-03"),
        cn.FundamentalChangeNotice("2003-03-10"),
        cn.RepurchaseElection("2003-04-01", 1000),
    ]
    repurchased = cn.replay(terms, HISTORY, events=change, until="2003-06-30").of_kind("repurchase")[0]
    assert repurchased.cash == round(oracle(repurchased.date), 2)
    defaulted = cn.replay(terms, HISTORY, events=[cn.Default("2009-03-03", "0.4")]).of_kind("default")[0]
    assert defaulted.cash == round(560_000 * oracle(date(2009, 3, 3)) * Fraction(2, 5), 2)
    assert "ACC-2" in defaulted.rules
    missed = [cn.PutElection("2005-01-20", 1000), cn.MissedPayment("2005-02-02", "put"), cn.Acceleration("2005-03-03")]
    ledger = cn.replay(terms, HISTORY, events=[*missed, cn.Cure("2005-05-09", "principal")])
    told, paid = ledger.of_kind("acceleration")[0], ledger.of_kind("accelerated")[0]
    assert f"accreted to {float(560_000 * oracle(date(2005, 3, 3))):,.6f}"[:-3] in told.text
    assert paid.cash == round(560_000 * oracle(date(2005, 5, 9)), 2)  # the value runs on until it is paid (INT-9)


def test_acc2_the_notes_convert_per_denomination_of_principal_at_maturity():
    history = cn.MarketHistory(dates=["2004-03-02", "2021-02-01"], closes=[40, 40], currency="USD")
    ledger = cn.replay(NOTE, history, events=[cn.Convert("2004-03-03", 1_000_000)])
    assert ledger.of_kind("conversion")[0].shares == 11_715


def accretes(note, **settings):
    zero = dataclasses.replace(note.interest, rate=0, frequency=0, first_payment=None, last_payment=None)
    terms = {"issue_price": Decimal(1), "yield_": Decimal("0.06"), "includes_the_day": True, **settings}
    exact = Accretion(**terms, principal=note.principal).exact_issue_price
    return dataclasses.replace(
        note, interest=zero, accretion=Accretion(**{**terms, "issue_price": round(Decimal(float(exact)), 4)})
    )


def test_acc2_simulated_paths_agree_with_their_ledgers_to_the_cent():
    outcomes = cn.simulate(accretes(PEACS), peacs_model(change_rate=0.1), paths=20, seed=5)
    assert len(assert_agrees(outcomes, range(20))) >= 2
    seen = 0
    for seed in range(16):
        note, model, policy, principal = a_case(seed)
        note = accretes(note, frequency=[1, 2, 4][seed % 3], day_count=["30/360", "act/365f"][seed % 2])
        seen += len(assert_agrees(cn.simulate(note, model, paths=4, seed=seed, policy=policy, principal=principal), range(4)))
    assert seen > 16


def test_acc2_a_put_at_the_accreted_value_is_used_where_rates_are_above_the_yield():
    bond = dataclasses.replace(NOTE, conversion=None, redemption=None)
    for rate, days, amount in ((0.03, 7305, 1000), (0.08, 1461, float(oracle(date(2005, 2, 2))))):
        model = cn.Lognormal(as_of="2001-02-02", spot=20, volatility=0.2, rate=rate)
        assert cn.price(bond, model).price == pytest.approx(amount * np.exp(-rate * days / 365), rel=3e-4)


def test_acc2_a_price_recovers_a_share_of_the_accreted_value_of_the_day_of_default():
    """A bond alone: 40% of the claim, which grows, over 20 years in steps of five days, and the principal at the end."""
    bond = dataclasses.replace(NOTE, conversion=None, redemption=None, put=None)
    model = cn.Lognormal(as_of="2001-02-02", spot=20, volatility=0.2, rate=0.03, hazard_rate=0.02, recovery=0.4)
    days = (MATURITY - date(2001, 2, 2)).days
    claims = [float(oracle(date(2001, 2, 2) + timedelta(days=day))) for day in range(0, days + 1, 5)]
    expected = 1000 * np.exp(-0.05 * days / 365)
    for step, (before, after) in enumerate(zip(claims, claims[1:], strict=False)):
        expected += 0.4 * (before + after) / 2 * 0.02 * 5 / 365 * np.exp(-0.05 * (5 * step + 2.5) / 365)
    assert days == 5 * (len(claims) - 1)
    assert cn.price(bond, model).price == pytest.approx(expected, rel=1e-4)
    assert to_date(NOTE.principal.maturity_day) == MATURITY
