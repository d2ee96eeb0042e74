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


# --- ADJ-7 ------------------------------------------------------------------------------------------------------------

THREE = [cn.CashDividend(day, cash="0.35") for day in ("2007-07-10", "2007-10-10", "2008-01-09")]


def carrying(until, **more):
    note = note_of(price="72.3735", dividend_threshold="0.20", carry_below="0.01", carry_until=until, **more)
    return dataclasses.replace(note, principal=dataclasses.replace(note.principal, issue_size=1_000_000))


def test_adj7_what_is_carried_is_made_up_on_a_conversion():
    # 13.8172 shares per 1,000; three times 0.998, 0.6% in all: 13.9004, so 13,900 shares for a million and not 13,817.
    convert = cn.Convert("2008-03-06", 1_000_000)
    for until, shares in (("conversion", 13_900), ("one-percent", 13_817), ("yearly", 13_900)):
        ledger = lived(carrying(until), *THREE, convert, close=75, until="2008-04-01")
        assert [entry.shares for entry in ledger.of_kind("conversion")] == [shares]
    # In January, before the anniversary of 16 February, only the conversion makes it up.
    early = dataclasses.replace(convert, on="2008-01-10")
    for until, shares in (("conversion", 13_900), ("one-percent", 13_817), ("yearly", 13_817)):
        ledger = lived(carrying(until), *THREE, early, close=75, until="2008-04-01")
        assert [entry.shares for entry in ledger.of_kind("conversion")] == [shares]


def test_adj7_a_part_that_converts_makes_it_up_for_all_and_once():
    ledger = lived(carrying("conversion"), *THREE, cn.Convert("2008-01-10", 1000), close=75, until="2008-01-31")
    [made_up] = [entry for entry in ledger.of_kind("adjustment") if entry.date.year == 2008 and entry.date.day == 10]
    assert made_up.rules == ("ADJ-7", "RST-4", "ADJ-9")
    assert "What was carried of earlier adjustments is made up, factor 0.994012" in made_up.text
    assert ledger.state.price == Fraction("72.3735") * Fraction("0.998") ** 3
    assert ledger.state.carried == (1, 0)
    # The close before the conversion is paid for the fraction as it was quoted: 13.9004... x 75.
    [conversion] = ledger.of_kind("conversion")
    left = 1000 / ledger.state.price - 13
    assert conversion.cash == round(left * 75, 2)


def test_adj7_after_a_merger_for_cash_it_is_made_up_in_the_shares():
    # 13,817.21... shares of before, each now one share and 5 in cash; / 0.998^3 they are 13,900.4... shares.
    merger = cn.Merger("2008-01-15", shares=1, cash=5)
    for until, shares in (("conversion", 13_900), ("one-percent", 13_817)):
        ledger = lived(carrying(until), *THREE, merger, cn.Convert("2008-02-06", 1_000_000), close=75, until="2008-02-28")
        assert [entry.shares for entry in ledger.of_kind("conversion")] == [shares]
        assert ledger.state.price == Fraction("72.3735")


def test_adj7_on_an_anniversary_a_call_and_a_change():
    # The anniversaries of 16 February: that of 2008 is a Saturday, and it is made up all the same.
    for until in ("conversion", "yearly"):
        ledger = lived(carrying(until), *THREE, close=75, until="2008-02-16")
        assert ledger.state.price == Fraction("72.3735") * Fraction("0.998") ** 3
        assert lived(carrying(until), *THREE, close=75, until="2008-02-15").state.conversion_price == Decimal("72.3735")
    peacs = cn.load("amazon-peacs-2010")
    for until, made_up in (("conversion", True), ("yearly", False), ("one-percent", False)):
        note = dataclasses.replace(
            peacs, reset=None, adjustment=dataclasses.replace(peacs.adjustment, carry_until=until, dividend_threshold="0.20")
        )
        for notice in (cn.RedemptionNotice("2008-01-10", "2008-02-12"), cn.FundamentalChange("2008-01-10")):
            ledger = lived(note, *THREE, notice, close=course(75), until="2008-01-11")
            assert (ledger.state.price != Fraction("104.947")) is made_up


def test_adj7_rounded_when_it_is_made_up():
    # 1,000 / 72.3735 / 0.998^3 = 13.90042... -> 13.9004
    note = carrying("conversion", rounding="0.0001", rounding_of="rate")
    ledger = lived(note, *THREE, cn.Convert("2008-01-10", 1_000_000), close=75, until="2008-01-31")
    assert 1000 / ledger.state.price == Fraction("13.9004")
    assert "RTE-2" in ledger.of_kind("adjustment")[-1].rules


