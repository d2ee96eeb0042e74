"""Every kind of entry: whose it is, the rules that it cites, and its sentence (the table stands in `told`)."""

import pytest

import convnote as cn
from convnote.replays.sentences import ENTRY_KINDS

from .told import CHANGE, EVERY_DAY, LIVES, TWO
from .walk import HIGH, play


@pytest.mark.parametrize("name", LIVES)
def test_an_entry_says_whose_it_is_by_which_rules_and_how_it_came_about(name):
    events, how, wanted, told = LIVES[name]
    ledger = play(*events, **how)
    passed_over = EVERY_DAY - wanted
    found = [(str(e.date), e.holder, " ".join(e.rules), e.text) for e in ledger if e.kind not in passed_over]
    assert found == told
    assert all(entry.cash.as_tuple().exponent == -2 for entry in ledger)  # to the cent, also where nothing is paid


def test_every_kind_of_entry_is_among_them():
    kinds = {entry.kind for events, how, *_ in LIVES.values() for entry in play(*events, **how)}
    assert kinds == set(ENTRY_KINDS)


def test_principal_that_is_gone_is_counted_by_how_it_went():
    def gone(*events, **how):
        return {way: int(principal) for way, principal in play(*events, **how).state.retired.items()}

    assert gone(*LIVES["no fraction"][0], over=HIGH, until="2002-01-01") == {"converted": 104_947_000}
    assert gone(cn.Default("2001-06-02"), **TWO) == {"defaulted": 690_000_000}
    assert gone(*CHANGE, cn.RepurchaseElection("2001-06-10", 10_000), until="2001-07-02") == {"repurchased": 10_000}
    assert gone(*LIVES["two calls"][0], **TWO) == {"redeemed": 690_000_000}
    assert gone(cn.RedemptionNotice("2003-05-01", "2003-06-02", 1000)) == {"redeemed": 1000, "matured": 689_999_000}
