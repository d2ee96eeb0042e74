"""Laws of who holds the Notes: the order of holders, how many there are, transfers and amendments that end where they began."""

import dataclasses
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import currently_in_test_context, given, note
from hypothesis import strategies as st

import convnote as cn

from .asked import any_day
from .histories import ISSUE_SIZE, NOTE, a_history, counted, until_allowed

#: Events of one holder, the others are of all.
OF_HOLDERS = (cn.Convert, cn.RepurchaseElection, cn.RepurchaseElectionWithdrawal)
FIXED = range(30)
SEEDS = st.integers(len(FIXED), 10**9)
#: Entries that a transfer or an amendment adds itself.
SAID = ("transfer", "amendment")
#: Rounded once for each position: half a cent, and the other half of whom it is compared with.
CENT = Fraction(1, 100)


def over_seeds(law, *wanted):
    reached = Counter()
    for seed in FIXED:
        reached.update(law(seed) or ())
    assert not {kind for kind in wanted if not reached[kind]}, reached

    @given(SEEDS)
    def holds(seed):
        law(seed)

    holds()


def named(history):
    """Positions and events of a history in which every holder has a name: the issue as one position is A."""
    if history.holders:
        return history.holders, list(history.events)
    events = [dataclasses.replace(each, holder="A") if isinstance(each, OF_HOLDERS) else each for each in history.events]
    return {"A": ISSUE_SIZE}, events


def play(history, events, holders, **more):
    if currently_in_test_context():
        note(f"{holders} {events}")
    return cn.replay(NOTE, history.course, events=events, positions=holders, **more)


def entries(ledger, *left_out):
    """What happened, in an order that no order of holders decides."""
    found = [(e.date, e.kind, e.holder or "", e.principal, e.cash, e.shares, e.rules) for e in ledger if e.kind not in left_out]
    return sorted(found)


def in_one(position):
    """A position with what was paid on it on one day in one amount."""
    paid = Counter()
    for day, amount in position.payments:
        paid[day] += amount
    return dataclasses.replace(position, payments=tuple(sorted(paid.items())))


def totals(ledger, *left_out):
    """Principal, cash, shares and number of entries, by day and kind."""
    found = {}
    for e in ledger:
        if e.kind not in left_out:
            principal, cash, shares, count = found.get((e.date, e.kind), (0, 0, 0, 0))
            found[e.date, e.kind] = principal + e.principal, cash + e.cash, shares + e.shares, count + 1
    return found


def a_free_day(random, events):
    """A day on which nothing is recorded or counts."""
    taken = {each.on for each in events} | {counted(each) for each in events}
    return next(day for day in (any_day(random) for _ in range(1000)) if day not in taken)


def test_the_order_of_the_positions_never_matters():
    def law(seed):
        history = a_history(seed)
        holders, events = named(history)
        policy = cn.Policy() if seed % 3 == 0 else None
        first = {"B": 1000 * (1 + seed % 7), "A": 230_000_000 - 1000, "C": 0}
        first["C"] = ISSUE_SIZE - sum(first.values())
        if len(holders) == 1:  # three holders; what one does is what one of them does, as far as it can
            holders = first
        turned = dict(reversed(list(holders.items())))
        if policy:
            events = []
            holders, turned = first, dict(reversed(list(first.items())))
        events, [one] = until_allowed(events, history.course, positions=holders)
        two = play(history, events, turned, policy=policy)
        one = play(history, events, holders, policy=policy)
        assert entries(one) == entries(two)
        assert dict(one.state.positions) == dict(two.state.positions)
        return [entry.kind for entry in one]

    over_seeds(law, "redemption-notice", "redemption", "conversion", "late-interest", "repurchase", "make-whole")


@pytest.mark.parametrize(("selection", "seed"), [("lot", 3), ("pro-rata", 0)])
def test_a_part_call_draws_the_same_notes_whoever_is_named_first(selection, seed):
    # 500,000 of three equal positions of 300,000: pro rata 166,666.67 each, so that two of the three get one Note more.
    terms = dataclasses.replace(
        NOTE,
        principal=dataclasses.replace(NOTE.principal, issue_size=900_000, certificates={}),
        redemption=dataclasses.replace(NOTE.redemption, selection=selection),
    )
    course = a_history(0).course
    call = cn.RedemptionNotice("2003-03-03", "2003-04-02", 500_000, seed=seed)
    paid = []
    for names in ("ABC", "CBA", "BCA"):
        ledger = cn.replay(terms, course, events=[call], positions=dict.fromkeys(names, 300_000), until="2003-05-01")
        paid.append({entry.holder: entry.principal for entry in ledger.of_kind("redemption")})
    assert paid[0] == paid[1] == paid[2]
    assert sum(paid[0].values()) == 500_000
    if selection == "pro-rata":
        assert paid[0] == {"A": 167_000, "B": 167_000, "C": 166_000}


