"""STP-1: a rate that changes on payment dates. China Everbright 2023, per 100: 0.2 0.5 1.0 1.5 1.8 2.0."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.provisions.rate_steps import rate_or_steps, worse_if_any_lower
from tests.oracles import not_flat
from tests.simulation.cases import PEACS, a_case, peacs_model
from tests.simulation.test_ledger_agrees import assert_agrees

RATES = ("0.002", "0.005", "0.010", "0.015", "0.018", "0.020")
STEPS = [(date(2017 + place, 3, 17), Fraction(rate)) for place, rate in enumerate(RATES)]
SHEET = """
name = "step-up"
[principal]
issue_date = 2017-03-17
maturity_date = 2023-03-17
issue_size = 30_000_000_000
denomination = 100
currency = "CNY"
business_days = "weekdays"
trading_days = "weekdays"
[interest]
rate = [[2017-03-17, "0.2%"], [2018-03-17, "0.5%"], [2019-03-17, "1.0%"], [2020-03-17, "1.5%"], [2021-03-17, "1.8%"], [2022-03-17, "2.0%"]]
day_count = "act/act-icma"
record_days = 1
"""  # noqa: E501
NOTE = cn.loads(SHEET)
BY_DAYS = cn.loads(SHEET.replace("act/act-icma", "act/365f"))


def stepped(note, *rates):
    """The note with these rates in turn, each from a payment date of its own."""
    ends = [note.issue_date, *(coupon.payment_date for coupon in note.interest.coupons()[:-1])]
    return dataclasses.replace(note, interest=dataclasses.replace(note.interest, rate=list(zip(ends, rates, strict=False))))


def test_stp1_each_year_pays_its_own_rate():
    amounts = [Decimal(amount) for amount in ("0.2", "0.5", "1.0", "1.5", "1.8", "2.0")]
    assert [coupon.amount for coupon in NOTE.interest.coupons()] == amounts
    rows = [row for row in cn.schedule(NOTE) if row.kind == "coupon"]
    assert [row.amount for row in rows] == amounts
    assert rows[2].text == "interest from 2019-03-17, 366 days at 1%"


def test_stp1_two_hundred_days_of_the_third_year():
    on = date(2019, 3, 17) + timedelta(days=200)
    assert round(BY_DAYS.interest.accrued(on), 6) == Decimal("0.547945")
    assert Fraction(BY_DAYS.interest.between(Fraction(100), *map(day, ("2019-03-17", on)))) == Fraction(200, 365)
    assert BY_DAYS.interest.accrued(np.datetime64(on)) == pytest.approx(200 / 365)


def day(on):
    return int(cn.calendars.day_number(on))


def test_stp1_every_day_and_any_two_days_agree_with_the_oracle():
    random, interest = Random(11), BY_DAYS.interest
    for _ in range(40):
        start, end = sorted(date(2017, 3, 17) + timedelta(days=random.randrange(2192)) for _ in range(2))
        expected = not_flat.interest_by_day(STEPS, start, end, 30_000)
        assert interest.between(Fraction(30_000), day(start), day(end)) == expected
        assert sum(30_000 * Fraction(rate) * days / year for rate, days, year in interest.legs(day(start), day(end))) == expected
        many = interest.between(np.float64(30_000), np.array([day(start)]), np.array([day(end)]))
        assert many == pytest.approx([float(expected)])
    days = np.arange("2017-03-17", "2023-03-18", dtype="datetime64[D]")
    exact = [float(interest.accrued(on)) for on in days.tolist()]
    assert BY_DAYS.floats.interest.accrued(days) == pytest.approx(exact)


def test_stp1_the_ledger_multiplies_the_rate_of_the_year_and_cites_the_rule():
    history = cn.MarketHistory(dates=["2017-03-01", "2023-03-17"], closes=[4, 4], currency="CNY")
    ledger = cn.replay(BY_DAYS, history)
    coupons = ledger.of_kind("coupon")
    assert [entry.cash for entry in coupons] == [
        Decimal(each) for each in ("60000000.00", "150000000.00", "300821917.81", "450000000.00", "540000000.00", "600000000.00")
    ]
    assert "30,000,000,000 x 0.01 x 366/365 = 300,821,917.81" in coupons[2].text
    assert all("STP-1" in entry.rules for entry in coupons)
    assert "STP-1" not in cn.replay(PEACS, cn.scenario("as-it-was")).of_kind("coupon")[0].rules


def test_stp1_a_missed_coupon_runs_on_at_the_rate_of_each_day():
    missed = cn.MissedPayment("2019-03-17", "interest")
    history = cn.MarketHistory(dates=["2017-03-01", "2023-03-17"], closes=[4, 4], currency="CNY")
    terms = dataclasses.replace(BY_DAYS, default=cn.load("afv-2003").default or PEACS.default)
    ledger = cn.replay(terms, history, events=[missed, cn.Cure("2019-05-01", "interest")], until="2019-06-01")
    late = ledger.of_kind("late-interest")[0]
    assert (late.cash, "x 0.005 x 365/365" in late.text) == (Decimal("150000000.00"), True)


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ([["2017-03-18", "0.002"]], "needed from the issue date, 2017-03-17"),
        ([["2017-03-17", "0.002"], ["2018-03-18", "0.005"]], "2018-03-18 is not one"),
        ([["2017-03-17", "0.002"], ["2023-03-17", "0.005"]], "2023-03-17 is not one"),
        ([["2017-03-17", "0.002"], ["2017-03-17", "0.005"]], "ascending order"),
        ([["2017-03-17", "0.002"], ["2018-03-17", 2]], "0.02"),
        ([["2017-03-17"]], "pairs"),
        ([], "pairs"),
    ],
)
def test_stp1_a_rate_that_changes_between_payment_dates_is_refused(rate, said):
    with pytest.raises(cn.TermsError, match=r"interest\.rate") as error:
        dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, rate=rate))
    assert said in str(error.value)


def test_stp1_the_sheet_says_it_and_reads_it_back():
    line = "rate = [[2017-03-17, 0.002], [2018-03-17, 0.005], [2019-03-17, 0.010], [2020-03-17, 0.015], [2021-03-17, 0.018], [2022-03-17, 0.020]]"  # noqa: E501
    text = cn.dumps(NOTE)
    assert cn.loads(text) == NOTE
    assert line.replace("0.010", "0.01").replace("0.020", "0.02") in text
    coupon = next(row for row in NOTE.summary().rows if row[0] == "coupon")
    assert coupon[1].startswith("0.2% from 2017-03-17, 0.5% from 2018-03-17, 1% from")


def test_stp1_one_step_is_the_flat_rate():
    one = stepped(PEACS, "0.06875")
    assert [coupon.amount for coupon in one.interest.coupons()] == [coupon.amount for coupon in PEACS.interest.coupons()]
    flat, same = (cn.replay(note, cn.scenario("as-it-was")) for note in (PEACS, one))
    assert [(entry.date, entry.cash, entry.text) for entry in flat] == [(entry.date, entry.cash, entry.text) for entry in same]


def test_stp1_whose_consent_a_change_of_the_steps_needs():
    judge = worse_if_any_lower("lower rate")
    old = rate_or_steps([["2017-03-17", "0.01"], ["2018-03-17", "0.02"]])
    lower = rate_or_steps([["2017-03-17", "0.01"], ["2018-03-17", "0.019"]])
    mixed = rate_or_steps([["2017-03-17", "0.02"], ["2018-03-17", "0.01"]])
    effects = [judge(*pair).effect for pair in ((old, lower), (lower, old), (old, mixed), (old, Decimal("0.02")))]
    assert effects == ["worse", "better", "depends", "better"]
    changed = stepped(PEACS, "0.06875", "0.07")
    assert [(each.setting, each.requirement.rule) for each in PEACS.amendments(changed)] == [("interest.rate", "AMD-1")]


def test_stp1_yields_name_the_day_whose_rate_they_take():
    with pytest.raises(cn.PricingError, match=r"a day is needed, as the rate changes: 0\.2% from 2017-03-17") as error:
        cn.analytics.current_yield(NOTE, "100")
    assert error.value.rule == "STP-1"
    assert cn.analytics.current_yield(NOTE, "100", on="2019-10-03") == Decimal("0.01")
    days = np.array(["2019-10-03", "2023-03-16"], "datetime64[D]")
    assert cn.analytics.current_yield(NOTE, "100", on=days).tolist() == [0.01, 0.02]
    with_price = dataclasses.replace(NOTE, conversion=cn.provisions.Conversion(price="4.36"))
    years = cn.analytics.break_even_years(with_price, "110", "4.36", conversion_price="4.36", on="2019-10-03")
    assert years == Decimal(10)  # 10 above parity, earned back at 1 a year


def test_stp1_the_yield_to_maturity_discounts_each_coupon_at_its_own_rate():
    y = float(cn.analytics.yield_to_maturity(NOTE, 100, "2017-03-17"))
    amounts = [0.2, 0.5, 1.0, 1.5, 1.8, 102.0]
    assert sum(amount / (1 + y) ** (place + 1) for place, amount in enumerate(amounts)) == pytest.approx(100)


def test_stp1_the_title_may_name_any_of_the_rates():
    assert [found for found in named("1% Convertible Bonds due 2023") if found.rule == "ID-1"] == []
    (found,) = [found for found in named("3% Convertible Bonds due 2023") if found.rule == "ID-1"]
    assert found.message.startswith("the title says 3%, the rate is 0.2% from 2017-03-17, 0.5% from")


def named(title):
    return dataclasses.replace(NOTE, identity={"title": title}).check()


def test_stp1_an_amendment_within_a_period_splits_it_at_the_rates_of_both_terms():
    note = stepped(PEACS, "0.06", "0.07", "0.08")
    cheaper = stepped(PEACS, "0.06", "0.05", "0.08")
    history = cn.scenario("as-it-was")
    ledger = cn.replay(note, history, events=[cn.Amendment("2001-08-15", cheaper)], until="2002-02-19")
    coupon = ledger.of_kind("coupon")[-1]
    # 16 February to 16 August 2001 is 181 days, to 16 February 2002 another 184
    assert "690,000,000 x 0.07 x 181/365 + 690,000,000 x 0.05 x 184/365" in coupon.text
    assert coupon.cash == round(690_000_000 * (Fraction(7, 100) * 181 + Fraction(5, 100) * 184) / 365, 2)


def test_stp1_simulated_paths_agree_with_their_ledgers_to_the_cent():
    outcomes = cn.simulate(stepped(PEACS, "0.06875", "0.03", "0.09", "0.0125"), peacs_model(change_rate=0.1), paths=20, seed=3)
    assert len(assert_agrees(outcomes, range(20))) >= 3
    for seed in range(12):
        note, model, policy, principal = a_case(seed)
        if note.interest.frequency and note.interest.coupons():
            note = stepped(note, "0.01", "0.05", "0.02", "0.07")
            assert_agrees(cn.simulate(note, model, paths=4, seed=seed, policy=policy, principal=principal), range(4))


def test_stp1_a_price_without_options_is_the_sum_of_its_coupons_discounted():
    note = dataclasses.replace(NOTE, conversion=None)
    model = cn.Lognormal(as_of="2017-03-17", spot=4, volatility=0.3, rate=0.03)
    value = cn.price(note, model).price
    days = [(date(2018 + place, 3, 17) - date(2017, 3, 17)).days for place in range(6)]
    assert value == pytest.approx(
        sum(amount * np.exp(-0.03 * each / 365) for amount, each in zip((0.2, 0.5, 1.0, 1.5, 1.8, 102.0), days, strict=True)),
        rel=2e-4,
    )
