"""A fundamental change over a life: FCH-1…4, CNV-6."""

import dataclasses

import pytest

import convnote as cn

from .walk import ISSUE, NOTE, kinds, money, play, shares

CHANGE = cn.FundamentalChange("2001-06-01")
NOTICE = cn.FundamentalChangeNotice("2001-06-01")  # repurchase on Sunday 2001-07-01


def elect(on, principal=10_000_000, **holder):
    return cn.RepurchaseElection(on, principal, **holder)


def withdraw(on, principal=10_000_000, **holder):
    return cn.RepurchaseElectionWithdrawal(on, principal, **holder)


def refused(*events, **more):
    with pytest.raises(cn.LifecycleError) as error:
        play(*events, **more)
    return error.value.rule


def test_fch1_at_par_and_accrued_interest_and_the_rest_stays():
    # Notice on 2001-06-11, so on 2001-07-11: 145 days. 687,500 x 145 / 365 = 273,116.438…
    ledger = play(CHANGE, cn.FundamentalChangeNotice("2001-06-11"), elect("2001-07-11"))
    assert money(ledger, "repurchase") == [("2001-07-11", "10273116.44")]
    assert money(ledger, "maturity") == [("2010-02-16", "680000000.00")]
    assert ledger.state.status is cn.Status.MATURED


def test_fch1_all_of_it():
    ledger = play(CHANGE, NOTICE, elect("2001-06-29", ISSUE))
    assert ledger.state.status is cn.Status.REPURCHASED
    assert not ledger.of_kind("maturity")


def test_fch1_nobody_elects_and_nothing_happens_but_the_open_right_is_reported():
    ledger = play(CHANGE, NOTICE)
    assert not ledger.of_kind("repurchase")
    [(on, rule, words)] = ledger.open_rights
    assert (str(on), rule) == ("2001-07-01", "FCH-1")
    assert "690,000,000" in words
    assert play(CHANGE, NOTICE, elect("2001-06-15", ISSUE)).open_rights == ()


@pytest.mark.parametrize("principal", [1500, ISSUE + 1000])
def test_fch1_in_multiples_of_1000_and_not_more_than_there_is(principal):
    assert refused(CHANGE, NOTICE, elect("2001-06-15", principal)) == "FCH-1"


def test_fch1_must_occur_before_maturity():
    assert refused(cn.FundamentalChange("2010-02-16")) == "FCH-1"
    late = cn.FundamentalChange("2010-02-15")
    assert ("2010-02-15", "fundamental-change") in kinds(play(late))


def test_fch1_needs_a_notice():
    assert refused(elect("2001-06-15")) == "FCH-1"
    assert refused(CHANGE, elect("2001-06-15")) == "FCH-1"


def test_fch2_notice_on_or_before_the_tenth_calendar_day():
    # The tenth day is Monday 2001-06-11; for a change of 30 May it is Saturday 9 June, and stays so.
    assert len(play(CHANGE, cn.FundamentalChangeNotice("2001-06-11")).of_kind("fundamental-change-notice")) == 1
    assert not play(CHANGE, cn.FundamentalChangeNotice("2001-06-11")).warnings
    earlier = cn.FundamentalChange("2001-05-30")
    assert not play(earlier, cn.FundamentalChangeNotice("2001-06-09")).warnings
    assert play(earlier, cn.FundamentalChangeNotice("2001-06-11")).warnings


def test_fch2c_a_late_notice_is_accepted_with_a_warning_and_the_put_runs_from_it():
    # Due on 11 June, given on the 20th: repurchase on 20 July, 154 days of interest. 687,500 x 154 / 365 = 290,068.493…
    ledger = play(CHANGE, cn.FundamentalChangeNotice("2001-06-20"), elect("2001-07-20"))
    assert money(ledger, "repurchase") == [("2001-07-20", "10290068.49")]
    [warning] = ledger.warnings
    assert "FCH-2" in warning and "2001-06-11" in warning
    assert "FCH-2c" in ledger.of_kind("fundamental-change-notice")[0].rules
    assert [rule for _, rule, _ in ledger.open_rights] == []