def test_one_position_or_many_are_paid_the_same_but_for_rounding():
    def law(seed):
        history, random = a_history(seed), Random(seed)
        mine = [each for each in history.events if not isinstance(each, OF_HOLDERS)]
        mine, [one] = until_allowed(mine, history.course)
        cuts = sorted(random.sample(range(1, ISSUE_SIZE // 1000), random.randint(1, 6)))
        sizes = [1000 * (b - a) for a, b in zip([0, *cuts], [*cuts, ISSUE_SIZE // 1000], strict=True)]
        many = play(history, mine, {f"H{number}": size for number, size in enumerate(sizes)})
        whole, parts = totals(one), totals(many)
        assert whole.keys() == parts.keys()
        for key, (principal, cash, shares, _) in whole.items():
            assert parts[key][0] == principal and parts[key][2] == shares
            assert abs(Fraction(parts[key][1]) - Fraction(cash)) <= CENT / 2 * (parts[key][3] + 1), key
        return [kind for _, kind in whole]

    over_seeds(law, "coupon", "late-interest", "redemption", "make-whole", "maturity", "default", "accelerated")


def test_whoever_buys_all_that_a_holder_has_goes_on_as_the_holder_would_have():
    def law(seed):
        history, random = a_history(seed), Random(seed)
        holders, events = named(history)
        day = a_free_day(random, events)
        # So often in the record window, where the coupon stays with the seller.
        if random.random() < 0.3:
            windows = [date(year, 2, number) for year in range(2001, 2011) for number in range(2, 16)]
            free = set(windows) - {each.on for each in events} - {counted(each) for each in events}
            day = random.choice(sorted(free))
        kept = cn.replay(NOTE, history.course, events=events, positions=holders)
        left = history.play(until=day).state
        held = left.positions["A" if history.holders else "issue"].outstanding
        if left.status.is_final or not held:
            return ()
        later = [
            dataclasses.replace(each, holder="A2")
            if isinstance(each, OF_HOLDERS) and each.holder == "A" and counted(each) > day
            else each
            for each in events
        ]
        sold = play(history, [*later, cn.Transfer(day, held, holder="A", to="A2")], holders)
        before, after = totals(kept), totals(sold, "transfer")
        assert before.keys() == after.keys()
        for key, (principal, cash, shares, _) in before.items():
            assert (after[key][0], after[key][2]) == (principal, shares), key
            assert abs(Fraction(after[key][1]) - Fraction(cash)) <= CENT * after[key][3], key
        return [entry.kind for entry in sold if entry.holder == "A2"]

    over_seeds(law, "coupon", "conversion", "late-interest", "interest-paid-in", "redemption", "repurchase", "maturity")


def test_a_transfer_there_and_back_changes_nothing():
    def law(seed):
        history, random = a_history(seed), Random(seed)
        holders, events = named(history)
        day = a_free_day(random, events)
        before = history.play(until=day).state
        held = before.positions["A" if history.holders else "issue"]
        most = held.free if random.random() < 0.5 else held.outstanding
        if before.status.is_final or not most:
            return ()
        some = most if random.random() < 0.3 else 1000 * random.randint(1, int(most // 1000))
        there, back = cn.Transfer(day, some, holder="A", to="T"), cn.Transfer(day, some, holder="T", to="A")
        kept = play(history, events, holders)
        sold = play(history, [*events, there, back], holders)
        assert entries(sold, "transfer") == entries(kept)
        assert {name: in_one(sold.state.positions[name]) for name in holders} == {
            name: in_one(position) for name, position in kept.state.positions.items()
        }
        return [entry.kind for entry in kept if entry.date > day]

    over_seeds(law, "coupon", "conversion", "late-interest", "redemption", "repurchase", "make-whole")


def test_an_amendment_that_changes_nothing_of_what_is_paid_changes_no_payment():
    majority = dataclasses.replace(NOTE, consent=dataclasses.replace(NOTE.consent, majority="0.6"))
    # The principal amended: interest is counted in two pieces from then on, at the one rate.
    pieces = dataclasses.replace(NOTE, principal=dataclasses.replace(NOTE.principal, transferred_first="committed"))

    def law(seed):
        history, random = a_history(seed), Random(seed)
        day = a_free_day(random, history.events)
        if day >= NOTE.maturity_date - timedelta(days=1) or history.play(until=day).state.status.is_final:
            return ()
        with pytest.raises(cn.LifecycleError, match=r"LIF-4.*already in force"):
            history.play([*history.events, cn.Amendment(day, NOTE)])
        for agreed in (majority, pieces):
            amended = history.play([*history.events, cn.Amendment(day, agreed)])
            assert entries(amended, "amendment") == entries(history.ledger)
            assert dict(amended.state.positions) == dict(history.ledger.state.positions)
        return [entry.kind for entry in history.ledger if entry.date > day]

    over_seeds(law, "coupon", "conversion", "late-interest", "redemption", "repurchase", "make-whole", "maturity")
