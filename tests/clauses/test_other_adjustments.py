"""Adjustments that other papers have: RTE-2, DIV-1 to DIV-3, ADJ-7 made up early, ADJ-10."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.provisions import Adjustment, Conversion
from tests.lifecycle.walk import course
from tests.made import made


def note_of(*, rate=None, price=None, **settings):
    """A plain convertible of 2000 to 2010 whose adjustments are those of `settings`."""
    conversion = Conversion(price=price) if rate is None else Conversion(rate=rate)
    adjustment = Adjustment(**{"carry_below": 0, **settings})
    return made("2000-02-16", "2010-02-16", rate="0.02", conversion=conversion, adjustment=adjustment)


def lived(note, *events, close=30, until="2003-12-31"):
    over = close if isinstance(close, cn.MarketHistory) else course(close)
    return cn.replay(note, over, events=events, until=until)


# --- RTE-2 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "rate"), [("half-up", "32.2692"), ("down", "32.2692"), ("up", "32.2693")])
def test_rte2_a_rate_is_rounded_to_a_ten_thousandth_of_a_share(mode, rate):
    # 31.6206 x 49.75 / 48.75 = 32.269227...
    note = note_of(rate="31.6206", rounding="0.0001", rounding_of="rate", rounding_mode=mode)
    ledger = lived(note, cn.CashDividend("2002-03-01", "1", market_price=Fraction("49.75")))
    assert ledger.state.conversion_rate == Decimal(rate)
    [entry] = ledger.of_kind("adjustment")
    assert {"ADJ-5", "ADJ-9", "RTE-2"} <= set(entry.rules)


def test_rte2_japan_rounds_the_price_up_and_china_half_up():
    # 891 x 99 / 100 = 882.09; 4.36 x 0.99 = 4.3164.
    tokyo = note_of(price=891, rounding="0.1", rounding_mode="up")
    assert lived(tokyo, cn.StockDividend("2002-03-01", 1, 99)).state.conversion_price == Decimal("882.1")
    hong_kong = note_of(price="4.36", rounding="0.01")
    ledger = lived(hong_kong, cn.StockDividend("2002-03-01", 1, 99))
    assert ledger.state.conversion_price == Decimal("4.32")
    assert "RTE-2" not in ledger.of_kind("adjustment")[0].rules


def test_rte2_the_next_adjustment_starts_from_the_rounded_figure():
    # 7.0234 / 3 = 2.34113... -> 2.3411, x 3 = 7.0233.
    note = note_of(rate="7.0234", rounding="0.0001", rounding_of="rate")
    ledger = lived(note, cn.Split("2002-03-01", 1, 3), cn.Split("2002-06-03", 3, 1))
    assert ledger.state.conversion_rate == Decimal("7.0233")


def test_rte2_whether_a_change_is_carried_is_judged_unrounded():
    # 0.00996 of 1 is below 1%, though a price of 10.00 rounded to 9.90 is a change of exactly 1%.
    note = note_of(price=10, rounding="0.1", carry_below="0.01")
    assert lived(note, cn.CashDividend("2002-03-01", "0.996", market_price=100)).state.conversion_price == 10
    # And what changes nothing rounds nothing.
    odd = note_of(price="10.03", rounding="0.1", carry_below="0.01")
    assert lived(odd, cn.CashDividend("2002-03-01", "0.5", market_price=100)).state.conversion_price == Decimal("10.03")


def test_rte2_rounding_that_leaves_nothing_is_refused():
    note = note_of(rate="0.5", rounding=1, rounding_of="rate", rounding_mode="down")
    with pytest.raises(cn.LifecycleError, match="rounding down leaves nothing of the rate") as error:
        lived(note, cn.StockDividend("2002-03-01", 1, 99))
    assert error.value.rule == "ADJ-2"


def test_rte2_a_provision_without_a_note_cannot_round_a_rate():
    with pytest.raises(cn.TermsError, match="per denomination"):
        Adjustment(rounding="0.0001", rounding_of="rate").split(50, new=2, old=1)


def test_rte2_findings_and_the_sheet():
    note = note_of(rate="31.6206", rounding_of="rate")
    assert any(each.rule == "RTE-2" and "no rounding is given" in each.message for each in note.check())
    coarse = note_of(rate="31.6206", rounding=5, rounding_of="rate")
    assert any(each.rule == "RTE-2" and "coarse" in each.message for each in coarse.check())
    fine = note_of(rate="31.6206", rounding="0.0001", rounding_of="rate", rounding_mode="up")
    assert not [each for each in fine.check() if each.rule in ("RTE-2", "ADJ-9")]
    assert cn.loads(cn.dumps(fine)) == fine
    with pytest.raises(cn.TermsError, match=r"adjustment\.rounding_mode .*allowed: half-up, down, up"):
        Adjustment(rounding_mode="half-even")
    assert "RTE-2" in str(fine.adjustment.printed())


def test_rte2_another_rounding_needs_each_holder(note):
    changed = dataclasses.replace(note, adjustment=dataclasses.replace(note.adjustment, rounding_mode="up"))
    [change] = note.amendments(changed)
    assert (change.setting, change.requirement.rule) == ("adjustment.rounding_mode", "AMD-2")


# --- ADJ-10 -----------------------------------------------------------------------------------------------------------


def test_adj10_a_spin_off_averaged_from_the_ex_date_on():
    # 37.9896 x (5.7613 + 24.00) / 24.00 = 47.10916...
    note = note_of(rate="37.9896", rounding="0.0001", rounding_of="rate")
    event = cn.SpinOff("2002-03-01", value="5.7613", market_price=24, averaged="from-ex-date")
    ledger = lived(note, event)
    assert ledger.state.conversion_rate == Decimal("47.1092")
    assert ledger.of_kind("adjustment")[0].rules[0] == "ADJ-10"
    # Averaged before it the share has the assets in it: 37.9896 x 24 / (24 - 5.7613) = 49.98988...
    before = dataclasses.replace(event, averaged="before")
    assert lived(note, before).state.conversion_rate == Decimal("49.9899")


def test_adj10_the_closes_from_the_ex_date_on_give_the_price():
    # Ten sessions from Friday 1 March 2002 on: five at 20, five at 28, so 24; 30 before and 40 after do not count.
    over = course(30, ("2002-03-01", 20), ("2002-03-08", 28), ("2002-03-15", 40))
    note = note_of(rate="37.9896", rounding="0.0001", rounding_of="rate")
    event = cn.SpinOff("2002-03-01", value="5.7613", averaged="from-ex-date")
    assert lived(note, event, close=over).state.conversion_rate == Decimal("47.1092")
    # The price changes on the ex-date itself.
    assert lived(note, event, close=over, until="2002-03-01").state.conversion_rate == Decimal("47.1092")
    assert lived(note, event, close=over, until="2002-02-28").state.conversion_rate == Decimal("37.9896")


def test_adj10_assets_worth_more_than_the_share_adjust_too():
    # 100 x 20 / (20 + 60) = 25; by ADJ-4 they would be delivered on conversion.
    event = cn.SpinOff("2002-03-01", value=60, market_price=20, averaged="from-ex-date")
    assert lived(note_of(price=100), event).state.conversion_price == 25
    with pytest.raises(cn.LifecycleError, match="a number above 0") as error:
        lived(note_of(price=100), dataclasses.replace(event, value=0))
    assert error.value.rule == "ADJ-10"
    with pytest.raises(cn.TermsError, match=r"SpinOff\.averaged.*allowed: before, from-ex-date"):
        cn.SpinOff("2002-03-01", value=60, averaged="after")