def test_fch2c_an_overdue_notice_is_an_open_right_of_the_holders():
    [(on, rule, words)] = play(CHANGE, until="2001-06-12").open_rights
    assert (str(on), rule) == ("2001-06-11", "FCH-2") and "690,000,000" in words and "2001-06-01" in words
    assert play(CHANGE, until="2001-06-11").open_rights == ()
    assert [rule for _, rule, _ in play(CHANGE).open_rights] == ["FCH-2"]  # still told once the note has matured
    assert play(CHANGE, cn.FundamentalChangeNotice("2001-07-20"), until="2001-07-21").open_rights == ()
    assert play(CHANGE, cn.Convert("2001-06-11", ISSUE), until="2001-07-21").open_rights == ()


def test_lif2_holders_may_waive_that_the_notice_is_overdue():
    waived = play(CHANGE, cn.Waiver("2001-06-12", of="notice"), until="2001-07-01")
    assert [entry.rules for entry in waived.of_kind("waiver")] == [("LIF-2", "AMD-4")]
    # The put is not waived with it: the notice may still come, and leads to a repurchase.
    later = play(CHANGE, cn.Waiver("2001-06-12", of="notice"), cn.FundamentalChangeNotice("2001-06-20"), elect("2001-07-20"))
    assert len(later.of_kind("repurchase")) == 1


def test_fch2_a_notice_of_nothing():
    assert refused(cn.FundamentalChangeNotice("2001-06-01")) == "FCH-2"
    assert refused(CHANGE, NOTICE, cn.FundamentalChangeNotice("2001-06-05")) == "FCH-2"


def test_fch2_a_forgotten_notice_does_not_bar_that_of_a_later_change():
    later = cn.FundamentalChange("2001-09-03"), cn.FundamentalChangeNotice("2001-09-04")
    [entry] = play(CHANGE, *later).of_kind("fundamental-change-notice")
    assert "2001-09-03" in entry.text


def test_fch3_on_a_16_february_the_coupon_goes_to_the_holder_of_record():
    # Monday 2004-02-16 is a holiday: due that day, paid on the 17th; elections until Friday the 13th.
    events = cn.FundamentalChange("2004-01-17"), cn.FundamentalChangeNotice("2004-01-17")
    ledger = play(*events, elect("2004-02-13"))
    [entry] = ledger.of_kind("repurchase")
    assert (str(entry.date), str(entry.payment_date), str(entry.cash)) == ("2004-02-16", "2004-02-17", "10000000.00")
    assert money(ledger, "coupon")[3] == ("2004-02-16", "47437500.00")
    assert refused(*events, elect("2004-02-14")) == "FCH-4"


def test_fch3_between_2_and_15_february_the_price_bears_the_interest():
    # 359 days to 2004-02-10: 687,500 x 359 / 365 = 676,198.630…; the coupon on 680,000 Notes.
    ledger = play(cn.FundamentalChange("2004-01-11"), cn.FundamentalChangeNotice("2004-01-11"), elect("2004-02-10"))
    assert money(ledger, "repurchase") == [("2004-02-10", "10676198.63")]
    assert money(ledger, "coupon")[3] == ("2004-02-16", "46750000.00")


def test_fch3_at_maturity_and_not_after_it():
    # Notice on 2010-01-17: the 30th day is 16 February itself.
    on_the_day = cn.FundamentalChange("2010-01-15"), cn.FundamentalChangeNotice("2010-01-17")
    ledger = play(*on_the_day, elect("2010-02-16"))
    assert money(ledger, "repurchase", "maturity") == [("2010-02-16", "10000000.00"), ("2010-02-16", "680000000.00")]
    after = cn.FundamentalChange("2010-01-15"), cn.FundamentalChangeNotice("2010-01-18")
    assert refused(*after, elect("2010-02-10")) == "FCH-3"
    given_way = play(*after)
    assert "the Notes are paid at maturity instead" in given_way.of_kind("fundamental-change-notice")[0].text
    assert given_way.total("maturity") == ISSUE


