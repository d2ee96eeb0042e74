"""BUY-1: Notes bought in the market and cancelled, and Notes issued further. 690,000,000 at 6 7/8%, the price 104.947."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.lifecycle import events as ev
from tests.lifecycle.walk import HIGH, ISSUE, LOW, NOTE, play

TWO = {"positions": {"A": 400_000_000, "B": 290_000_000}}


def bought(on, principal, price="0.95", **more):
    return cn.MarketPurchase(on, principal, price=price, **more)


def coupons(ledger):
    return [(str(entry.date), entry.holder, entry.cash) for entry in ledger.of_kind("coupon")]


def test_buy1_what_is_bought_is_gone_and_nothing_is_paid():
    ledger = play(bought("2000-06-01", 90_000_000), until="2001-02-16")
    [entry] = ledger.of_kind("purchase")
    assert (entry.principal, entry.cash, entry.shares, entry.rules) == (90_000_000, Decimal("0.00"), 0, ("BUY-1",))
    assert "90,000,000 bought at 95% of principal and cancelled; the note itself pays nothing" in entry.text
    assert ledger.state.outstanding == 600_000_000
    assert dict(ledger.state.retired) == {"purchased": 90_000_000}
    assert ledger.total("purchase") == 0
    # 600,000,000 x 0.06875 x 366 / 365
    assert coupons(ledger) == [("2001-02-16", "issue", Decimal("41363013.70"))]


@pytest.mark.parametrize(("on", "cash"), [("2001-02-01", "41363013.70"), ("2001-02-02", "47567465.75")])
def test_buy1_the_coupon_of_record_stays_with_the_holder_of_record(on, cash):
    ledger = play(bought(on, 90_000_000), until="2001-02-16")
    assert coupons(ledger) == [("2001-02-16", "issue", Decimal(cash))]
    assert ("stays with the holders of record" in ledger.of_kind("purchase")[0].text) is (on == "2001-02-02")
    # The next one is on what is left.
    later = play(bought(on, 90_000_000), until="2002-02-19")
    assert coupons(later)[-1][-1] == Decimal("41250000.00")


def test_buy1_of_what_a_holder_has_and_no_more():
    for principal, fits in ((290_000_000, True), (290_001_000, False)):
        event = bought("2000-06-01", principal, holder="B")
        if fits:
            state = play(event, until="2000-06-30", **TWO).state
            assert {name: each.outstanding for name, each in state.positions.items()} == {"A": 400_000_000, "B": 0}
            continue
        with pytest.raises(cn.LifecycleError, match="290,001,000 is more than the 290,000,000 outstanding") as error:
            play(event, until="2000-06-30", **TWO)
        assert error.value.rule == "BUY-1"
    for wrong, words in (
        (bought("2000-06-01", 1000), "a holder must be named"),
        (bought("2000-06-01", 500, holder="A"), "multiples"),
    ):
        with pytest.raises(cn.LifecycleError, match=words) as error:
            play(wrong, until="2000-06-30", **TWO)
        assert error.value.rule == "BUY-1"


def test_buy1_once_all_are_bought_the_status_says_so_and_nothing_more_is_paid():
    ledger = play(bought("2003-06-02", ISSUE, price=1))
    assert ledger.state.status == cn.Status.PURCHASED
    assert str(ledger.state.status) == "purchased" and ledger.state.status.is_final
    assert not ledger.of_kind("maturity", "redemption", "conversion")
    assert [day for day, _, cash in coupons(ledger) if cash] == ["2001-02-16", "2002-02-16", "2003-02-16"]
    with pytest.raises(cn.LifecycleError, match="nothing is outstanding") as error:
        play(bought("2003-06-02", ISSUE), bought("2003-07-02", 1000))
    assert error.value.rule == "BUY-1"
    # A conversion before and a purchase of the rest: the last word is of what went last.
    mixed = play(cn.Convert("2000-03-01", 1000), bought("2003-06-02", ISSUE - 1000))
    assert mixed.state.status == "purchased" and set(mixed.state.retired) == {"converted", "purchased"}


def test_buy1_called_and_elected_notes_may_be_bought_and_are_not_paid_then():
    called = cn.RedemptionNotice("2003-05-01", "2003-06-02", 100_000_000)
    ledger = play(called, bought("2003-05-05", 600_000_000), until="2003-06-30")
    assert [entry.principal for entry in ledger.of_kind("redemption")] == [90_000_000]
    changed = [cn.FundamentalChange("2001-06-01"), cn.FundamentalChangeNotice("2001-06-01")]
    elected = cn.RepurchaseElection("2001-06-05", 10_000_000)
    ledger = play(*changed, elected, bought("2001-06-06", 685_000_000), until="2001-07-31")
    assert [entry.principal for entry in ledger.of_kind("repurchase")] == [5_000_000]
    assert ledger.state.status == "repurchased"


def test_buy1_a_missed_coupon_goes_with_the_notes():
    missed = [cn.MissedPayment("2004-02-16"), bought("2004-03-01", 90_000_000), cn.Cure("2004-03-10")]
    [late] = play(*missed, until="2004-04-01").of_kind("late-interest")
    assert late.cash == Decimal("41250000.00")


def test_buy1_every_answer_tells_of_it():
    event = bought("2003-06-02", 90_000_000)
    ledger = play(event)
    text = str(ledger)
    assert "purchased 90,000,000" in text and "matured 600,000,000" in text
    report = cn.report.html(NOTE, LOW, events=[event])
    assert "principal purchased" in report and "BUY-1" in report
    whole = cn.report.html(NOTE, LOW, events=[bought("2003-06-02", ISSUE)])
    assert "purchased" in whole
    assert "BUY-1" in cn.provisions.RULES
    # What is bought needs no shares: 600,000,000 / 104.947.
    high = play(event, over=HIGH, until="2003-06-30").state
    found = cn.dilution(NOTE, on="2003-06-30", shares=357_140_000, price="15.56", state=high)
    assert Fraction(found.conversion_shares) // 1 == int(600_000_000 / Fraction("104.947"))


def test_buy1_a_simulation_goes_on_from_what_is_left_and_an_events_file_knows_it():
    state = play(bought("2000-06-01", 90_000_000), until="2001-02-16").state
    model = cn.Lognormal(as_of="2001-02-16", spot=50, rate=0.04, volatility=0.4)
    outcomes = cn.simulate(NOTE, model, paths=4, state=state)
    assert len(outcomes) == 4
    table = {"kind": "MarketPurchase", "on": "2000-06-01", "principal": 1000, "price": "0.95"}
    assert ev.from_table(table) == bought("2000-06-01", 1000)
    assert ev.from_table({"kind": "FurtherIssue", "on": "2000-06-01", "principal": 1000}) == cn.FurtherIssue("2000-06-01", 1000)


def test_buy1_a_percentage_is_refused():
    with pytest.raises(cn.TermsError, match=r"MarketPurchase\.price.*a share above 0 and at most 10"):
        bought("2000-06-01", 1000, price=95)
    with pytest.raises(cn.TermsError, match=r"MarketPurchase\.price"):
        bought("2000-06-01", 1000, price=0)


# --- further issues ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "cash"), [("2001-02-01", "48256849.32"), ("2001-02-02", "47567465.75")])
def test_buy1_further_notes_carry_the_interest_of_the_running_period(on, cash):
    # 700,000,000 x 0.06875 x 366 / 365, and after the record date the coupon of the 690,000,000.
    ledger = play(cn.FurtherIssue(on, 10_000_000), until="2001-02-16")
    assert coupons(ledger) == [("2001-02-16", "issue", Decimal(cash))]
    assert (ledger.state.outstanding, ledger.state.further) == (700_000_000, 10_000_000)
    [entry] = ledger.of_kind("further-issue")
    assert (entry.principal, entry.cash, entry.rules) == (0, Decimal("0.00"), ("BUY-1",))


def test_buy1_what_was_issued_adds_up():
    ledger = play(cn.FurtherIssue("2001-06-01", 10_000_000), bought("2002-06-03", 100_000_000))
    assert "Principal: 690,000,000 + further issues 10,000,000 = purchased 100,000,000 + matured 600,000,000" in str(ledger)
    gone = sum(ledger.state.retired.values())
    assert gone == ISSUE + ledger.state.further


def test_buy1_not_once_all_is_called_or_due():
    call = cn.RedemptionNotice("2003-05-01", "2003-06-02")
    more = cn.FurtherIssue("2003-05-05", 1000)
    assert play(dataclasses.replace(call, principal=1000), more, until="2003-05-06").state.outstanding == ISSUE + 1000
    for events, words in (
        ([call, more], "all Notes are called"),
        ([bought("2003-05-02", ISSUE), more], "the Notes are purchased"),
    ):
        with pytest.raises(cn.LifecycleError, match=words) as error:
            play(*events, until="2003-05-06")
        assert error.value.rule == "BUY-1"