def test_adj7_what_reads_a_state_reads_what_a_holder_would_get():
    note = carrying("conversion")
    state = lived(note, *THREE, close=75, until="2008-01-31").state
    assert state.conversion_price == Decimal("72.3735")
    assert note.conversion.settle("2008-02-01", 1_000_000, state=state, close=75).shares == 13_900
    parity = cn.analytics.parity(note, 75, state=state)
    assert abs(float(parity) - 1000 / float(Fraction("72.3735") * Fraction("0.998") ** 3) * 75 / 10) < 1e-9
    with pytest.raises(cn.TermsError, match="made up later") as error:
        cn.simulate(note, cn.Lognormal(as_of="2008-01-31", spot=75, rate=0.03, volatility=0.3), paths=2, state=state)
    assert error.value.rule == "ADJ-7"


def test_adj7_a_life_may_be_split_anywhere():
    convert = cn.Convert("2008-03-06", 1_000_000)
    for until in ("conversion", "yearly"):
        whole = lived(carrying(until), *THREE, convert, close=75, until="2008-12-31")
        half = lived(carrying(until), *THREE[:2], close=75, until="2007-12-31").state
        rest = cn.replay(carrying(until), course(75), events=[THREE[2], convert], until="2008-12-31", state=half)
        assert rest.of_kind("conversion") == whole.of_kind("conversion")


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


# --- DIV-1 ------------------------------------------------------------------------------------------------------------

BOTH = {"dividends": "threshold-both", "market_price_days": 1}


def dividend(on, cash, **more):
    return cn.CashDividend(on, cash=cash, **more)


def test_div1_threshold_in_numerator_and_denominator():
    # 50, threshold 0.25, dividend 1.25: the rate times 49.75 / 48.75 = 1.020513; a special one 50 / 48.75 = 1.025641.
    note = note_of(rate=100, dividend_threshold="0.25", **BOTH)
    for regular, factor, shown in ((True, Fraction(4975, 4875), "1.020513"), (False, Fraction(5000, 4875), "1.025641")):
        ledger = lived(note, dividend("2002-03-01", "1.25", regular=regular), close=50)
        assert round(factor, 6) == Fraction(shown)
        assert 1000 / ledger.state.price == 100 * factor
        assert ledger.of_kind("adjustment")[0].rules[0] == "DIV-1"


def test_div1_the_close_before_the_ex_date_counts():
    # 50 on 28 February 2002, 60 on the ex-date, 40 the day before: only the 50.
    over = course(40, ("2002-02-28", 50), ("2002-03-01", 60))
    note = note_of(rate=100, dividend_threshold="0.25", **BOTH)
    assert 1000 / lived(note, dividend("2002-03-01", "1.25"), close=over).state.price == 100 * Fraction(4975, 4875)


def test_div1_a_dividend_at_the_threshold_adjusts_nothing():
    note = note_of(rate=100, dividend_threshold="0.25", **BOTH)
    assert lived(note, dividend("2002-03-01", "0.25"), close=50).state.conversion_rate == 100
    assert lived(note, dividend("2002-03-01", "0.10"), close=50).state.conversion_rate == 100
    assert lived(note, dividend("2002-03-01", "0.26"), close=50).state.conversion_rate > 100


def test_div1_the_threshold_moves_with_a_split_and_not_with_a_dividend():
    # 50 and 0.20; after 2 for 1 they are 25 and 0.10: 25 x (30 - 0.20) / (30 - 0.10) = 24.9164.
    note = note_of(price=50, dividend_threshold="0.20", **BOTH)
    split = cn.Split("2002-03-01", 2, 1)
    ledger = lived(note, split, dividend("2002-06-03", "0.20"), close=30)
    assert ledger.state.price == 25 * Fraction("29.8") / Fraction("29.9")
    assert round(ledger.state.conversion_price, 4) == Decimal("24.9164")
    # A dividend before it moves the price and leaves the threshold at 0.10.
    twice = lived(note, split, dividend("2002-05-01", "0.20"), dividend("2002-06-03", "0.20"), close=30)
    assert twice.state.price == 25 * (Fraction("29.8") / Fraction("29.9")) ** 2
    # A reverse split moves it the other way: 0.10 of a share of half the size is 0.20 again.
    back = lived(note, split, cn.Split("2002-05-01", 1, 2), dividend("2002-06-03", "0.20"), close=30)
    assert back.state.price == 50


