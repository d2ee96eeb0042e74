"""Puts that holders may elect before they are called for less: the call does not take the put away (PUT-2)."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest

import convnote as cn
from convnote.pricing.many import price_many
from convnote.pricing.straight import Straight
from convnote.provisions import Conversion, Put, Redemption
from tests.made import made

ISSUED, PUT_ON, CALLED_FROM = "2024-02-29", "2027-02-26", "2027-03-01"
RATE, HAZARD, RECOVERY = 0.01, 0.015, 0.4


def a_note(*, notice: tuple[int, int], elected: tuple[int, int], coupons: int = 0) -> cn.ConvertibleNote:
    """A straight note, put at 101 on a Friday and called at par from the Monday after."""
    return made(
        ISSUED,
        "2029-02-28",
        frequency=coupons,
        rate="0.02",
        redemption=Redemption(prices=[[CALLED_FROM, 1]], notice_at_least=notice[0], notice_at_most=notice[1]),
        put=Put(prices=[[PUT_ON, "1.01"]], notice_at_least=elected[0], notice_at_most=elected[1]),
    )


def market(spot: float = 50.0) -> cn.Lognormal:
    return cn.Lognormal(
        as_of=ISSUED, spot=spot, volatility=0.3, rate=RATE, hazard_rate=HAZARD, recovery=RECOVERY, day_count="act/365f"
    )


def paid(amount: float, on: str, coupons: tuple[tuple[str, float], ...] = ()) -> float:
    """The value of payments and of what is recovered at a default before the last of them, by hand."""
    both = RATE + HAZARD
    years = (cn.calendars.day_number(on) - cn.calendars.day_number(ISSUED)) / 365
    found = amount * exp(-both * years) + RECOVERY * 1000 * HAZARD / both * (1 - exp(-both * years))
    for day, coupon in coupons:
        found += coupon * exp(-both * (cn.calendars.day_number(day) - cn.calendars.day_number(ISSUED)) / 365)
    return float(found)


@pytest.mark.parametrize(
    ("notice", "elected", "is_put"),
    [
        ((30, 60), (0, 60), True),  # elected before the first notice
        ((30, 60), (0, 40), False),  # called before the first election
        ((30, 60), (50, 57), True),  # elected while that is possible, though the Company could call later
        ((30, 60), (50, 55), False),
        ((60, 60), (0, 57), True),  # elected on the day of the notice, 57 days before the put
        ((60, 60), (0, 56), False),
    ],
)
def test_put2_holders_elect_before_they_are_called_for_less(
    notice: tuple[int, int], elected: tuple[int, int], is_put: bool
) -> None:
    value = cn.price(a_note(notice=notice, elected=elected), market())
    assert value.price == pytest.approx(paid(1010, PUT_ON) if is_put else paid(1000, CALLED_FROM), abs=2e-3)


def converting(note: cn.ConvertibleNote) -> cn.ConvertibleNote:
    return replace(note, conversion=Conversion(price=50))


@pytest.mark.parametrize("notice", [(30, 60), (0, 0)])
@pytest.mark.parametrize("spot", [2.0, 30.0, 45.0])
def test_put2_a_further_call_lowers_the_value_and_never_below_the_elected_put(notice: tuple[int, int], spot: float) -> None:
    note = converting(a_note(notice=notice, elected=(0, 60)))
    value, free = cn.price(note, market(spot)), cn.price(replace(note, redemption=None), market(spot))
    late = cn.price(converting(a_note(notice=notice, elected=(0, 0))), market(spot))
    assert paid(1010, PUT_ON) - 2e-3 <= value.price <= free.price + 1e-3
    assert late.price <= value.price + 1e-3


def test_put2_an_election_that_must_come_early_gives_up_conversion_from_then_on() -> None:
    """Without a call: a put 60 days ahead is worth what a put of its discounted amount on the day of the election is."""
    early = replace(converting(a_note(notice=(30, 60), elected=(60, 60))), redemption=None)
    on = cn.calendars.to_date(cn.calendars.day_number(PUT_ON) - 60)
    both, years = RATE + HAZARD, 60 / 365
    amount = 1010 * exp(-both * years) + RECOVERY * 1000 * HAZARD / both * (1 - exp(-both * years))
    same = replace(early, put=Put(prices=[[on, str(round(amount / 1000, 9))]]))
    for spot in (20.0, 45.0):
        value = cn.price(early, market(spot))
        assert value.price == pytest.approx(cn.price(same, market(spot)).price, abs=1e-3)
        assert value.price < cn.price(replace(early, put=replace(early.put, notice_at_least=0)), market(spot)).price + 1e-6


def test_put2_the_floor_without_conversion_and_sensitivities_know_the_election() -> None:
    note = converting(a_note(notice=(30, 60), elected=(0, 60)))
    value, step = cn.price(note, market(30.0)), 1e-4
    up, down = (cn.price(note, replace(market(30.0), rate=RATE + each)) for each in (step, -step))
    assert value.rho == pytest.approx((up.price - down.price) / (2 * step), rel=2e-3)
    straight = replace(note, conversion=None)
    assert value.bond_floor == pytest.approx(cn.price(replace(straight, redemption=None), market(30.0)).price, abs=1e-6)


def test_put2_many_markets_at_once_are_those_of_one() -> None:
    note = converting(a_note(notice=(0, 0), elected=(0, 60)))
    spots = (2.0, 30.0, 45.0)
    prices, *_ = price_many(note, [market(each) for each in spots])
    assert prices == pytest.approx([cn.price(note, market(each)).price for each in spots], abs=2e-3)


@pytest.mark.parametrize(("elected", "is_put"), [((0, 60), True), ((0, 40), False)])
def test_put2_what_is_left_after_a_withdrawal_is_put_first_too(elected: tuple[int, int], is_put: bool) -> None:
    problem = cn.price(converting(a_note(notice=(30, 60), elected=elected)), market()).problem
    left = Straight(problem).value(float(cn.calendars.day_number(ISSUED)))
    assert left == pytest.approx(paid(1010, PUT_ON) if is_put else paid(1000, CALLED_FROM), abs=1e-6)
