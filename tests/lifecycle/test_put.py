"""The put of the other bundled note over its life: PUT-1, PUT-2."""

import dataclasses

import pytest

import convnote as cn

from .walk import AFV, NOTE, PAR, money, play

TEN = dataclasses.replace(AFV, principal=dataclasses.replace(AFV.principal, issue_size=1000))


def put(on, principal=100, **holder):
    return cn.PutElection(on, principal, **holder)


def refused(*events, note=AFV):
    with pytest.raises(cn.LifecycleError) as error:
        play(*events, note=note, over=PAR)
    return error.value.rule


def with_put(**settings):
    return dataclasses.replace(TEN, put=dataclasses.replace(TEN.put, **settings))


def test_put1_at_105_beside_the_coupon_of_the_day():
    ledger = play(put("2006-01-01"), note=AFV, over=PAR)
    assert money(ledger, "put") == [("2006-01-01", "105.00")]
    assert money(ledger, "coupon")[-1] == ("2006-01-01", "4.00")
    assert ledger.state.status is cn.Status.REPURCHASED


def test_put1_a_part_of_it_and_the_rest_matures():
    ledger = play(put("2006-01-01", 200), put("2006-01-01", 100), note=TEN, over=PAR)
    assert money(ledger, "put", "maturity") == [("2006-01-01", "315.00"), ("2008-01-01", "700.00")]


def test_put1_a_clean_price_bears_accrued_interest_and_a_dirty_one_does_not():
    # Three months of 30/360 at 8% on 100 from 2006-01-01: 2.00.
    dates = [["2006-04-01", "1.05"]]
    assert money(play(put("2006-04-01"), note=with_put(prices=dates), over=PAR), "put") == [("2006-04-01", "107.00")]
    dirty = with_put(prices=dates, accrued="dirty")
    assert money(play(put("2006-04-01"), note=dirty, over=PAR), "put") == [("2006-04-01", "105.00")]


def test_put2_the_election_arrives_within_its_window():
    assert refused(put("2005-12-31")) == "PUT-2"
    assert refused(put("2006-01-02")) == "PUT-2"
    wider = with_put(notice_at_least=5, notice_at_most=20)
    assert money(play(put("2005-12-12"), note=wider, over=PAR), "put") == [("2006-01-01", "105.00")]
    assert money(play(put("2005-12-27"), note=wider, over=PAR), "put") == [("2006-01-01", "105.00")]
    for day in ("2005-12-11", "2005-12-28"):
        assert refused(put(day), note=wider) == "PUT-2"


@pytest.mark.parametrize("principal", [50, 1100])
def test_put1_in_multiples_and_not_more_than_there_is(principal):
    assert refused(put("2006-01-01", principal), note=TEN) == "PUT-1"


def test_put1_holders_put_each_their_own():
    held = {"A": 600, "B": 400}
    ledger = cn.replay(TEN, PAR, events=[put("2006-01-01", 600, holder="A")], positions=held)
    assert [(e.holder, int(e.principal)) for e in ledger.of_kind("put", "maturity")] == [("A", 600), ("B", 400)]
    [(on, rule, words)] = ledger.open_rights
    assert (str(on), rule) == ("2006-01-01", "PUT-1") and "400" in words


def test_put1_an_unused_put_is_reported_as_open():
    assert [(str(on), rule) for on, rule, _ in play(note=AFV, over=PAR).open_rights] == [("2006-01-01", "PUT-1")]
    assert play(put("2006-01-01"), note=AFV, over=PAR).open_rights == ()


def test_cnv6_a_note_that_is_put_does_not_convert():
    wider = with_put(notice_at_most=20)
    assert refused(put("2005-12-20", 900), cn.Convert("2005-12-22", 200), note=wider) == "CNV-6"
    ledger = play(put("2005-12-20", 900), cn.Convert("2005-12-22", 100), note=wider, over=PAR)
    assert ledger.of_kind("conversion")[0].shares == 1


def test_put1_a_missed_put_is_paid_later_with_interest():
    missed = cn.MissedPayment("2006-01-01", "put")
    # One month of 30/360 at 8% on 100: 0.666…; the price is still 105.
    ledger = play(put("2006-01-01"), missed, cn.Cure("2006-02-01", "put"), note=AFV, over=PAR)
    assert [entry.rules for entry in ledger.of_kind("missed-payment")] == [("PUT-1", "DEF-2")]
    assert money(ledger, "put") == [("2006-02-01", "105.67")]


def test_put1_a_note_without_a_put():
    with pytest.raises(cn.LifecycleError, match="no put") as error:
        play(cn.PutElection("2006-01-01", 1000), note=NOTE)
    assert error.value.rule == "PUT-1"