def test_div1_a_split_that_is_carried_moves_the_threshold_once_it_is_in_force():
    # A stock dividend of half a percent waits under the 1%: until it applies the threshold is 0.20 still.
    note = note_of(price=50, dividend_threshold="0.20", **{**BOTH, "carry_below": "0.01"})
    waits = cn.StockDividend("2002-03-01", 1, 199)
    assert lived(note, waits, dividend("2002-06-03", "0.20"), close=30).state.price == 50
    # With a dividend of 1.20 both apply, by 28.8 / 29.8 and 199 / 200; from then on it is 0.199.
    big = dividend("2002-06-03", "1.20")
    both = 50 * Fraction(199, 200) * Fraction("28.8") / Fraction("29.8")
    assert lived(note, waits, big, close=30).state.price == both
    ledger = lived(note, waits, big, dividend("2002-09-03", "1.20"), close=30)
    assert ledger.state.price == both * Fraction("28.8") / Fraction("29.801")


def test_div1_a_dividend_of_the_share_or_more_is_paid_in_cash():
    # 30 a share and a close of 30: 1,000 at 31.6206 shares get 948.618, and 31.6206 stays.
    note = note_of(rate="31.6206", dividend_threshold="0.25", **BOTH)
    ledger = lived(note, dividend("2002-03-01", 30), close=30)
    [paid] = ledger.of_kind("dividend")
    assert (paid.cash, paid.rules, str(paid.date)) == (Decimal("948.62"), ("DIV-1",), "2002-03-01")
    assert "31.6206 x 30 = 948.62" in paid.text
    assert ledger.state.conversion_rate == Decimal("31.6206")
    assert not ledger.of_kind("adjustment")
    # A cent less is an adjustment: 29.75 / 0.01 times the rate.
    almost = lived(note, dividend("2002-03-01", "29.99"), close=30)
    assert 1000 / almost.state.price == Fraction("31.6206") * 2975
    assert not almost.of_kind("dividend")


def test_div1_each_holder_is_paid_and_what_has_converted_is_not():
    note = made(
        "2000-02-16",
        "2010-02-16",
        rate="0.02",
        conversion=Conversion(rate=20),
        adjustment=Adjustment(carry_below=0, **BOTH),
        denomination=1000,
    )
    note = dataclasses.replace(note, principal=dataclasses.replace(note.principal, issue_size=5000))
    events = [cn.Convert("2002-02-28", 2000, holder="A"), dividend("2002-03-02", 40)]  # a Saturday
    ledger = cn.replay(note, course(30), events=events, until="2002-12-31", positions={"A": 2000, "B": 3000})
    [paid] = ledger.of_kind("dividend")
    assert (paid.holder, paid.cash, str(paid.payment_date)) == ("B", Decimal("2400.00"), "2002-03-04")
    assert paid.rules == ("DIV-1", "INT-6")


# --- DIV-2 ------------------------------------------------------------------------------------------------------------


def test_div2_one_threshold_counts_for_each_dividend():
    # Three times 0.35 at 75 beyond 0.20: 0.998 each.
    note = note_of(price=100, dividend_threshold="0.20")
    events = [dividend(day, "0.35") for day in ("2002-03-01", "2002-06-03", "2002-09-03")]
    ledger = lived(note, *events, close=75)
    assert ledger.state.price == 100 * Fraction(998, 1000) ** 3
    assert ledger.of_kind("adjustment")[0].rules[0] == "ADJ-5"


def test_div2_by_year_dividends_are_added_up_and_only_the_excess_adjusts_once():
    # 2002: 0.42 is free. 0.30, then 0.30: 0.18 in excess, then 0.30 whole. 2003 begins anew with 0.46.
    note = note_of(price=100, dividend_thresholds={2000: 0, 2002: "0.42", 2003: "0.46"})
    days = ("2002-03-01", "2002-06-03", "2002-09-03", "2003-03-03")
    events = [dividend(day, "0.30", market_price=50) for day in days]
    expected = [Fraction(100), 100 * Fraction("49.82") / 50]
    expected += [expected[-1] * Fraction("49.70") / 50] * 2
    for count, price in enumerate(expected, 1):
        assert lived(note, *events[:count]).state.price == price
    assert lived(note, *events).of_kind("adjustment")[1].rules[0] == "DIV-2"


