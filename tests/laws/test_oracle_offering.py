"""Section 9, payments, contribution and lock-up agree with their slow twins, over any syndicate and any default set."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote import testing
from tests.oracles import offering as oracle

OFFERING = cn.offering("amazon-peacs-2010")
NOTE = 1_000
CASES = testing.syndicates().flatmap(lambda each: st.tuples(st.just(each), testing.default_sets(each)))


def allocated(offering, case):
    return offering.allocate(case.defaults, case.proportions, case.consents)


@given(CASES)
def test_section_nine_agrees(case):
    offering, asked = case
    found = allocated(offering, asked)
    schedule = {name: int(amount) for name, amount in offering.underwriters.items()}
    expected = oracle.section_nine(schedule, asked.defaults, NOTE, asked.proportions, asked.consents)
    assert found.terminates == expected["ends"]
    assert (found.take_up, list(found.needs_consent)) == (expected["taken"], expected["asked"])
    assert (found.unplaced, found.purchased) == (expected["left"], expected["bought"])


@given(CASES)
def test_an_allocation_adds_up(case):
    offering, asked = case
    found = allocated(offering, asked)
    assert sum(found.take_up.values()) + found.unplaced == found.defaulted == sum(asked.defaults.values())
    assert all(each % NOTE == 0 for each in found.take_up.values())
    assert list(found.limits) == [name for name in offering.underwriters if not asked.defaults.get(name)]
    if found.terminates:
        assert 10 * found.defaulted > offering.amount and found.purchased == {}
        return
    assert 10 * found.defaulted <= offering.amount
    assert sum(found.purchased.values()) == offering.amount - found.unplaced
    assert bool(found.warnings) == bool(found.unplaced)
    for name, more in found.take_up.items():
        if asked.consents is not None and name not in asked.consents:
            assert 9 * more <= offering.underwriters[name]
    if asked.consents is None and found.take_up:
        assert found.unplaced == 0


@given(CASES, st.randoms())
def test_the_order_of_names_matters_only_for_ties(case, random):
    offering, asked = case
    names = list(offering.underwriters)
    random.shuffle(names)
    turned = dataclasses.replace(offering, underwriters={name: offering.underwriters[name] for name in names})
    one, other = allocated(offering, asked), allocated(turned, asked)
    assert (one.terminates, one.defaulted, one.shares, one.limits) == (
        other.terminates, other.defaulted, other.shares, other.limits,
    )  # fmt: skip
    remainders = [Fraction(share) % NOTE for share in one.shares.values()]
    if len(set(remainders)) == len(remainders):
        assert (one.take_up, one.unplaced) == (other.take_up, other.unplaced)


def test_default_sets_reach_both_sides_of_every_boundary():
    reached = dict.fromkeys(("ends", "tenth", "consent", "ninth", "refused", "nobody", "weights"), 0)

    @given(CASES)
    def look(case):
        offering, asked = case
        found = allocated(offering, asked)
        reached["ends"] += found.terminates
        reached["tenth"] += 10 * found.defaulted == offering.amount
        reached["consent"] += bool(found.needs_consent)
        reached["ninth"] += any(9 * Fraction(taken) == offering.underwriters[name] for name, taken in found.take_up.items())
        reached["refused"] += bool(found.take_up) and found.unplaced > 0
        reached["nobody"] += not found.terminates and not found.take_up
        reached["weights"] += asked.proportions is not None

    for _ in range(5):
        look()
    assert {name for name, times in reached.items() if times} >= {"ends", "consent", "refused", "weights"}, reached


@pytest.mark.parametrize("late", range(-5, 8))
def test_what_is_paid_agrees_on_every_day_of_closing(late):
    closing = date(2000, 2, 16) + timedelta(days=late)
    bought = OFFERING.purchase(closing, after_default=True)
    for name, principal in OFFERING.underwriters.items():
        one = OFFERING.purchase(closing.isoformat(), underwriter=name, after_default=late > 0)
        price, interest = oracle.paid(int(principal), closing)
        assert (one.principal, one.price, one.accrued, one.total) == (principal, price, interest, price + interest)
        assert bought.payments[name] == (principal, price, interest, price + interest)
    assert bought.total == sum(sum(oracle.paid(int(each), closing)) for each in OFFERING.underwriters.values())
    assert (bought.closing, bought.principal, bought.total) == (closing, 690_000_000, bought.price + bought.accrued)


@given(CASES, st.integers(0, 10**9), st.integers(0, 40))
def test_a_loss_is_borne_as_the_slow_twin_says(case, loss, damages):
    offering, asked = case
    otherwise = {
        name: offering.underwriters[name] - damages for name in offering.underwriters if offering.underwriters[name] > damages
    }
    allocation = allocated(offering, asked)
    if allocation.terminates:
        with pytest.raises(cn.TermsError):
            offering.contribution(loss, otherwise, allocation)
        return
    found = offering.contribution(loss, otherwise, allocation)
    bought = {name: int(each) for name, each in allocation.purchased.items()}
    company, underwriters, left = oracle.borne(Fraction(loss), bought, {name: Fraction(each) for name, each in otherwise.items()})
    assert close(found.company, company) and close(found.uncovered, left)
    assert all(close(found.underwriters[name], each) for name, each in underwriters.items())


def close(left, right):
    return abs(Fraction(left) - right) < Fraction(1, 10**20)


def test_the_lock_up_agrees_day_by_day():
    random = Random(5)
    for _ in range(300):
        supplement = date(1995, 1, 1) + timedelta(days=random.randrange(12_000))
        lock_up = dataclasses.replace(OFFERING, prospectus_date=supplement).lock_up
        for shift in (-1, 0, 1, 2, 45, 89, 90, 91, 92):
            on = supplement + timedelta(days=shift)
            assert lock_up.allows("sale", on) is not oracle.locked(on, supplement)
        assert lock_up.first_free_day == supplement + timedelta(days=91)