def test_fch4_until_the_30th_day_or_the_business_day_before_it():
    # Sunday 2001-07-01: Friday 29 June.
    assert money(play(CHANGE, NOTICE, elect("2001-06-29")), "repurchase")[0][0] == "2001-07-01"
    assert refused(CHANGE, NOTICE, elect("2001-06-30")) == "FCH-4"
    [entry] = play(CHANGE, NOTICE, elect("2001-06-29")).of_kind("repurchase")
    assert str(entry.payment_date) == "2001-07-02"


def test_fch4_elections_add_up():
    ledger = play(CHANGE, NOTICE, elect("2001-06-10"), elect("2001-06-20", 5_000_000))
    assert ledger.of_kind("repurchase")[0].principal == 15_000_000


def test_cnv6_a_note_under_election_converts_only_after_it_is_withdrawn():
    everything = elect("2001-06-10", ISSUE)
    assert refused(CHANGE, NOTICE, everything, cn.Convert("2001-06-15", 1000)) == "CNV-6"
    ledger = play(CHANGE, NOTICE, everything, withdraw("2001-06-15"), cn.Convert("2001-06-15", 1000))
    assert shares(ledger) == [("2001-06-15", 11, "39.05")]
    assert ledger.of_kind("repurchase")[0].principal == ISSUE - 10_000_000
    # What is not under election converts all the time.
    assert len(shares(play(CHANGE, NOTICE, elect("2001-06-10"), cn.Convert("2001-06-15", ISSUE - 10_000_000)))) == 1


def test_cnv6_an_election_is_withdrawn_until_the_business_day_before_the_repurchase_date():
    assert not play(CHANGE, NOTICE, elect("2001-06-10"), withdraw("2001-06-29")).of_kind("repurchase")
    assert refused(CHANGE, NOTICE, elect("2001-06-10"), withdraw("2001-06-30")) == "CNV-6"
    # On Wednesday 2001-07-11 itself one may still elect, but not withdraw.
    weekday = CHANGE, cn.FundamentalChangeNotice("2001-06-11")
    assert refused(*weekday, elect("2001-06-15"), withdraw("2001-07-11")) == "CNV-6"
    assert not play(*weekday, elect("2001-06-15"), withdraw("2001-07-10")).of_kind("repurchase")


@pytest.mark.parametrize("principal", [1500, 10_001_000])
def test_cnv6_no_more_is_withdrawn_than_was_elected(principal):
    assert refused(CHANGE, NOTICE, elect("2001-06-10"), withdraw("2001-06-15", principal)) == "CNV-6"
    assert refused(CHANGE, NOTICE, withdraw("2001-06-15")) == "CNV-6"


def test_cnv6_what_a_call_of_all_found_under_election_is_called_once_it_comes_back():
    # Called while 10,000 Notes are under election; they are repurchased on 2004-06-30 or redeemed on 2004-07-20.
    change = cn.FundamentalChange("2004-05-31"), cn.FundamentalChangeNotice("2004-05-31")
    call = cn.RedemptionNotice("2004-06-10", "2004-07-20")
    kept = play(*change, elect("2004-06-05"), call)
    assert [int(e.principal) for e in kept.of_kind("repurchase", "redemption")] == [10_000_000, 680_000_000]
    back = play(*change, elect("2004-06-05"), call, withdraw("2004-06-15"))
    assert [int(e.principal) for e in back.of_kind("repurchase", "redemption")] == [ISSUE]
    # A call of a part found other Notes: these stay outstanding.
    part = cn.RedemptionNotice("2004-06-10", "2004-07-20", 680_000_000)
    assert play(*change, elect("2004-06-05"), part, withdraw("2004-06-15")).total("maturity") == 10_000_000


