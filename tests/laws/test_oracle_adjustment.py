"""Anti-dilution agrees with its slow twin."""

import dataclasses
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

import convnote as cn
from convnote.calendars import day_number, to_date
from tests.lifecycle.walk import course
from tests.oracles import adjustment as oracle


def number(random, most=1000):
    return Fraction(random.randint(1, most * 100), random.choice((1, 7, 100)))


def test_every_formula_agrees(note):
    random, ours = Random(1), note.adjustment
    reached = {"unchanged by rights": 0, "unchanged by tender": 0, "no price": 0}
    for _ in range(1500):
        price, market = number(random), number(random)
        outstanding, some = random.randint(100, 10**6), random.randint(1, 99)
        paid = some * market * Fraction(random.randint(1, 200), 100)
        new, old = random.randint(1, 20), random.randint(1, 20)
        assert ours.split(price, new=new, old=old) == oracle.split(price, new, old)
        answer = ours.stock_dividend(price, shares=some, outstanding=outstanding)
        assert answer == oracle.stock_dividend(price, outstanding, some)
        answer = ours.rights_issue(price, shares=some, proceeds=paid, outstanding=outstanding, market_price=market)
        assert answer == oracle.rights(price, outstanding, some, paid, market)
        reached["unchanged by rights"] += answer == price
        answer = ours.tender_offer(price, shares=some, paid=paid, outstanding=outstanding, market_price=market)
        assert answer == oracle.tender(price, outstanding, some, paid, market)
        reached["unchanged by tender"] += answer == price
        worth = market * Fraction(random.randint(1, 120), 100)
        expected = oracle.spin_off(price, worth, market)
        factor = ours.spin_off_factor(value=worth, market_price=market)
        assert (None if factor is None else price * factor) == expected
        reached["no price"] += expected is None
        afterwards = ours.spin_off(price, value=worth, market_price=market, averaged="from-ex-date")
        assert afterwards == oracle.spin_off_afterwards(price, worth, market)
        if worth < market:
            assert ours.cash_dividend(price, cash=worth, market_price=market) == oracle.cash_dividend(price, worth, market)
    assert min(reached.values()) > 100, reached


def test_adj7_nothing_but_a_reverse_split_raises_the_price(note):
    random, raised = Random(2), 0
    for _ in range(500):
        price, market = number(random), number(random)
        outstanding, some = random.randint(100, 10**6), random.randint(1, 99)
        terms = {"shares": some, "outstanding": outstanding, "market_price": market}
        assert note.adjustment.tender_offer(price, paid=number(random), **terms) <= price
        assert note.adjustment.rights_issue(price, proceeds=number(random, 10**5), **terms) <= price
        assert note.adjustment.stock_dividend(price, shares=some, outstanding=outstanding) <= price
        raised += note.adjustment.split(price, new=1, old=1 + some) > price
    assert raised == 500


def test_adj7_small_changes_are_carried_forward_alike(note):
    random, carried, applied_late, exactly = Random(3), 0, 0, 0
    for _ in range(300):
        factors = [1 - Fraction(random.choice((1, 25, 50, 50, 99, 100, 250)), 10_000) for _ in range(12)]
        expected = oracle.carried_forward(Fraction(84883, 1000), factors)
        price, pending, change = Fraction(84883, 1000), Fraction(1), Fraction(0)
        for factor, in_force in zip(factors, expected, strict=True):
            before = change
            now, pending, change = note.adjustment.carried(pending, change, factor)
            price *= now
            assert price == in_force
            carried += now == 1
            applied_late += now not in (1, factor)
            exactly += before + (1 - factor) == Fraction(1, 100) and before > 0
    assert min(carried, applied_late, exactly) > 50


def test_rte2_rounding_agrees(note):
    random = Random(4)
    for _ in range(400):
        mode, of = random.choice(("half-up", "down", "up")), random.choice(("rate", "price"))
        unit = random.choice((Fraction(1, 10_000), Fraction(1, 1000), Fraction(1, 10), Fraction(1, 100)))
        price, factor = number(random, 90) + 1, Fraction(random.randint(50, 150), random.choice((100, 97)))
        if random.random() < 0.2:  # on the border itself, and on the half
            price, factor = unit * random.randint(10**4, 10**5) / 2, Fraction(1)
        if of == "rate":
            unit = unit / 100
        terms = dataclasses.replace(note.adjustment, rounding=unit, rounding_of=of, rounding_mode=mode)
        own = dataclasses.replace(note, adjustment=terms)
        assert own.adjustment.adjusted(price, factor) == oracle.price_after(price, factor, unit, mode, of)


@pytest.mark.parametrize("until", ["conversion", "yearly", "one-percent"])
def test_adj7_what_is_made_up_agrees_over_lives(note, until):
    """Small stock dividends, a conversion now and then and anniversaries on 16 February, each on a day of its own."""
    random = Random(until)
    for _ in range(25):
        own = dataclasses.replace(
            note,
            reset=None,
            withdrawal=None,
            adjustment=dataclasses.replace(note.adjustment, carry_until=until, dividend_threshold=0),
        )
        days = sorted(random.sample(range(20, 1500), 12))
        dated, events, made_up_on = [], [], {f"{year}-02-16" for year in range(2001, 2006)} if until != "one-percent" else set()
        for on in days:
            day = str(date(2000, 2, 17) + timedelta(days=on))
            if random.random() < 0.25:
                day = str(to_date(own.principal.banks.on_or_after(day_number(day))))
                events.append(cn.Convert(day, 1000))
                made_up_on |= {day} if until == "conversion" else set()
                dated.append((day, None))
            else:
                issued = random.choice((10, 30, 50, 100, 101))
                events.append(cn.StockDividend(day, issued, 10_000 - issued))
                dated.append((day, Fraction(10_000 - issued, 10_000)))
        dated += [(day, None) for day in made_up_on if "02-16" in day]
        dated.sort(key=lambda pair: (pair[0], pair[1] is None))
        ledger = cn.replay(own, course(50), events=events, until="2004-12-31")
        before = [pair for pair in dated if pair[0] <= "2004-12-31"]
        assert ledger.state.price == oracle.made_up(Fraction("104.947"), before, made_up_on)[-1]
