"""The table is total: every status, every event, and what a person expects of the pair, written down by hand."""

import dataclasses
import importlib.util
import itertools

import pytest

import convnote as cn
from convnote.lifecycle import FINAL, LIVE, TABLE, Forbidden, Ignored, Permitted, apply, permit
from convnote.lifecycle import events as ev

from .refused import ABOVE
from .walk import ISSUE, NOTE, play

S = cn.Status
HIGHER = dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, rate="0.08"))
NOTICE = cn.WithdrawalNotice("2000-06-28", "2000-07-28")
MISSED = cn.MissedPayment("2003-02-16")

#: A history that reaches each status.
REACHED = {
    S.OUTSTANDING: ([], "2001-06-01"),
    S.WITHDRAWAL_NOTICED: ([NOTICE], "2000-07-10"),
    S.WITHDRAWN: ([NOTICE], "2001-06-01"),
    S.ACCELERATED: ([MISSED, cn.Acceleration("2003-03-20")], "2003-06-01"),
    S.OVERDUE: ([cn.MissedPayment("2010-02-16", "principal")], "2010-06-01"),
    S.CONVERTED: ([cn.Convert("2001-03-01", ISSUE)], "2001-06-01"),
    S.REDEEMED: ([cn.RedemptionNotice("2003-05-01", "2003-06-02")], "2003-09-01"),
    S.REPURCHASED: (
        [
            cn.FundamentalChange("2001-06-01"),
            cn.FundamentalChangeNotice("2001-06-01"),
            cn.RepurchaseElection("2001-06-05", ISSUE),
        ],
        "2001-09-01",
    ),
    S.MATURED: ([], "2010-06-01"),
    S.PAID: ([MISSED, cn.Acceleration("2003-03-20"), cn.Cure("2003-04-01", "principal")], "2003-06-01"),
    S.DEFAULTED: ([cn.Default("2001-03-01")], "2001-06-01"),
    S.PURCHASED: ([cn.MarketPurchase("2001-03-01", ISSUE, price=1)], "2001-06-01"),
    S.SETTLING: ([cn.Convert("2001-03-01", ISSUE)], "2001-03-20"),
}
#: The note that reaches it, where that is another one.
NOTES = {S.SETTLING: dataclasses.replace(NOTE, settlement=cn.provisions.SettlementTerms(method="cash"))}

#: Nothing is outstanding; while it settles an issuer may still default (STL-2).
DEAD = {*FINAL, S.SETTLING}
DUE = {S.ACCELERATED, S.OVERDUE}
#: In which statuses an event that people record is forbidden as such, and by which rule; elsewhere its own rules judge it.
FORBIDDEN = {
    ev.Convert: {**dict.fromkeys(DEAD | {S.OVERDUE}, "CNV-1"), S.WITHDRAWN: "CNV-7"},
    ev.WithdrawalNotice: dict.fromkeys(set(S) - {S.OUTSTANDING}, "WDR-3"),
    ev.RedemptionNotice: dict.fromkeys(DEAD | DUE, "RED-1"),
    ev.RepurchaseElection: dict.fromkeys(DEAD | DUE, "FCH-1"),
    ev.RepurchaseElectionWithdrawal: dict.fromkeys(DEAD | DUE, "CNV-6"),
    ev.PutElection: dict.fromkeys(DEAD | DUE, "PUT-1"),
    ev.Acceleration: dict.fromkeys(DEAD | {S.ACCELERATED}, "DEF-1"),
    ev.CovenantDefault: dict.fromkeys(DEAD, "DEF-2"),
    ev.Waiver: dict.fromkeys(DEAD, "LIF-2"),
    ev.Rescission: dict.fromkeys(set(S) - {S.ACCELERATED}, "LIF-3"),
    ev.Default: dict.fromkeys(FINAL, "DEF-1"),
    ev.Transfer: dict.fromkeys(DEAD, "LIF-1"),
    ev.Amendment: dict.fromkeys(DEAD, "LIF-4"),
    ev.MissedPayment: {S.DEFAULTED: "DEF-1"},
    ev.Cure: {S.DEFAULTED: "DEF-1"},
}
VALUES = {"principal": 1000, "redemption_date": "2011-01-03", "effective": "2011-01-03", "shares": 1, "old": 1, "new": 2}
MORE = {"outstanding": 100, "proceeds": 1, "value": 1, "cash": 1, "paid": 1, "market_price": 50, "recovered": "0.5"}
MORE |= {"to": "B", "terms": HIGHER}


def an_event(kind, on):
    """An event of that kind, of figures that make sense."""
    fields = {name: value for name, value in {**VALUES, **MORE}.items() if name in kind.__dataclass_fields__}
    return kind(on, **fields)