@pytest.mark.parametrize(("redemption", "paid"), [("2004-07-10", ["repurchase", "redemption"]), ("2004-06-28", ["redemption"])])
def test_fch5c_a_called_note_may_elect_and_whichever_day_comes_first_pays(redemption, paid):
    change = cn.FundamentalChange("2004-05-31"), cn.FundamentalChangeNotice("2004-05-31")  # repurchase on 2004-06-30
    events = cn.RedemptionNotice("2004-05-20", redemption), *change, elect("2004-06-05", 1000)
    ledger = play(*events)
    assert [entry.kind for entry in ledger.of_kind("repurchase", "redemption")] == paid
    assert sum(entry.principal for entry in ledger.of_kind("repurchase", "redemption")) == ISSUE
    assert "FCH-5c" in ledger.of_kind("repurchase-election")[0].rules
    assert ledger.state.retired.get("repurchased", 0) == (1000 if len(paid) == 2 else 0)
    assert not ledger.warnings and not ledger.of_kind("missed-payment")
    # It converts once the election is withdrawn, as long as the call lets it.
    assert refused(*events, cn.Convert("2004-06-10", ISSUE)) == "CNV-6"
    assert len(play(*events, withdraw("2004-06-08", 1000), cn.Convert("2004-06-10", ISSUE)).of_kind("conversion")) == 1
    assert play(*events, withdraw("2004-06-08", 1000)).state.retired == {"redeemed": ISSUE}


def test_fch5c_what_is_not_called_is_elected_first():
    change = cn.FundamentalChange("2004-05-31"), cn.FundamentalChangeNotice("2004-05-31")
    events = cn.RedemptionNotice("2004-05-20", "2004-07-10", 90_000_000), *change
    position = play(*events, elect("2004-06-05", 650_000_000), until="2004-06-05").state.positions["issue"]
    assert (position.called, position.elected, position.both) == ({0: 90_000_000}, {0: 650_000_000}, {(0, 0): 50_000_000})
    assert position.committed == ISSUE and position.free == 0
    assert refused(*events, elect("2004-06-05", ISSUE + 1000)) == "FCH-1"
    assert refused(*events, elect("2004-06-05", ISSUE), elect("2004-06-06", 1000)) == "FCH-1"
    # 650 million on 30 June; of what was called 40 million are left for 10 July.
    paid = play(*events, elect("2004-06-05", 650_000_000))
    assert [int(entry.principal) for entry in paid.of_kind("repurchase", "redemption")] == [650_000_000, 40_000_000]
    # A withdrawal gives back first what is not called.
    back = play(*events, elect("2004-06-05", 650_000_000), withdraw("2004-06-07", 610_000_000), until="2004-06-07")
    assert back.state.positions["issue"].both == {(0, 0): 40_000_000}
    unpaid = cn.MissedPayment("2004-06-30", "repurchase")
    held = play(*events, elect("2004-06-05", 650_000_000), unpaid, until="2004-07-12")
    assert [int(entry.principal) for entry in held.of_kind("redemption")] == [90_000_000]
    assert held.state.positions["issue"].elected == {0: 600_000_000}


def test_fch_several_changes_each_with_its_own_repurchase_date():
    second = cn.FundamentalChange("2001-06-20"), cn.FundamentalChangeNotice("2001-06-25")  # repurchase on 2001-07-25
    ledger = play(CHANGE, NOTICE, *second, elect("2001-06-28"), elect("2001-07-10", 20_000_000))
    assert [(str(e.date), int(e.principal)) for e in ledger.of_kind("repurchase")] == [
        ("2001-07-01", 10_000_000),  # as long as the first takes elections they are for it
        ("2001-07-25", 20_000_000),
    ]
    # An election for the first can be withdrawn no more when the second one's still can.
    given = CHANGE, NOTICE, *second, elect("2001-06-28")
    assert refused(*given, withdraw("2001-07-10")) == "CNV-6"


