"""Revisions of the conversion price (DWN-1): 15 of 30 closes below 85% of it, down to the higher of two averages."""

import dataclasses
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.provisions.revision import AverageFloor
from tests.low_closes import DAYS, NOTE, SHEET, history, low_from, note, session
from tests.oracles import low_closes as oracle

ON = "2020-06-15"
#: closes of 8.49 on the 15 trading days to 15 June
LOW = low_from(session(ON, -14), "8.49")
CONVERTED = cn.Convert("2020-06-16", 100_000)


def lives(*events, of=NOTE, over=LOW, until="2020-12-31", **more):
    return cn.replay(of, over, events=list(events), until=until, **more)


def refusal(*events, of=NOTE, over=LOW, until="2020-12-31", **more):
    with pytest.raises(cn.LifecycleError) as error:
        lives(*events, of=of, over=over, until=until, **more)
    assert error.value.rule == "DWN-1"
    return str(error.value)


# --- the closes


def test_dwn1_fifteen_of_thirty_closes_and_14_are_told():
    [entry] = lives(cn.Revision(ON, 9)).of_kind("revision")
    assert "15 of 30 closes to 2020-06-15 meet the condition" in entry.text and entry.rules == ("DWN-1", "DWN-1c")
    assert "14 of 30 to 2020-06-15" in refusal(cn.Revision(ON, 9), over=low_from(session(ON, -13), "8.49"))


@pytest.mark.parametrize(("strict", "close", "allowed"), [(True, "8.5", False), (True, "8.49", True), (False, "8.5", True)])
def test_dwn1_a_close_at_the_level_counts_only_where_the_paper_says_so(strict, close, allowed):
    of, over = note("revision", {"strict": strict}), low_from(session(ON, -14), close)
    if allowed:
        assert lives(cn.Revision(ON, 9), of=of, over=over).of_kind("revision")
    else:
        assert "0 of 30" in refusal(cn.Revision(ON, 9), of=of, over=over)


@pytest.mark.parametrize(("after", "allowed"), [("4.24", True), ("4.25", False)])
def test_dwn1_the_level_moves_with_a_split_inside_the_period(after, allowed):
    split = session(ON, -4)
    over = history({session(ON, -14): "8.49", split: after})
    events = [cn.Split(split, new=2, old=1), cn.Revision(ON, "4.50")]
    if allowed:
        assert lives(*events, over=over).state.conversion_price == Decimal("4.5")
    else:
        assert "10 of 30" in refusal(*events, over=over)


# --- the floor


def test_dwn1_at_the_higher_of_two_averages_and_not_below_it():
    """Of the 20 closes before 15 June six are 9 and fourteen 8.49: 8.643; the last is 8.49."""
    assert lives(cn.Revision(ON, "8.643")).state.conversion_price == Decimal("8.643")
    text = refusal(cn.Revision(ON, "8.642"))
    assert "8.642 is below the floor of 8.643000, the higher of the averages of 20 and of 1 closes" in text
    [entry] = lives(cn.Revision(ON, "8.643")).of_kind("revision")
    assert "8.643000 and 8.490000" in entry.text


def test_dwn1_the_last_close_is_the_floor_where_it_is_above_the_average():
    over = history({session(ON, -30): "8.40", session(ON, -1): "9.30"})
    assert "below the floor of 9.300000" in refusal(cn.Revision(ON, "9.29"), over=over)
    assert lives(cn.Revision(ON, "9.30"), over=over).of_kind("revision")
    lower = note("revision", floor="lower of 20 and 1")
    # nineteen closes at 8.40 and one at 9.30
    assert "below the floor of 8.445000" in refusal(cn.Revision(ON, "8.444"), of=lower, over=over)
    assert lives(cn.Revision(ON, "8.445"), of=lower, over=over).of_kind("revision")
    alone = note("revision", floor="average of 1")
    assert "the floor of 9.300000, the last close" in refusal(cn.Revision(ON, "9.29"), of=alone, over=over)


def test_dwn1_the_averages_are_of_closes_per_share_as_it_is_today():
    split = session(ON, -4)
    over = history({session(ON, -30): "8.40", split: "4.10"})
    # of the 20 closes before the day sixteen at 8.40 are 4.20 of today's shares, four are 4.10: 4.18
    events = cn.Split(split, new=2, old=1)
    assert "below the floor of 4.180000" in refusal(events, cn.Revision(ON, "4.17"), over=over)
    assert lives(events, cn.Revision(ON, "4.18"), over=over).of_kind("revision")


