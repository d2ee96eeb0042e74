"""Laws of whole lives, over random histories of every kind of event: of principal, of cash, of time, of a split."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import day_number
from convnote.provisions import RULES
from convnote.replays.sentences import ENTRY_KINDS
from tests.oracles import interest

from .asked import any_day
from .histories import ISSUE_SIZE, NOTE, SESSIONS, a_history, counted, thousands, until_allowed

#: The histories that are lived every time: what a law must have reached, it reaches in these.
FIXED = range(30)
SEEDS = st.integers(len(FIXED), 10**9)
LAST = date(2014, 1, 1)  # after all that these histories do
#: By which entries principal goes, and what the state calls it.
WAYS = {
    "conversion": "converted",
    "redemption": "redeemed",
    "repurchase": "repurchased",
    "maturity": "matured",
    "accelerated": "accelerated",
    "default": "defaulted",
}


def over_histories(law):
    """Run a law over histories, some the same every time and some at random, and return what the former reached."""
    reached = Counter()
    for seed in FIXED:
        history = a_history(seed)
        reached.update(history.reached)
        law(history, Random(seed))

    @given(SEEDS)
    def holds(seed):
        history = a_history(seed)
        note(f"{history.holders} {history.events}")
        event(f"ends {history.ledger.state.status}")
        law(history, Random(seed))

    holds()
    return reached


def must_have(reached, *kinds):
    missing = set(kinds) - {kind for kind, count in reached.items() if count}
    assert not missing, (missing, reached)


def test_principal_issued_is_converted_redeemed_repurchased_matured_defaulted_or_outstanding():
    def law(history, random):
        ledger = history.ledger
        gone = Counter()
        for entry in ledger:
            gone[entry.kind] += entry.principal
        assert sum(gone.values()) + ledger.state.outstanding == ISSUE_SIZE
        assert {kind for kind, principal in gone.items() if principal} <= set(WAYS)
        for kind, way in WAYS.items():
            assert gone[kind] == ledger.state.retired.get(way, 0)
        # And at any time before, holder by holder.
        cut = any_day(random)
        then = history.play(until=cut)
        assert then.entries == tuple(entry for entry in ledger if entry.date <= cut)
        assert then.state.outstanding + sum(entry.principal for entry in then) == ISSUE_SIZE
        for name, held in (history.holders or {"issue": ISSUE_SIZE}).items():
            left = then.state.positions[name]
            assert held == left.outstanding + sum(Fraction(e.principal) for e in then if e.holder in (name, None))
            # What is called, elected or put is a part of what there is, as long as there is any.
            assert left.outstanding >= 0 and (then.state.status.is_final or left.committed <= left.outstanding)

    must_have(over_histories(law), *WAYS, "holders", "record", "reset", "coupon")


def test_a_replay_that_is_split_at_any_day_and_continued_is_the_same_replay():
    def law(history, random):
        whole = history.play(until=LAST)
        assert history.ledger.entries == whole.entries  # without a last day nothing recorded is left out
        cuts = [any_day(random), *(each.on for each in random.sample(history.events, min(1, len(history.events))))]
        for cut in cuts:
            before = [each for each in history.events if counted(each) <= cut]
            after = [each for each in history.events if counted(each) > cut]
            first = history.play(before, until=cut)
            second = history.play(after, state=first.state, positions=None, until=LAST)
            assert first.entries + second.entries == whole.entries
            assert second.state == whole.state
            assert str(first.state.on) == str(cut)

    must_have(
        over_histories(law), "conversion", "adjustment", "withdrawal", "redemption-notice", "missed-payment", "late-interest"
    )


def test_a_final_status_is_final():
    def law(history, random):
        last = [entry.date for entry in history.ledger if entry.principal]
        status = history.ledger.state.status
        if not status.is_final:
            assert history.ledger.state.outstanding > 0
            return
        end = history.play(until=last[-1])
        assert end.state.status is status
        assert end.state.outstanding == 0
        later = [entry for entry in history.ledger if entry.date > last[-1]]
        # What is still paid was owed before: a coupon of record, what was missed, a make-whole of a notice.
        owed = {"coupon", "late-interest", "make-whole", "missed-payment", "record", "interest-returned", "interest-paid-in"}
        assert {entry.kind for entry in later} <= owed
        assert all(entry.shares == 0 and entry.principal == 0 for entry in later)

    must_have(over_histories(law), "matured", "converted", "redeemed")


def test_entries_are_in_order_of_days_and_each_cites_rules_that_there_are():
    def law(history, random):
        days = [entry.date for entry in history.ledger]
        assert days == sorted(days)
        for entry in history.ledger:
            assert entry.rules and set(entry.rules) <= set(RULES)
            assert len(set(entry.rules)) == len(entry.rules)
            assert entry.kind in ENTRY_KINDS and entry.text.endswith(".")
            # Money moves on a Business Day, and by the first one from the day it is due (INT-6).
            if entry.cash:
                assert entry.payment_date == interest.payment_day(entry.date)
            else:
                assert entry.date <= entry.payment_date <= interest.payment_day(entry.date)
        text = history.ledger.explain()
        for rule in {rule for entry in history.ledger for rule in entry.rules}:
            assert f"\n{rule} " in text

    must_have(over_histories(law), "trigger-met", "withdrawal-notice", "fundamental-change", "repurchase-election")


def test_no_cash_is_created():
    """Interest is paid once on every day of every euro outstanding, or less; else principal, a make-whole or a fraction."""

    def law(history, random):
        ledger, rate = history.ledger, Fraction("0.06875")
        paid, due, cents = Fraction(0), Fraction(0), 0
        for entry in ledger:
            assert (entry.cash < 0) == (entry.kind == "interest-paid-in")
            days = (entry.date - interest.ISSUE).days
            if entry.kind in ("coupon", "late-interest", "interest-paid-in", "interest-returned"):
                paid += Fraction(entry.cash)
            elif entry.kind in ("redemption", "repurchase", "maturity", "accelerated"):
                paid += Fraction(entry.cash - entry.principal)
                assert entry.cash >= entry.principal
            elif entry.kind == "default":
                assert entry.cash <= entry.principal
            cents += bool(entry.cash)
            if entry.kind == "conversion":
                # Who is called inside a record window converts and keeps the coupon (CNV-5).
                days += 15
            due += Fraction(entry.principal) * rate * days / 365
        due += Fraction(ledger.state.outstanding) * rate * (ledger.state.on - interest.ISSUE).days / 365
        assert paid <= due + Fraction(cents, 200)
        # The state remembers what was paid as interest, payment by payment.
        for name, position in ledger.state.positions.items():
            booked = [entry for entry in ledger if entry.kind in ("coupon", "late-interest") and entry.holder == name]
            assert [day for day, _ in position.payments] == [day_number(entry.payment_date) for entry in booked]

    must_have(over_histories(law), "late-interest", "redemption", "repurchase", "interest-paid-in", "missed-payment")


def test_a_make_whole_is_paid_once_and_on_what_was_outstanding():
    def law(history, random):
        whole = history.ledger.of_kind("make-whole")
        if not whole:
            return
        days = {entry.date for entry in whole}
        assert len(days) == 1 and len({entry.holder for entry in whole}) == len(whole)
        [notice] = [each for each in history.events if isinstance(each, cn.WithdrawalNotice)]
        then = history.play(until=notice.effective).state
        # 206.25 per 1,000 at most, on the Notes of that evening and those redeemed or repurchased in the course of the day.
        most = Fraction(then.outstanding) + sum(
            Fraction(entry.principal) for entry in history.ledger if entry.date == notice.effective
        )
        assert Fraction(sum(entry.cash for entry in whole)) <= most * Fraction("0.20625") + len(whole)

    must_have(over_histories(law), "make-whole")


# --- a split --------------------------------------------------------------------------------------------------------------------


def in_whole_euros(random, split_on, k):
    """Closes in whole euros, in spells near the floor, the price and the trigger; and the same after a k-for-1 split.

    Averages of 20 such closes have at most two decimals, and four after the split: no average is rounded (RST-3).
    """
    closes, left, level = [], 0, 0
    for _ in SESSIONS:
        if left == 0:
            left, level = random.randint(15, 90), random.choice((60, 85, 86, 100, 105, 166, 168, 170))
        closes.append(level + random.choice((0, 0, 1, -1)))
        left -= 1
    after = [Fraction(close, k) if day >= split_on else Fraction(close) for day, close in zip(SESSIONS, closes, strict=True)]
    return cn.MarketHistory(currency="EUR", dates=SESSIONS, closes=closes), cn.MarketHistory(
        currency="EUR", dates=SESSIONS, closes=after
    )


def of_a_plain_life(random):
    events = [cn.Convert(any_day(random), thousands(random, ISSUE_SIZE // 20)) for _ in range(random.randint(2, 6))]
    day = date(2003, 1, 1) + timedelta(days=random.randint(0, 2400))
    events.append(cn.RedemptionNotice(day, day + timedelta(days=40), thousands(random, ISSUE_SIZE // 5)))
    return [each for each in events if counted(each) >= interest.ISSUE]


def test_a_k_for_1_split_leaves_conversion_value_and_the_truth_of_the_trigger_unchanged():
    reached = Counter()

    def law(seed, k):
        random = Random(seed)
        split_on = any_day(random)
        course, halved = in_whole_euros(random, split_on, k)
        events, [plain] = until_allowed(of_a_plain_life(random), course)
        split = cn.replay(NOTE, halved, events=[*events, cn.Split(split_on, k, 1)])
        reached.update(f"{entry.kind} after" for entry in plain if entry.date >= split_on)
        reached.update(f"{entry.kind} before" for entry in plain if entry.date < split_on)

        same = [entry for entry in split if entry.kind != "adjustment"]
        assert [entry[:5] for entry in same] == [entry[:5] for entry in plain]
        for one, two in zip(plain, same, strict=True):
            if one.kind != "conversion":
                assert one.cash == two.cash
                continue
            # What is delivered is worth the same, but for the rounding of each fraction's cash to a cent.
            close = course.exact_close(day_number(last_session_before(one.date)))
            factor = k if one.date >= split_on else 1
            # The close of the day before the split is for an old share: for a new one it is a k-th.
            worth = one.shares * close + Fraction(one.cash), two.shares * close / factor + Fraction(two.cash)
            assert abs(worth[0] - worth[1]) <= Fraction(1, 100)
        assert plain.state.price == split.state.price * (k if split.state.scales[1:] else 1)
        assert plain.state.last_met == split.state.last_met

    for seed in FIXED:
        law(seed, (2, 5, 10)[seed % 3])
    must_have(reached, "conversion after", "conversion before", "trigger-met after", "trigger-met before", "reset after")
    given(SEEDS, st.sampled_from((2, 5, 10)))(law)()


def last_session_before(day):
    return next(each for each in reversed(SESSIONS) if each < day)


@pytest.mark.parametrize("k", [2, 5, 10])
def test_a_split_inside_the_trigger_window_changes_no_truth_on_any_day(k):
    random = Random(k)
    for _ in range(5):
        split_on = random.choice([day for day in SESSIONS if date(2000, 5, 1) < day < date(2002, 12, 1)])
        course, halved = in_whole_euros(random, split_on, k)
        ends = [split_on + timedelta(days=days) for days in (-1, 0, 1, 10, 30, 60)]
        truths = []
        for end in ends:
            plain = cn.replay(NOTE, course, events=[], until=end).state
            split = cn.replay(NOTE, halved, events=[cn.Split(split_on, k, 1)], until=end).state
            assert plain.last_met == split.last_met
            assert plain.highest == (split.highest[0], split.highest[1] * (k if end >= split_on else 1))
            assert plain.closes == [close * (Decimal(k) if end >= split_on else 1) for close in split.closes]
            truths.append(plain.last_met)
        assert len(truths) == len(ends)
