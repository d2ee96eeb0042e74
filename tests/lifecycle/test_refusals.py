"""Every way in which an event is refused: one table of histories, the last event of each refused by the rule named.

The error carries rule, event and the ledger of what was done before it, which is what it would have been without the event.
"""

import dataclasses
import pickle

import pytest

import convnote as cn

from .refused import REFUSED
from .walk import NOTE, course, play


@pytest.mark.parametrize(
    ("rule", "events", "reason", "how"),
    [pytest.param(rule, events, reason, how, id=f"{rule} {why}") for rule, why, events, reason, how in REFUSED],
)
def test_an_impossible_event_is_refused_by_its_rule_in_words_and_changes_nothing(rule, events, reason, how):
    *before, last = events
    with pytest.raises(cn.LifecycleError) as refusal:
        play(*events, **how)
    error = refusal.value
    assert error.rule == rule
    assert error.event == last
    assert error.reason == reason
    assert str(error) == f"{type(last).__name__} ({rule}): {reason}"

    # The ledger up to then is what it is without the event: to the last day of which it has heard.
    done = error.ledger
    assert all(entry.date <= last.on for entry in done)
    whole = play(*before, **how)
    assert done.entries == whole.entries[: len(done)]
    assert [entry for entry in whole if entry.date < last.on] == [entry for entry in done if entry.date < last.on]
    issue = how.get("note", NOTE).issue_size
    assert done.state.outstanding + sum(entry.principal for entry in done) == issue


def test_the_table_of_refusals_names_every_rule_that_can_refuse():
    assert {rule for rule, *_ in REFUSED} == {
        *("CNV-1", "CNV-2", "CNV-6", "CNV-7", "WDR-1", "WDR-2", "WDR-3", "WDR-4", "RED-1", "RED-2", "RED-3", "RED-4"),
        *("FCH-1", "FCH-2", "FCH-3", "FCH-4", "PUT-1", "PUT-2", "DEF-1", "DEF-2", "INT-1", "PRN-1"),
        *("AMD-4", "LIF-1", "LIF-2", "LIF-3", "LIF-4", "AMD-1"),
        *("ADJ-1", "ADJ-2", "ADJ-3", "ADJ-4", "ADJ-5", "ADJ-6", "ADJ-8"),
    }


def test_a_refusal_reads_as_event_rule_and_reason():
    with pytest.raises(cn.LifecycleError) as refusal:
        play(cn.Convert("2001-03-01", 1500))
    assert str(refusal.value) == "Convert (CNV-1): principal is converted in multiples of 1000, not 1500"


def test_a_refusal_comes_back_from_a_worker_process():
    with pytest.raises(cn.LifecycleError) as refusal:
        play(cn.Convert("2001-03-01", 1500))
    back = pickle.loads(pickle.dumps(refusal.value))
    assert (back.rule, back.event, str(back)) == (refusal.value.rule, refusal.value.event, str(refusal.value))
    assert back.ledger.entries == refusal.value.ledger.entries


def test_a_close_that_is_missing_does_not_hide_a_refusal():
    # The notice is refused for its 29 days before anything is asked of the market.
    no_trigger = dataclasses.replace(NOTE, reset=None)
    closes = course(110, ("2000-06-01", 170), last="2003-02-28")
    with pytest.raises(cn.LifecycleError, match="WDR-3"):
        play(cn.WithdrawalNotice("2000-07-20", "2000-08-18"), over=closes, note=no_trigger)
    with pytest.raises(cn.LifecycleError, match="CNV-1"):
        play(cn.Convert("2005-03-01", 1500), over=closes, note=no_trigger)
    with pytest.raises(cn.MarketError, match="CNV-4"):
        play(cn.Convert("2005-03-01", 1000), over=closes, note=no_trigger)