def test_rst4_a_floor_in_money_moves_with_a_split():
    of, split = note("revision", floor="8.60"), session(ON, -4)
    assert "below the floor of 8.60" in refusal(cn.Revision(ON, "8.59"), of=of)
    assert lives(cn.Revision(ON, "8.60"), of=of).of_kind("revision")
    over = history({session(ON, -30): "8.40", split: "4.10"})
    events = cn.Split(split, new=2, old=1)
    assert "below the floor of 4.30" in refusal(events, cn.Revision(ON, "4.29"), of=of, over=over)
    assert lives(events, cn.Revision(ON, "4.30"), of=of, over=over).of_kind("revision")


def test_rst4_a_floor_in_money_is_as_stated_until_an_adjustment():
    terms = note("revision", floor="8.60").revision
    assert terms.lowest(()) == Fraction("8.6") and terms.lowest((), Fraction(1, 2)) == Fraction("4.3")
    assert terms.lowest((), np.array([1.0, 0.5])).tolist() == [8.6, 4.3]


def test_dwn1_it_lowers_the_price():
    for price in ("10", "10.01"):
        assert "is not below the price in force of 10" in refusal(cn.Revision(ON, price))
    assert "expected a price above 0" in refusal(cn.Revision(ON, 0))
    twice = [cn.Revision(ON, 9), cn.Revision("2020-07-30", 9)]
    assert "is not below the price in force of 9" in refusal(*twice, over=low_from(session(ON, -14), "7"))


def test_dwn1_against_closes_counted_one_by_one():
    random, seen = Random(3), set()
    for _ in range(80):
        figures = [random.choice(["8.49", "8.50", "8.8", "7.9"]) for _ in DAYS]
        over = cn.MarketHistory(dates=DAYS, closes=figures, currency="USD")
        place = random.randrange(300, 900)
        counts, higher = random.choice([((20, 1), True), ((20, 1), False), ((5,), True), ((3, 10), True)])
        words = (
            f"average of {counts[0]}" if len(counts) == 1 else f"{'higher' if higher else 'lower'} of {counts[0]} and {counts[1]}"
        )
        of = note("revision", floor=words)
        right, count = oracle.stands(DAYS, oracle.low(figures, [10] * len(DAYS), "0.85", True), DAYS[place], 15, 30)
        lowest = oracle.floor(figures[:place], counts, higher)
        price = random.choice([lowest, lowest - Fraction(1, 1000), Fraction("9.5")])
        event = cn.Revision(DAYS[place], price)
        if right and price >= lowest:
            now = lives(event, of=of, over=over, until=DAYS[place]).state.conversion_price
            assert abs(Fraction(now) - price) < Fraction(1, 10**25)  # a third has no last decimal
        else:
            text = refusal(event, of=of, over=over, until=DAYS[place])
            assert (f"{count} of 30" in text) is not right and ("below the floor" in text) is right
        seen.add((right, price >= lowest))
    assert seen == {(True, True), (True, False), (False, True), (False, False)}


AVERAGES = "of the averages of 20 and of 1 closes, 8.643000 and 8.490000"
CLOSES = "15 of 30 closes to 2020-06-15 meet the condition (15 of 30 closes below 85% of the conversion price in force)."


@pytest.mark.parametrize(
    ("floor", "price", "told"),
    [
        ("higher of 20 and 1", 9, f"9; the floor is 8.643000, the higher {AVERAGES}"),
        ("lower of 20 and 1", 9, f"9; the floor is 8.490000, the lower {AVERAGES}"),
        ("average of 20", 9, "9; the floor is 8.643000, the average of 20 closes"),
        ("average of 1", "8.5", "8.5; the floor is 8.490000, the last close"),
        ("8.60", "8.604", "8.6, which is 8.604 rounded; the floor is 8.600000"),
    ],
)  # fmt: skip
def test_dwn1_the_entry_says_the_price_the_floor_and_the_closes(floor, price, told):
    to_the_cent = cn.provisions.Adjustment(rounding="0.01", rounding_of="price", rounding_mode="half-up")
    of = dataclasses.replace(note("revision", floor=floor), adjustment=to_the_cent)
    [entry] = lives(cn.Revision(ON, price), of=of).of_kind("revision")
    assert entry.text == f"The Company lowers the conversion price from 10 to {told}. {CLOSES}"