def test_div2_after_a_split_threshold_and_what_was_paid_are_in_new_shares():
    # 0.30 of an old share is 0.15 of a new one: of 0.21 free 0.06 are left, so of 0.20 there are 0.14 in excess.
    note = note_of(price=100, dividend_thresholds={2002: "0.42"})
    events = [dividend("2002-03-01", "0.30", market_price=50), cn.Split("2002-05-01", 2, 1)]
    ledger = lived(note, *events, dividend("2002-06-03", "0.20", market_price=25))
    assert ledger.state.price == 50 * Fraction("24.86") / 25


def test_div2_a_year_without_a_threshold_is_refused():
    note = note_of(price=100, dividend_thresholds={2002: "0.42"})
    with pytest.raises(cn.LifecycleError, match="there is no threshold for 2003; years: 2002") as error:
        lived(note, dividend("2003-03-03", "0.30"))
    assert error.value.rule == "DIV-2"
    assert any(each.rule == "DIV-2" and "2000, 2001, 2003" in each.message for each in note.check())


def test_div2_the_table_in_a_sheet():
    note = note_of(price=100, dividend_thresholds={2003: "0.46", 2002: "0.42"})
    text = cn.dumps(note)
    assert "dividend_thresholds = {2002 = 0.42, 2003 = 0.46}" in text
    assert cn.loads(text) == note
    as_table = text.replace("dividend_thresholds = {2002 = 0.42, 2003 = 0.46}  # DIV-2, convention\n", "")
    assert as_table != text
    assert cn.loads(as_table + "[adjustment.dividend_thresholds]\n2002 = 0.42\n2003 = 0.46\n") == note
    with pytest.raises(cn.TermsError, match=r"adjustment\.dividend_thresholds\.02 .*a year of four digits"):
        Adjustment(dividend_thresholds={"02": 1})
    for other in ({"dividend_threshold": 1}, {"dividends": "subtract"}):
        both = note_of(price=100, dividend_thresholds={2002: 1}, **other)
        assert any(each.rule == "DIV-2" and "not read" in each.message for each in both.check())
    assert hash(note.adjustment.dividend_thresholds) == hash(cn.loads(text).adjustment.dividend_thresholds)


# --- DIV-3 ------------------------------------------------------------------------------------------------------------

SUBTRACT = {"dividends": "subtract", "only_reverse_split_raises": False}


def test_div3_a_dividend_is_subtracted():
    note = note_of(price="4.36", **SUBTRACT)
    ledger = lived(note, dividend("2002-03-01", "0.10"))
    assert ledger.state.conversion_price == Decimal("4.26")
    [entry] = ledger.of_kind("adjustment")
    assert entry.rules[0] == "DIV-3"
    assert "(4.36 - 0.1 + 0) / (1 + 0 + 0)" in entry.text


def test_div3_new_shares_below_and_above_the_price():
    # 100 new on 1,000: (4.36 + 2 / 10) / 1.1; at 6 a share (4.36 + 0.6) / 1.1 is more than 4.36.
    note = note_of(price="4.36", **SUBTRACT)
    for proceeds, raised in ((200, "0.2"), (600, "0.6")):
        ledger = lived(note, cn.RightsIssue("2002-03-01", shares=100, proceeds=proceeds, outstanding=1000))
        assert ledger.state.price == (Fraction("4.36") + Fraction(raised)) / Fraction("1.1")
    capped = note_of(price="4.36", dividends="subtract")
    issue = cn.RightsIssue("2002-03-01", shares=100, proceeds=600, outstanding=1000)
    assert lived(capped, issue).state.conversion_price == Decimal("4.36")
    assert any(each.rule == "DIV-3" and "only_reverse_split_raises" in each.message for each in capped.check())
    assert not [each for each in note.check() if each.rule == "DIV-3"]


def test_div3_all_of_one_day_act_in_one_formula():
    # (10 - 0.5 + 8 x 0.2) / (1 + 0.1 + 0.2), whatever the order they are listed in.
    note = note_of(price=10, **SUBTRACT)
    events = [
        dividend("2002-03-01", "0.5"),
        cn.StockDividend("2002-03-01", 10, 100),
        cn.RightsIssue("2002-03-01", shares=20, proceeds=160, outstanding=100),
    ]
    expected = (10 - Fraction("0.5") + Fraction("1.6")) / Fraction("1.3")
    for listed in (events, events[::-1]):
        ledger = lived(note, *listed)
        assert ledger.state.price == expected
        assert "LIF-5" not in {rule for entry in ledger.of_kind("adjustment") for rule in entry.rules}
    # On two days they are two formulas: (10 - 0.5), and then (9.5 + 1.6) / 1.3.
    apart = [dataclasses.replace(events[0], on="2002-02-28"), *events[1:]]
    assert lived(note, *apart).state.price == (Fraction("9.5") + Fraction("1.6")) / Fraction("1.3")


