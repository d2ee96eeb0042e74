"""STP-2: one payment at maturity with the last coupon in it. China Everbright 2023: 0.2 0.5 1.0 1.5 1.8, then 105 and not 107."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.policies.deadlines import maturity_amount
from tests.simulation.cases import PEACS, a_case, peacs_model
from tests.simulation.test_ledger_agrees import assert_agrees

from .test_stp1_steps import BY_DAYS, NOTE

HISTORY = cn.MarketHistory(dates=["2017-03-01", "2023-03-17"], closes=[4, 4], currency="CNY")


def including(note, price="1.05", said=True):
    principal = dataclasses.replace(note.principal, maturity_price=price, maturity_includes_interest=said)
    return dataclasses.replace(note, principal=principal)


ONE = including(NOTE)
IN_DEFAULT = dataclasses.replace(including(BY_DAYS), default=PEACS.default)


def test_stp2_the_schedule_pays_105_and_no_coupon_beside_it():
    paid = [(str(row.date), str(row.kind), row.amount) for row in cn.schedule(ONE) if row.amount is not None]
    amounts = [Decimal(amount) for amount in ("0.2", "0.5", "1.0", "1.5", "1.8", "105")]
    assert [amount for _, _, amount in paid] == amounts
    assert paid[-1] == ("2023-03-17", "maturity", 105)
    assert "2023-03-16" not in {str(row.date) for row in cn.schedule(ONE)}  # nor a record date for it
    assert cn.schedule(ONE)[-1].text == "the principal is due, interest from 2022-03-17 included"
    apart = [row.amount for row in cn.schedule(including(NOTE, said=False)) if row.amount is not None]
    assert apart == [*amounts[:-1], 2, 105]


def test_stp2_the_ledger_pays_once_and_cites_the_rule():
    ledger = cn.replay(ONE, HISTORY)
    last = ledger.of_kind("maturity")[0]
    assert (last.cash, last.rules) == (Decimal("31500000000.00"), ("PRN-1", "STP-2", "INT-7"))
    assert "30,000,000,000 at 105% = 31,500,000,000.00" in last.text
    assert len(ledger.of_kind("coupon")) == 5
    # 5 per 100 from the coupons, 105 at maturity
    assert ledger.total() == 30_000_000_000 * Fraction(110, 100)


def test_stp2_interest_still_accrues_in_the_last_period_and_a_call_pays_it():
    assert ONE.interest.accrued("2022-09-17") == pytest.approx(Decimal(2 * 184) / 365)
    assert ONE.interest.accrued(np.array(["2022-09-17", "2023-03-17"], "datetime64[D]")) == pytest.approx([2 * 184 / 365, 2])
    called = dataclasses.replace(ONE, redemption=cn.provisions.Redemption(prices=[["2018-03-17", 1]], notice_at_least=0))
    ledger = cn.replay(called, HISTORY, events=[cn.RedemptionNotice("2022-09-01", "2022-09-19")])
    assert ledger.of_kind("redemption")[0].cash == round(30_000_000_000 * (1 + Fraction(2, 100) * 186 / 365), 2)


def test_stp2_what_is_paid_late_bears_interest_from_maturity_only():
    events = [cn.MissedPayment("2023-03-17", "principal"), cn.Cure("2023-03-27", "principal")]
    paid = cn.replay(IN_DEFAULT, HISTORY, events=events).of_kind("maturity")[0]
    # 31,500,000,000 + 30,000,000,000 x 2% x 10 / 365
    assert paid.cash == Decimal("31516438356.16")
    assert "interest accrued from 2023-03-17 of 16,438,356.164384 (30,000,000,000 x 0.02 x 10/365)" in paid.text


@pytest.mark.parametrize(
    ("accelerated", "paid_on", "interest"),
    [
        ("2022-05-02", "2022-06-01", 0),
        ("2021-05-03", "2021-06-01", Fraction(18, 1000) * 76 / 365),  # from 17 March 2021, at 1.8%
    ],
)
def test_stp2_after_an_acceleration_the_interest_of_the_last_period_is_in_the_price(accelerated, paid_on, interest):
    missed = "2021-03-17" if accelerated < "2022" else "2022-03-17"
    events = [
        cn.MissedPayment(missed),
        cn.Acceleration(accelerated),
        cn.Cure(accelerated[:-1] + "9", "interest"),
        cn.Cure(paid_on, "principal"),
    ]
    ledger = cn.replay(IN_DEFAULT, HISTORY, events=events)
    paid = ledger.of_kind("accelerated")[0]
    assert paid.cash == round(30_000_000_000 * (Fraction(105, 100) + interest), 2)
    assert "STP-2" in paid.rules
    told = ledger.of_kind("acceleration")[0].text
    # the coupon that was missed, and of the period since it only what is not in the price
    coupon = (
        "30,000,000,000 x 0.018 x 365/365"
        if not interest
        else "30,000,000,000 x 0.015 x 365/365 + 30,000,000,000 x 0.018 x 47/365"
    )
    assert f"({coupon}); unpaid" in told


def test_stp2_a_holder_who_forgoes_the_last_coupon_at_maturity_forgoes_nothing_beside_the_price():
    terms = dataclasses.replace(ONE, conversion=cn.provisions.Conversion(price="4", accrued="forgo"))
    convert = [cn.Convert("2023-03-17", 30_000_000_000)]
    paid = {note: cn.replay(note, HISTORY, events=convert) for note in (terms,)}[terms]
    assert paid.of_kind("conversion")[0].shares == 7_500_000_000
    assert [entry.kind for entry in paid if str(entry.date) == "2023-03-17"] == ["conversion"]
    assert maturity_amount(terms) == 105
    assert maturity_amount(including(terms, said=None)) == 107


def test_stp2_a_price_that_does_not_reach_par_and_the_last_interest_is_a_finding():
    assert [found for found in ONE.check() if found.rule == "STP-2"] == []
    (found,) = [found for found in including(NOTE, price="1.01").check() if found.rule == "STP-2"]
    assert found.message == "101 at maturity is less than 100 and the last interest, 2"


def test_stp2_the_sheet_says_it_and_holders_agree_to_it():
    assert "maturity_includes_interest = true  # STP-2" in cn.dumps(ONE)
    assert cn.loads(cn.dumps(ONE)) == ONE
    assert ("maturity", "2023-03-17, at 105%, the last interest included", "PRN-1") in ONE.summary().rows
    changed = including(PEACS, price=1)
    assert [(each.setting, each.requirement.rule) for each in PEACS.amendments(changed)] == [
        ("principal.maturity_includes_interest", "AMD-2")
    ]


def test_stp2_the_yield_to_maturity_counts_105_once():
    y = float(cn.analytics.yield_to_maturity(ONE, 100, "2017-03-17"))
    amounts = [0.2, 0.5, 1.0, 1.5, 1.8, 105.0]
    assert sum(amount / (1 + y) ** (place + 1) for place, amount in enumerate(amounts)) == pytest.approx(100)


def test_stp2_simulated_paths_agree_with_their_ledgers_to_the_cent():
    note = including(PEACS, price="1.08")
    outcomes = cn.simulate(note, peacs_model(change_rate=0.1), paths=20, seed=4)
    assert len(assert_agrees(outcomes, range(20))) >= 3
    for seed in range(12):
        note, model, policy, principal = a_case(seed)
        assert_agrees(cn.simulate(including(note), model, paths=4, seed=seed, policy=policy, principal=principal), range(4))


def test_stp2_a_price_without_options_discounts_105_once():
    model = cn.Lognormal(as_of="2017-03-17", spot=4, volatility=0.3, rate=0.03)
    days = [365, 730, 1096, 1461, 1826, 2191]
    amounts = (0.2, 0.5, 1.0, 1.5, 1.8, 105.0)
    expected = sum(amount * np.exp(-0.03 * each / 365) for amount, each in zip(amounts, days, strict=True))
    assert cn.price(dataclasses.replace(ONE, conversion=None), model).price == pytest.approx(expected, rel=2e-4)