# --- what follows from the new price


def test_dwn1c_conversions_of_the_day_are_at_the_new_price():
    events = [cn.Convert("2020-06-12", 90_000), cn.Revision(ON, 9), cn.Convert(ON, 90_000)]
    assert [entry.shares for entry in lives(*events).of_kind("conversion")] == [9_000, 10_000]


def test_rte2_the_new_price_is_rounded_as_an_adjusted_one():
    def rounded(**settings):
        return dataclasses.replace(NOTE, adjustment=cn.provisions.Adjustment(**settings))

    up = rounded(rounding="0.01", rounding_of="price", rounding_mode="up")
    [entry] = lives(cn.Revision(ON, "8.6401"), of=up).of_kind("revision")
    assert "to 8.65, which is 8.6401 rounded" in entry.text and {"ADJ-9", "RTE-2"} <= set(entry.rules)
    # the rounded price is what is compared with the floor of 8.643
    down = rounded(rounding="0.01", rounding_of="price", rounding_mode="down")
    assert "8.64 is below the floor of 8.643000" in refusal(cn.Revision(ON, "8.645"), of=down)
    # 100 / 8.65 = 11.56069 shares per 100, as 11.5607: 8.6499952
    by_rate = rounded(rounding="0.0001", rounding_of="rate")
    assert lives(cn.Revision(ON, "8.65"), of=by_rate).state.conversion_rate == pytest.approx(Decimal("11.5607"))


@pytest.mark.parametrize(("of_what", "day"), [("in-force", "2020-07-27"), ("initial", None)])
def test_wdr7_a_trigger_of_the_price_in_force_moves_and_one_of_the_initial_price_does_not(of_what, day):
    """Closes of 12.5 from 29 June on: above 130% of 9 is 11.7, of 10 it is 13."""
    withdrawal = cn.provisions.Withdrawal(trigger_multiple="1.3", trigger_of=of_what)
    of = dataclasses.replace(NOTE, withdrawal=withdrawal)
    over = history({session(ON, -14): "8.49", "2020-06-29": "12.50"})
    met = lives(cn.Revision(ON, 9), of=of, over=over).of_kind("trigger-met")
    assert [str(entry.date) for entry in met] == ([day] if day else [])
    assert DAYS[DAYS.index(met[0].date) - 19].isoformat() == "2020-06-29" if day else True


def test_sft1_a_figure_does_not_move_with_a_revision():
    condition = {"days": 1, "period": 1, "strict": True, "ends": "notice"}
    over, call = history({session(ON, -14): "8.49", "2020-06-29": "12.50"}), cn.RedemptionNotice("2020-06-29", "2020-08-03")
    answers = {}
    for name, level in (("figure", {"figure": 13, "of": "figure"}), ("in-force", {"multiple": "1.3", "of": "in-force"})):
        terms = cn.provisions.Redemption(prices=[["2019-03-01", 1]], condition=condition | level)
        try:
            lives(cn.Revision(ON, 9), call, of=dataclasses.replace(NOTE, redemption=terms), over=over)
            answers[name] = True
        except cn.LifecycleError as error:
            answers[name] = error.rule != "SFT-1"
    assert answers == {"figure": False, "in-force": True}


def test_rst2_a_reset_of_the_same_day_comes_first_and_a_later_one_starts_from_the_new_price():
    reset = cn.provisions.Reset(dates=[ON, "2021-06-15"], floor="8.8")
    of = dataclasses.replace(NOTE, reset=reset)
    over = low_from(session(ON, -15), "8.49")  # the close of 15 June is not below 85% of 8.80
    ledger = lives(cn.Revision(ON, "8.70"), of=of, over=over, until="2021-12-31")
    assert [entry.kind for entry in ledger if str(entry.date) == ON] == ["reset", "revision"]
    assert "from 8.8 to 8.7" in ledger.of_kind("revision")[0].text
    assert "is not below the price in force of 8.8" in refusal(cn.Revision(ON, "8.9"), of=of, over=over)
    assert ledger.state.conversion_price == Decimal("8.7")  # the second reset finds it below its floor