def test_fch_two_notices_of_one_day_lead_to_one_repurchase_date():
    second = cn.FundamentalChange("2001-06-02")
    both = play(
        CHANGE, second, cn.FundamentalChangeNotice("2001-06-05"), cn.FundamentalChangeNotice("2001-06-05"), elect("2001-06-06")
    )
    assert [str(e.date) for e in both.of_kind("repurchase")] == ["2001-07-05"]


MISSED = cn.MissedPayment("2001-07-01", "repurchase")


def test_int9_a_missed_repurchase_bears_interest_until_it_is_paid():
    # 149 days to 2001-07-15: 687,500 x 149 / 365 = 280,650.684…; Sunday, paid on the 16th.
    given = CHANGE, NOTICE, elect("2001-06-15"), MISSED
    ledger = play(*given, cn.Cure("2001-07-15", "repurchase"))
    assert [entry.rules for entry in ledger.of_kind("missed-payment")] == [("FCH-1", "DEF-2")]
    assert money(ledger, "repurchase") == [("2001-07-15", "10280650.68")]
    # Until then the election stands: what is under it converts once it is withdrawn, and is then not paid besides.
    assert refused(*given, cn.Convert("2001-07-05", ISSUE - 4_000_000)) == "CNV-6"
    back = withdraw("2001-07-05", 6_000_000)
    converted = play(*given, back, cn.Convert("2001-07-05", ISSUE - 4_000_000), cn.Cure("2001-07-15", "repurchase"))
    assert [int(entry.principal) for entry in converted.of_kind("repurchase")] == [4_000_000]
    assert converted.state.status is cn.Status.REPURCHASED


@pytest.mark.parametrize(("on", "allowed"), [("2001-06-29", True), ("2001-07-02", False), ("2001-07-03", True)])
def test_cnv6_an_unpaid_election_is_withdrawn_on_any_day_after_its_money_was_due_to_move(on, allowed):
    given = CHANGE, NOTICE, elect("2001-06-15"), MISSED  # due on Sunday 1 July, its money on Monday the 2nd
    if not allowed:
        assert refused(*given, withdraw(on)) == "CNV-6"
        return
    ledger = play(*given, withdraw(on), until="2005-06-01")
    assert ledger.state.unpaid == () and ledger.state.positions["issue"].committed == 0
    assert refused(*given, withdraw(on), cn.Acceleration("2005-06-01")) == "DEF-2"


def test_def2_a_put_that_nobody_used_cannot_be_missed():
    ledger = play(CHANGE, NOTICE, MISSED, until="2001-07-03")
    assert not ledger.of_kind("missed-payment") and ledger.state.unpaid == ()
    assert any("DEF-2" in warning for warning in ledger.warnings)
    assert refused(CHANGE, NOTICE, MISSED, cn.Acceleration("2001-07-03")) == "DEF-2"


def test_fch1_after_a_missed_coupon_the_price_bears_it_and_it_is_not_paid_twice():
    # Nothing was paid for 2001: 501 days to 2001-07-01. 47,437,500 x 501 / 365 = 65,112,842.465…
    missed = cn.MissedPayment("2001-02-16")
    ledger = play(missed, CHANGE, NOTICE, elect("2001-06-15", ISSUE), cn.Cure("2001-08-01"))
    assert money(ledger, "repurchase") == [("2001-07-01", "755112842.47")]
    assert not ledger.of_kind("late-interest")


def test_fch1_a_note_without_the_provision():
    without = dataclasses.replace(NOTE, fundamental_change=None)
    assert refused(CHANGE, note=without) == "FCH-1"
    assert refused(NOTICE, note=without) == "FCH-2"


def test_fch_after_the_end_a_change_is_nothing_to_the_note():
    gone = cn.Convert("2001-03-01", ISSUE)
    ledger = play(gone, CHANGE, NOTICE)
    assert not ledger.of_kind("fundamental-change", "fundamental-change-notice")
    assert ledger.warnings == (
        "FundamentalChange of 2001-06-01: nothing is outstanding any more",
        "FundamentalChangeNotice of 2001-06-01: nothing is outstanding any more",
    )