@pytest.fixture(scope="module")
def states():
    result = {}
    for status, (events, until) in REACHED.items():
        result[status] = play(*events, over=ABOVE, note=NOTES.get(status, NOTE), until=until).state
        assert result[status].status is status
    return result


def test_every_status_and_every_event_has_its_entry():
    assert set(TABLE) == set(itertools.product(S, ev.KINDS.values()))
    assert set(REACHED) == set(S) == {*FINAL, *LIVE, S.SETTLING}
    assert len(TABLE) == 13 * 43


@pytest.mark.parametrize("status", list(S))
def test_what_is_forbidden_as_such_is_forbidden_by_its_rule(status, states):
    state = states[status]
    for kind in ev.RECORDED.values():
        event = an_event(kind, state.on)
        rule = FORBIDDEN.get(kind, {}).get(status)
        entry = TABLE[status, kind]
        assert isinstance(entry, Forbidden) is (rule is not None), (status, kind)
        if rule is None:
            continue
        assert permit(NOTE, state, event).rule == rule
        with pytest.raises(cn.LifecycleError) as error:
            apply(NOTE, state, event)
        assert (error.value.rule, error.value.event) == (rule, event)


@pytest.mark.parametrize("status", list(S))
def test_what_is_ignored_changes_nothing_and_says_why(status, states):
    state = states[status]
    ignored = [kind for kind in ev.KINDS.values() if isinstance(TABLE[status, kind], Ignored)]
    for kind in ignored:
        event = an_event(kind, state.on)
        assert permit(NOTE, state, event) is None
        step = apply(NOTE, state, event)
        assert step.state is state and not step.flows
        [warning] = step.warnings
        assert kind.__name__ in warning and str(state.on) in warning
    if status in FINAL:
        # The world goes on: what befalls shares and company is nothing to a note that is gone.
        assert {ev.Split, ev.Merger, ev.FundamentalChange, ev.ResetDue, ev.Maturity} <= set(ignored)


def test_what_comes_from_the_terms_is_never_forbidden():
    scheduled = set(ev.KINDS.values()) - set(ev.RECORDED.values())
    assert len(scheduled) == 19
    for status, kind in itertools.product(S, scheduled):
        assert isinstance(TABLE[status, kind], Permitted | Ignored)


@pytest.mark.parametrize("status", FINAL)
def test_once_all_principal_is_gone_no_event_brings_any_back(status, states):
    state = states[status]
    on_their_own_days = (ev.CouponDue, ev.WithdrawalDue)
    for kind in ev.KINDS.values():
        event = an_event(kind, state.on)
        may = isinstance(TABLE[status, kind], Permitted) and permit(NOTE, state, event) is None
        if may and kind not in on_their_own_days:
            step = apply(NOTE, state, event)
            assert step.state.status is status
            assert sum(flow.principal for flow in step.flows) == 0


def test_the_order_of_a_day_has_a_place_for_every_event():
    ranks = {kind: kind.rank for kind in ev.KINDS.values()}
    assert sorted(set(ranks.values())) == list(range(len(ev.ORDER)))
    in_order = [
        *(ev.MissedPayment, ev.Split, ev.ResetDue, ev.TriggerMet, ev.CouponDue, ev.Cure, ev.FundamentalChange),
        *(ev.FundamentalChangeNotice, ev.WithdrawalDue, ev.RepurchaseElection, ev.Convert, ev.RedemptionDue),
        *(ev.Default, ev.Maturity, ev.RecordTaken),
    ]
    assert sorted(in_order, key=ranks.get) == in_order
    assert len({ranks[kind] for kind in in_order}) == len(in_order)


def test_what_is_forbidden_is_not_applied_either(states):
    with pytest.raises(cn.LifecycleError) as error:
        apply(NOTE, states[S.CONVERTED], cn.Convert("2001-07-02", 1000))
    assert str(error.value) == "Convert (CNV-1): nothing is outstanding any more" and error.value.rule == "CNV-1"


def test_the_table_is_made_of_rows_that_a_person_can_read():
    """Read afresh: each pair of the table, by the words of the function that makes its row."""
    spec = importlib.util.find_spec("convnote.lifecycle.table")
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)

    def as_words(entry):
        if type(entry).__name__ == "Permitted":
            return "permitted", entry.does.__name__, entry.objects and entry.objects.__name__
        return type(entry).__name__, *vars(entry).values()

    assert {pair: as_words(entry) for pair, entry in fresh.TABLE.items()} == {
        pair: as_words(entry) for pair, entry in TABLE.items()
    }
    for status in S:
        for kind, rules in FORBIDDEN.items():
            entry = fresh.TABLE[status, kind]
            assert (entry.rule if type(entry).__name__ == "Forbidden" else None) == rules.get(status)