def test_lif5_a_dividend_of_the_same_day_comes_first():
    subtracts = cn.provisions.Adjustment(dividends="subtract", only_reverse_split_raises=False, carry_below=0)
    of = dataclasses.replace(NOTE, adjustment=subtracts)
    events = [cn.Revision(ON, "8.70"), cn.CashDividend(ON, "0.50")]
    over = low_from(session(ON, -15), "8.49")  # the close of 15 June is not below 85% of 9.50
    ledger = lives(*events, cn.CashDividend("2020-06-16", "0.20"), of=of, over=over)
    assert [entry.kind for entry in ledger if str(entry.date) == ON] == ["adjustment", "revision"]
    assert "from 9.5 to 8.7" in ledger.of_kind("revision")[0].text
    assert ledger.state.conversion_price == Decimal("8.5")


def test_adj7_what_is_carried_is_carried_on_from_the_new_price():
    """A stock dividend of 0.6% is carried; with another the factor is 1 / 1.006^2, on a price of 9."""
    events = [cn.StockDividend("2020-05-04", 6, 1000), cn.Revision(ON, 9), cn.StockDividend("2020-07-06", 6, 1000)]
    assert lives(*events).state.conversion_price == pytest.approx(Decimal(9) / Decimal("1.012036"))


def test_dwn1_the_level_of_the_next_revision_is_that_of_the_new_price():
    """After a revision to 8.7 closes of 7.40 are not below 85% of it, 7.395, and closes of 7.39 are."""
    for close, allowed in (("7.40", False), ("7.39", True)):
        over = history({session(ON, -14): "8.49", session(ON, 1): close})
        events = [cn.Revision(ON, "8.70"), cn.Revision(session(ON, 31), "8.00")]
        if allowed:
            assert lives(*events, over=over).state.conversion_price == 8
        else:
            # before 15 June closes of 8.49 were low, and two days of the period are older than it
            assert "0 of 30" in refusal(*events, over=over)


# --- when there is no right


def test_dwn1_a_note_without_the_provision_and_notes_that_no_longer_convert():
    assert "no provision to revise" in refusal(cn.Revision(ON, 9), of=dataclasses.replace(NOTE, revision=None))
    until = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, until=ON))
    assert lives(cn.Revision(ON, 9), of=until).of_kind("revision")
    later = session(ON, 1)
    assert "no longer convert" in refusal(cn.Revision(later, 9), of=until)
    assert "no longer convert" in refusal(cn.Convert("2020-06-01", 1_000_000), cn.Revision(ON, 9))
    assert "0 of 0, no trading day" not in refusal(cn.Revision("2018-03-01", 9))
    assert "issued on" in refusal(cn.Revision("2018-02-28", 9))


def test_dwn1_after_a_merger_for_cash_there_are_no_closes():
    merger = cn.Merger(session(ON, -8), 0, 8)
    assert "7 of 30" in refusal(merger, cn.Revision(ON, 9), over=low_from(session(ON, -15), "8.49"))


def test_dwn1_missing_closes_of_the_floor_are_named():
    of = note("revision", {"days": 1, "period": 1})
    gone = [day for day in DAYS if str(day) != session(ON, -10)]
    over = cn.MarketHistory(dates=gone, closes=["8"] * len(gone), currency="USD")
    with pytest.raises(cn.MarketError, match=session(ON, -10)):
        lives(cn.Revision(ON, 9), of=of, over=over)


# --- the life as a whole


def test_dwn1_a_replay_split_inside_the_period_changes_nothing():
    over = history({session(ON, -14): "8.49", session(ON, -5): "4.24"})
    events = [cn.Split(session(ON, -5), new=2, old=1), cn.Revision(ON, "4.50"), cn.Revision("2020-07-30", "4.40"), CONVERTED]
    easier = note("revision", {"multiple": "0.99"})
    whole = cn.replay(easier, over, events=events, until="2020-12-31")
    assert len(whole.of_kind("revision")) == 2
    for shift in (-30, -14, -6, -5, -1, 0, 1, 20):
        day = session(ON, shift)
        first = cn.replay(easier, over, events=[each for each in events if str(each.on) <= day], until=day)
        later = cn.MarketHistory(
            dates=[each for each in DAYS if str(each) > day],
            closes=[over.exact_close(cn.calendars.day_number(each)) for each in DAYS if str(each) > day],
            currency="USD",
        )
        rest = [each for each in events if str(each.on) > day]
        second = cn.replay(easier, later, events=rest, state=first.state, until="2020-12-31")
        assert [str(entry) for entry in (*first, *second)] == [str(entry) for entry in whole], shift


