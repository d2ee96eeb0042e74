"""The strategies: every example is valid, or broken in exactly the promised way; they reach every status and event."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.lifecycle import Status
from convnote.lifecycle import events as ev
from convnote.market import CrossCurrency, Lognormal
from convnote.policies import Policy
from convnote.provisions import SettlementTerms
from convnote.provisions.interest import COUPON_DAY_COUNTS
from convnote.provisions.payment_dates import STUBS
from convnote.testing import (
    Ours,
    check_engine,
    closes,
    dates_in,
    events,
    forbidden_events,
    histories,
    invalid_term_sheets,
    lives,
    markets,
    notes,
    notes_after_low_closes,
    notes_at_fixed_rate,
    notes_in_kind,
    notes_in_windows,
    notes_with_floating_coupons,
    policies,
)
from convnote.testing.boundaries import BOUNDARIES
from convnote.testing.edges import bundled
from convnote.testing.engine import allowed
from tests.oracles import timing

NOTE = bundled()
#: A note whose issuer chooses how conversions are settled.
CHOSEN_LATER = dataclasses.replace(NOTE, settlement=SettlementTerms(method="cash", observation=5, election="issuer"))


def examples(strategy, count):
    """As many examples as asked for, the same each time."""
    found = []

    @settings(max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(example):
        found.append(example)

    collect()
    return found


def test_notes_are_valid_and_far_from_each_other():
    found = examples(notes(), 450)
    for note in found:
        assert cn.loads(cn.dumps(note)) == note
        assert len(cn.schedule(note)) > 0
    for name in ("reset", "withdrawal", "redemption", "put", "fundamental_change", "adjustment", "default"):
        there = sum(getattr(note, name) is not None for note in found)
        assert 10 < there <= len(found) and (there < len(found)), name
    assert {note.interest.frequency for note in found} == {1, 2, 4, 12}
    assert {note.interest.day_count for note in found} == set(COUPON_DAY_COUNTS)
    assert {note.conversion.accrued for note in found} == {"record-date", "paid", "forgo"}
    assert {note.interest.stub for note in found} == {None, *STUBS}
    assert sum(bool(note.interest.end_of_month) for note in found) >= 5
    assert {note.interest.defaulted_to for note in found} == {"special-record", "record"}
    assert len({note.principal.closed and len(note.principal.closed) for note in found}) == 3
    assert len({note.denomination for note in found}) >= 3
    assert len({len(note.redemption.prices) for note in found if note.redemption}) == 2
    conditions = [note.redemption.condition for note in found if note.redemption and note.redemption.condition]
    assert len(conditions) >= 20 and {each.of for each in conditions} == {"in-force", "initial", "figure"}
    assert {each.strict for each in conditions} == {each.ends == "notice" for each in conditions} == {True, False}
    clean_ups = [note.clean_up for note in found if note.clean_up]
    assert len(clean_ups) >= 40 and {each.share is None for each in clean_ups} == {each.strict for each in clean_ups} == {
        True,
        False,
    }
    settled = [note.settlement for note in found if note.settlement]
    assert len(settled) >= 60 and {each.method for each in settled} == {"cash", "shares", "combination"}
    assert {each.election for each in settled} == {None, "issuer"} and {each.observation for each in settled} == {1, 5, 20}
    rarer = {
        "CNT": [note for note in found if note.contingent_conversion],
        "FLT": [note for note in found if note.interest.floats],
        "CPT": [note for note in found if note.conditional_put],
        "FXF": [note for note in found if note.conversion.fixed_rate],
        "PIK": [note for note in found if note.interest.in_kind],
    }
    counts = {name: len(rarer[name]) for name in rarer}
    assert all(counts.values()) and 0.1 < sum(counts.values()) / len(found) < 0.35, counts  # some are drawn again and again
    assert find(notes(), lambda note: True) == NOTE


def test_pik1_lives_of_notes_in_kind_convert_and_mature_on_grown_principal():
    kinds = [{str(entry.kind) for entry in ledger} for _, _, ledger in lived(notes_in_kind(), 60)]
    assert sum({"paid-in-kind", "conversion"} <= each for each in kinds) >= 3
    assert sum({"paid-in-kind", "maturity"} <= each for each in kinds) >= 5


def lived(strategy, count):
    """Random lives of notes of a strategy: each note, its history, and the ledger of the events that it allows."""
    drawn = strategy.flatmap(
        lambda note: histories(note).flatmap(lambda history: events(note, history).map(lambda found: (note, history, found)))
    )
    return [(note, history, cn.replay(note, history, events=found)) for note, history, found in examples(drawn, count)]


def test_cnt1_notes_in_windows_are_valid_and_their_lives_open_and_close():
    found = examples(notes_in_windows(), 150)
    for note in found:
        assert cn.loads(cn.dumps(note)) == note
        assert len(cn.schedule(note)) > 0
    terms = [note.contingent_conversion for note in found]
    for name in ("free_from", "quarter", "first_quarter", "trading_price", "change_days"):
        assert 5 < sum(getattr(each, name) is not None for each in terms) < len(terms), name
    for name in ("for_ever", "on_call", "on_change"):
        assert {getattr(each, name) for each in terms} == {True, False}, name
    opened, converted = Counter(), 0
    for _, _, ledger in lived(notes_in_windows(), 200):
        opened.update(rule for entry in ledger.of_kind("conversion-opens") for rule in entry.rules)
        converted += sum("CNT-1" in entry.rules for entry in ledger.of_kind("conversion"))
    assert opened["CNT-1"] >= 10 and opened["CNT-2"] and converted >= 3, (opened, converted)


def test_flt1_notes_with_floating_coupons_are_valid_and_their_histories_have_all_fixings():
    found = examples(notes_with_floating_coupons(), 30)
    assert all(cn.loads(cn.dumps(note)) == note and note.interest.floats for note in found)
    assert {note.interest.spread for note in found} == {None, Decimal("0.0125"), Decimal("-0.01")}
    fixed, below = 0, 0
    for note, history, ledger in lived(notes_with_floating_coupons(), 20):
        values = dict.fromkeys(map(cn.calendars.to_date, map(note.interest.fixing_day, note.interest.period_starts)))
        assert len(history.series["LIBOR"]) == len(values)
        fixed += len(ledger.of_kind("fixing"))
        below += sum(
            Fraction(history.series["LIBOR"].at(note.interest.fixing_day(start))) + Fraction(note.interest.spread or 0) < 0
            for start in note.interest.period_starts
        )
    assert fixed >= 25 and below


def test_an_invalid_sheet_has_exactly_one_fault_at_its_place():
    found = examples(invalid_term_sheets(), 250)
    for sheet in found:
        with pytest.raises(cn.TermsError) as error:
            cn.loads(sheet.text)
        assert len(error.value.faults) == 1, sheet
        assert sheet.place in error.value.faults[0], sheet
    assert len({sheet.place for sheet in found}) > 25


def test_dates_lie_in_the_life_and_near_its_edges():
    found = examples(dates_in(NOTE), 300)
    assert all(NOTE.issue_date <= day <= NOTE.maturity_date for day in found)
    assert sum(day.month == 2 for day in found) > 60
    assert len(set(found)) > 100


def test_closes_stand_at_the_trigger_and_count_nineteen_twenty_and_twenty_one():
    found = examples(closes(NOTE), 300)
    trigger = NOTE.withdrawal.trigger
    assert all(close > 0 for each in found for close in each)
    assert sum(trigger in each for each in found) > 10
    counts = Counter(sum(close > trigger for close in each[-30:]) for each in found)
    assert counts[19] and counts[20] and counts[21]
    assert all(len(each) == 45 for each in examples(closes(NOTE, length=45), 20))


def test_histories_cover_the_life_and_reach_the_trigger_and_the_floor():
    found = examples(histories(NOTE), 200)
    met = [NOTE.withdrawal.triggered(history.closes[history.days >= NOTE.principal.issue_day]) for history in found]
    assert 20 < sum(each.any() for each in met) < 180
    sessions = NOTE.principal.sessions
    days = list(sessions.between(NOTE.principal.issue_day, NOTE.principal.maturity_day))
    assert all(set(days) <= set(history.days.tolist()) for history in found)
    resets = {float(cn.replay(NOTE, history, events=(), until="2001-02-16").state.conversion_price) for history in found}
    assert {84.883, 104.947} < resets
    assert sum(len(history.steps) <= 8 for history in found) > 60


def test_events_are_valid_and_reach_every_kind_and_every_status():
    kinds, statuses = Counter(), Counter()
    varied = st.one_of(st.just(NOTE), notes(), notes(like=CHOSEN_LATER)).flatmap(
        lambda note: histories(note).flatmap(lambda history: events(note, history).map(lambda found: (note, history, found)))
    )
    low = lives(notes_after_low_closes(), (cn.Revision, cn.PutElection)).map(lambda life: (*life[:2], allowed(*life)))
    for note, history, found in [*examples(varied, 850), *examples(low, 50)]:
        ours = Ours(note, history)
        for step in cn.testing.engine.steps_of(note, found):
            ours.advance(step.until, step.events)
            statuses[str(ours.state.status)] += 1
        ours.advance(max(note.maturity_date, ours.state.on) + timedelta(days=500), [])  # what is settled late is settled
        statuses[str(ours.state.status)] += 1
        kinds.update(type(event).__name__ for event in found)
        assert cn.replay(note, history, events=found).state.status == ours.state.status
    known = {**ev.RECORDED, **ev.ALSO_RECORDED}
    assert set(kinds) == set(known), set(known) - set(kinds)
    assert set(statuses) == {str(status) for status in Status}, statuses


def plainly_priced(note):
    """The note with nothing that changes its conversion price."""
    return dataclasses.replace(note, reset=None, adjustment=None, change_of_control_price=None)


def test_fxf1_lives_of_notes_at_a_fixed_rate_convert_into_the_shares_of_the_rule():
    lives = (
        notes_at_fixed_rate()
        .map(plainly_priced)
        .flatmap(
            lambda note: histories(note).flatmap(lambda history: events(note, history).map(lambda found: (note, history, found)))
        )
    )
    seen = Counter()
    for note, history, found in examples(lives, 100):
        terms = note.conversion
        other = any(isinstance(event, (cn.Merger, cn.Amendment)) for event in found)  # another share, or another price
        for entry in [] if other else cn.replay(note, history, events=found).of_kind("conversion"):
            exact = Fraction(entry.principal) * Fraction(terms.fixed_rate)
            word = "up" if terms.fraction == "up" else "dropped"
            assert entry.shares == timing.shares_of(exact, terms.price, word)
            seen[terms.fraction, terms.fixed_rate] += 1
    assert len(seen) >= 4, seen


def test_lives_reach_every_kind_of_event_and_many_refusals():
    report = check_engine(Ours, examples=500)
    assert report.ok
    assert set(report.kinds) >= set(ev.RECORDED) - {"PutElection"}
    assert len(report.refusals) >= 15


def test_lives_keep_to_the_kinds_asked_for():
    for _, _, found in examples(lives(st.just(NOTE), (cn.Convert, cn.Split)), 60):
        assert all(isinstance(event, (cn.Convert, cn.Split)) for event in found)


def test_a_forbidden_event_breaks_the_promised_rule_and_its_neighbour_none():
    found = examples(forbidden_events(), 600)
    for edge in found:
        cn.replay(edge.note, edge.history, events=edge.inside)
        with pytest.raises(cn.LifecycleError) as error:
            cn.replay(edge.note, edge.history, events=edge.outside)
        assert error.value.rule == edge.rule, edge
        assert type(error.value.event) is type(edge.forbidden)
    assert {edge.rule for edge in found} == {rule for rule, _ in BOUNDARIES}
    assert {edge.rule for edge in examples(forbidden_events(rule="WDR-3"), 20)} == {"WDR-3"}
    with pytest.raises(KeyError):
        find(forbidden_events(rule="ID-1"), lambda edge: True)


def near_ends(seed):
    """A pick that takes one of the first or last twenty of a range: days beside maturity, holidays and the ends of periods."""
    random = Random(seed)

    def pick(*options):
        if len(options) > 1 or not isinstance(options[0], range):
            return random.choice(options)
        near = min(len(options[0]), 20)
        return options[0][random.choice((random.randrange(near), -1 - random.randrange(near)))]

    return pick


def boundaries_hold(seeds):
    for _, make in BOUNDARIES:
        for seed in seeds:
            edge = make(near_ends(seed))
            cn.replay(edge.note, edge.history, events=edge.inside)
            with pytest.raises(cn.LifecycleError) as error:
                cn.replay(edge.note, edge.history, events=edge.outside)
            assert error.value.rule == edge.rule, edge
    return len(BOUNDARIES)


def test_a_boundary_holds_near_the_ends_of_what_it_may_choose():
    assert boundaries_hold(range(3)) >= 80


@pytest.mark.slow
def test_a_boundary_holds_near_the_ends_of_what_it_may_choose_over_many_more():
    assert boundaries_hold(range(3, 100)) >= 80


def test_markets_and_policies_are_of_every_kind():
    models = examples(markets(), 150)
    assert {type(model) for model in models} == {Lognormal, CrossCurrency}
    assert len({model.volatility for model in models}) == 4
    found = examples(policies(), 150)
    assert all(isinstance(policy, Policy) for policy in found)
    for right in ("withdraw", "redeem", "convert", "put"):
        assert len({type(getattr(policy, right)) for policy in found}) >= 3, right


def test_a_policy_lives_in_any_history():
    for history, policy in examples(st.tuples(histories(NOTE), policies()), 12):
        assert cn.replay(NOTE, history, events=(), policy=policy).state.outstanding == 0


def test_failing_lives_shrink_to_little():
    history = find(histories(NOTE), lambda history: history.closes.max() > 200)
    assert len(history.steps) == 1
    found = find(events(NOTE, history), lambda found: any(isinstance(event, cn.RepurchaseElection) for event in found))
    # An election needs the change and its notice; of all other stories nothing is left but a conversion of the same Notes.
    needed = [type(event).__name__ for event in found if not isinstance(event, cn.Convert)]
    assert needed == ["FundamentalChange", "FundamentalChangeNotice", "RepurchaseElection"]
    assert len(found) <= 6