def test_div3_the_one_percent_is_judged_on_all_of_the_day():
    # Down by 5% and up by 4.6%: 0.4% together, carried though each alone would apply.
    note = note_of(price=10, carry_below="0.01", **SUBTRACT)
    paid = dividend("2002-03-01", "0.5")
    issue = cn.RightsIssue("2002-03-01", shares=100, proceeds=1460, outstanding=1000)  # (9.5 + 1.46) / 1.1 = 9.9636...
    ledger = lived(note, paid, issue)
    assert ledger.state.conversion_price == 10
    assert ledger.state.carried == (Fraction("10.96") / 11, 1 - Fraction("10.96") / 11)
    assert lived(note, paid).state.conversion_price == Decimal("9.5")


def test_div3_a_dividend_of_the_price_is_refused():
    note = note_of(price=10, **SUBTRACT)
    assert lived(note, dividend("2002-03-01", "9.99")).state.conversion_price == Decimal("0.01")
    with pytest.raises(cn.LifecycleError, match="expected less than the conversion price 10") as error:
        lived(note, dividend("2002-03-01", 10))
    assert error.value.rule == "DIV-3"
    with pytest.raises(cn.LifecycleError, match="a number above 0"):
        lived(note, cn.RightsIssue("2002-03-01", shares=0, proceeds=600, outstanding=1000))


def test_div3_a_split_of_the_day_comes_first():
    # The dividend is one of the new share: (10 / 2 - 0.5).
    note = note_of(price=10, **SUBTRACT)
    assert lived(note, dividend("2002-03-01", "0.5"), cn.Split("2002-03-01", 2, 1)).state.conversion_price == Decimal("4.5")


def test_div3_figures_that_were_published():
    # HKD 2,000,000 give 677,966 shares at 2.95 and, a dividend of 0.08 subtracted, 696,864 at 2.87.
    note = note_of(price="2.95", rounding="0.01", **SUBTRACT)
    note = dataclasses.replace(note, principal=dataclasses.replace(note.principal, issue_size=4_000_000))
    before, after = (cn.Convert(day, 2_000_000) for day in ("2002-02-28", "2002-03-04"))
    ledger = lived(note, before, dividend("2002-03-01", "0.08"), after, close=3)
    assert [entry.shares for entry in ledger.of_kind("conversion")] == [677_966, 696_864]


def test_adj3_figures_that_were_published():
    # 2,000,431,547 new shares at 1.84 on 6,001,294,642, the share at 3.31 to 3.35: 4.47 becomes 3.97.
    note = note_of(price="4.47", rounding="0.01")
    for market in ("3.31", "3.35"):
        new = 2_000_431_547
        issue = cn.RightsIssue("2002-03-01", new, new * Fraction("1.84"), 6_001_294_642, market_price=market)
        assert lived(note, issue).state.conversion_price == Decimal("3.97")


def test_adj5_a_threshold_moves_with_a_split_too():
    # Beyond 0.10 of a new share, 0.20 adjusts by 29.90 / 30: 25 becomes 24.9167.
    note = note_of(price=50, dividend_threshold="0.20")
    ledger = lived(note, cn.Split("2002-03-01", 2, 1), dividend("2002-06-03", "0.20"), close=30)
    assert ledger.state.price == 25 * Fraction("29.9") / 30
    assert round(ledger.state.conversion_price, 4) == Decimal("24.9167")


@pytest.mark.parametrize(
    ("settings", "rule"),
    [({}, "ADJ-5"), ({"dividend_thresholds": {2001: 1}}, "DIV-2"), (BOTH, "DIV-1"), (SUBTRACT, "DIV-3")],
)
def test_div_dividends_of_a_model_are_not_simulated_and_the_refusal_names_the_rule(settings, rule):
    note = note_of(price=50, **settings)
    model = cn.Lognormal(as_of="2000-02-16", spot=40, rate=0.03, volatility=0.3, dividends=[("2001-03-01", 1.0)])
    with pytest.raises(cn.MarketError, match="not simulated") as error:
        cn.simulate(note, model, paths=2)
    assert error.value.rule == rule