def test_dwn1_the_floor_is_written_in_a_few_ways_and_no_other():
    for words in ("higher of 20 and 1", "lower of 5 and 10", "average of 30"):
        again = cn.loads(cn.dumps(note("revision", floor=words)))
        assert str(again.revision.floor) == words and again == note("revision", floor=words)
    assert cn.loads(cn.dumps(note("revision", floor="3.50"))).revision.floor == Decimal("3.5")
    for words in ("highest of 20 and 1", "higher of 20", "higher of 0 and 1", "higher of 251 and 1", "20", "-1", "average"):
        if words == "20":
            assert note("revision", floor=words).revision.floor == 20
        else:
            with pytest.raises(cn.TermsError, match=r"revision.floor \(DWN-1\).*higher of 20 and 1"):
                note("revision", floor=words)
    with pytest.raises(ValueError, match="1 to 250"):
        AverageFloor((1, 2, 3))


def test_dwn1_the_terms_are_told_everywhere():
    assert cn.loads(cn.dumps(NOTE)) == NOTE
    assert any(row[2] == "DWN-1" and "higher of the averages" in row[1] for row in NOTE.summary().rows)
    assert [each.rule for each in note("revision", {"multiple": "1.1"}).check() if "odd" in each.message] == ["DWN-1"]
    assert [each.rule for each in note("revision", floor=10).check() if "no revision is possible" in each.message] == ["DWN-1"]
    with pytest.raises(cn.TermsError, match=r"revision.condition.days \(DWN-1\)"):
        cn.loads(SHEET.replace("days = 15", "days = 31"))
    mandatory = cn.load("mandatory-2022")
    with pytest.raises(cn.TermsError, match=r"revision \(MND-1\)"):
        dataclasses.replace(mandatory, revision=NOTE.revision)
    with pytest.raises(cn.TermsError, match=r"revision \(DWN-1\)"):
        dataclasses.replace(cn.load("afv-2003"), conversion=None, adjustment=None, revision=NOTE.revision)


def test_dwn1_taking_the_right_away_needs_each_holder():
    def rule(changed):
        return {each.setting: each.requirement.rule for each in NOTE.amendments(changed)}

    assert rule(note("revision", {"multiple": "0.8"})) == {"revision.condition": "AMD-2"}
    assert rule(note("revision", {"multiple": "0.9"})) == {"revision.condition": "AMD-1"}
    assert rule(note("revision", floor="average of 20")) == {"revision.floor": "AMD-2"}
    assert set(rule(dataclasses.replace(NOTE, revision=None)).values()) == {"AMD-2"}


def test_dwn1_a_price_without_the_right_is_asked_for_by_name():
    of = dataclasses.replace(NOTE, conditional_put=None)
    model = cn.Lognormal(as_of="2018-03-01", spot=9, volatility=0.3, rate=0.03)
    with pytest.raises(cn.PricingError, match="DWN-1"):
        cn.price(of, model)
    assert cn.price(of, model, ignore=["DWN-1"]).price > 0


def test_dwn1_in_a_simulation_the_price_is_never_lowered_and_the_summary_says_so():
    of = dataclasses.replace(NOTE, conditional_put=None)
    model = cn.Lognormal(as_of="2018-03-01", spot=9, volatility=0.3, rate=0.03)
    outcomes = cn.simulate(of, model, paths=100, seed=1)
    without = cn.simulate(dataclasses.replace(of, revision=None), model, paths=100, seed=1)
    assert (outcomes.cash == without.cash).all() and (outcomes.shares == without.shares).all()
    assert "DWN-1: the Company may lower the conversion price; the simulation assumes that it does not" in str(outcomes.summary())
    # but a price lowered before the start is the one that paths convert at
    start = lives(cn.Revision(ON, 9), of=of, until="2020-07-01").state
    later = cn.simulate(of, model.at("2020-07-01", spot=8.49), paths=20, seed=1, state=start)
    assert set(later.conversion_price) == {9.0}
