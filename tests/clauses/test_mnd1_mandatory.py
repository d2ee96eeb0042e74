"""A mandatory: at maturity 100 become 2.1739 shares below 46.00, 1.7892 above 55.89, 100 / average between (MND-1)."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.provisions import Adjustment, Conversion, DayRule, Interest, Mandatory, Principal

TERMS = {"min_rate": "1.7892", "max_rate": "2.1739", "low": 46, "high": "55.89"}
NOTE = cn.ConvertibleNote(
    name="mandatory",
    principal=Principal(
        issue_date="2019-01-15",
        maturity_date="2022-01-14",
        issue_size=1000,
        denomination=100,
        currency="USD",
        trading_days="NYSE",
    ),
    interest=Interest(rate="0.06", frequency=4, day_count="30/360"),
    conversion=Conversion(rate="1.7892"),
    adjustment=Adjustment(),
    mandatory=Mandatory(**TERMS),
)
DAYS = [to_date(day) for day in calendar("NYSE").between(day_number("2019-01-15"), day_number("2022-01-14"))]


def history(close=50, vwap=None, **changes):
    closes = dict.fromkeys(DAYS, close) | {to_date(day_number(on.replace("_", "-")[1:])): each for on, each in changes.items()}
    series = None if vwap is None else {"VWAP": vwap}
    return cn.MarketHistory(dates=DAYS, closes=[closes[day] for day in DAYS], currency="USD", series=series)


def at_maturity(note=NOTE, told=None, *events, **more):
    ledger = cn.replay(note, told or history(), events=events, **more)
    return ledger, ledger.of_kind("conversion")[-1]


@pytest.mark.parametrize(
    ("average", "rate"),
    [
        ("45.99", "2.1739"),
        (46, "2.1739"),
        (50, "2.0000"),
        ("52.15", "1.9175"),
        ("55.89", "1.7892"),
        (56, "1.7892"),
        (80, "1.7892"),
    ],
)
def test_mnd1_the_rate_between_two_prices(average, rate):
    assert NOTE.mandatory.rate(average) == Decimal(rate)  # 100 / 52.15 = 1.91754…
    ledger, entry = at_maturity(told=history(average))
    shares = 1000 * Fraction(rate) / 100
    assert entry.shares == int(shares) and entry.principal == 1000
    assert entry.cash == round((shares - int(shares)) * Fraction(average), 2)
    assert ledger.state.status is cn.Status.CONVERTED and dict(ledger.state.retired) == {"converted": 1000}
    assert not ledger.of_kind("maturity") and "MND-1" in entry.rules
    assert len(ledger.of_kind("coupon")) == 12 and ledger.of_kind("coupon")[-1].date == NOTE.maturity_date


def test_mnd1_the_average_is_over_the_trading_days_that_end_before_maturity():
    # The window is the 20 trading days to 2022-01-13: 2021-12-16 is the first, 2021-12-15 and the maturity date lie outside.
    _, entry = at_maturity(told=history(50, _2021_12_15=10, _2022_01_14=10))
    assert entry.shares == 20 and entry.cash == 0
    assert "the average of the 20 closes, which stand in for the VWAP, from 2021-12-16 to 2022-01-13 is 50" in entry.text
    _, entry = at_maturity(told=history(50, _2021_12_16=90))
    assert "is 52, from 46 to 55.89: the rate is 1.9231, which is 100 over it to the nearest 0.0001" in entry.text
    ends = dataclasses.replace(NOTE, mandatory=Mandatory(**TERMS, average_ends="2 trading days before"))
    _, entry = at_maturity(ends, history(50, _2022_01_13=90))
    assert "from 2021-12-15 to 2022-01-12 is 50" in entry.text
    few = dataclasses.replace(NOTE, mandatory=Mandatory(**TERMS, average_days=1))
    assert few.mandatory.average_ends == DayRule(1, "trading")
    assert at_maturity(few, history(50, _2022_01_13=40))[1].shares == 21  # 10 x 2.1739


def test_mnd1_volume_weighted_prices_come_before_closes():
    window = [to_date(day) for day in NOTE.mandatory.window(NOTE.principal)]
    _, entry = at_maturity(told=history(50, vwap=dict.fromkeys(window, 40)))
    assert entry.shares == 21 and "the average of the 20 volume-weighted prices from" in entry.text
    assert "0.739 x the last close of 50 = 36.95 in cash" in entry.text
    _, entry = at_maturity(told=history(50, vwap=dict.fromkeys(window[:15], 40)))
    assert "on 5 of them the close in its place is 42.5, below 46: the rate is 2.1739" in entry.text


def test_mnd1_early_at_the_lower_rate_and_the_rest_at_maturity():
    ledger, entry = at_maturity(NOTE, None, cn.Convert("2020-06-01", 400))
    early = ledger.of_kind("conversion")[0]
    assert (early.shares, early.principal) == (7, 400)  # 4 x 1.7892 = 7.1568
    assert (entry.shares, entry.principal) == (12, 600)
    assert ledger.state.retired == {"converted": 1000}


def test_mnd1_rates_and_prices_move_with_adjustments():
    closes = [50 if day < to_date(day_number("2021-06-01")) else 25 for day in DAYS]
    told = cn.MarketHistory(dates=DAYS, closes=closes, currency="USD")
    _, entry = at_maturity(NOTE, told, cn.Split("2021-06-01", 2, 1))
    assert entry.shares == 40 and "is 25, from 23 to 27.945: the rate is 4" in entry.text
    low = cn.MarketHistory(dates=DAYS, closes=[20] * len(DAYS), currency="USD")
    _, entry = at_maturity(NOTE, low, cn.Split("2021-06-01", 2, 1))
    assert entry.shares == 43 and "below 23: the rate is 4.3478" in entry.text
    # a split inside the window halves the prices before it
    closes = [50 if day < to_date(day_number("2022-01-05")) else 25 for day in DAYS]
    told = cn.MarketHistory(dates=DAYS, closes=closes, currency="USD")
    assert "is 25, from 23" in at_maturity(NOTE, told, cn.Split("2022-01-05", 2, 1))[1].text


def test_adj7_what_is_carried_is_made_up_before_the_notes_become_shares_at_maturity():
    # 0.20 over the threshold of 0.20 on a share at 40 is 0.5%, carried: (40 - 0.20) / 40 = 0.995.
    dividend = cn.CashDividend("2021-06-01", cash="0.40")
    for until, shares, cash in (("conversion", 21, "33.93"), ("one-percent", 21, "29.56")):
        carrying = dataclasses.replace(NOTE, adjustment=Adjustment(dividend_threshold="0.20", carry_until=until))
        ledger, entry = at_maturity(carrying, history(40), dividend)
        # 10 x 2.1739 = 21.739 at the printed rate; / 0.995 = 21.848241... once made up. The fraction is paid at 40.
        assert (entry.shares, entry.cash) == (shares, Decimal(cash))
        assert ledger.state.carried == ((1, 0) if until == "conversion" else (Fraction("0.995"), Fraction("0.005")))


def test_adj8_after_a_merger_the_notes_become_what_a_share_became():
    # A share became one other, here at 50, and 5 in cash: worth 55. 100 / 55 = 1.8182; 18.182 x 5 = 90.91, 0.182 x 50 = 9.10.
    _, entry = at_maturity(NOTE, None, cn.Merger("2021-06-01", shares=1, cash=5))
    assert (entry.shares, entry.cash) == (18, Decimal("100.01")) and "ADJ-8" in entry.rules
    # 19.175 shares at 52.15: 0.175 of one is paid in cash, and there is nothing of a merger
    assert at_maturity(told=history("52.15"))[1].rules == ("MND-1", "CNV-4", "CNV-4c")
    assert at_maturity()[1].rules == ("MND-1",)


@pytest.mark.parametrize("until", ["2021-12-15", "2021-12-16", "2021-12-31", "2022-01-13"])
@pytest.mark.parametrize("weighted", [False, True])
def test_mnd1_splitting_a_replay_inside_the_window_changes_nothing(until, weighted):
    prices = {day: 40 + Fraction(place % 17) for place, day in enumerate(DAYS)}
    told = history(50, vwap=prices if weighted else None)
    whole = cn.replay(NOTE, told)
    half = cn.replay(NOTE, told, until=until)
    rest = told.between(half.state.on, "2022-01-14")
    rest.series = {
        name: dataclasses.replace(each, values={d: v for d, v in each.values.items() if d > half.state.day})
        for name, each in rest.series.items()
    }
    again = cn.replay(NOTE, rest, state=half.state)
    assert again.of_kind("conversion")[-1].text == whole.of_kind("conversion")[-1].text


def test_mnd1_each_holder_gets_whole_shares_of_his_own_and_a_fraction_by_frc1():
    ledger = cn.replay(NOTE, history(), positions={"A": 300, "B": 700})
    assert [(e.holder, e.shares, e.cash) for e in ledger.of_kind("conversion")] == [("A", 6, 0), ("B", 14, 0)]
    up = dataclasses.replace(NOTE, conversion=Conversion(rate="1.7892", fraction="up"))
    _, entry = at_maturity(up, history(60))
    assert (entry.shares, entry.cash) == (18, 0) and "FRC-1" in entry.rules  # 17.892


def test_mnd1_no_principal_falls_due_at_maturity():
    for missed in ("principal",):
        with pytest.raises(cn.LifecycleError, match="no principal payment falls due") as error:
            cn.replay(NOTE, history(), events=[cn.MissedPayment("2022-01-14", missed)])
        assert error.value.rule == "PRN-1"
    assert [row.amount for row in cn.schedule(NOTE) if row.kind == "maturity"] == [None]
    assert [row.rule for row in cn.schedule(NOTE) if row.kind == "maturity"] == ["MND-1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"conversion": None, "adjustment": None}, "convert early"),
        ({"principal": dataclasses.replace(NOTE.principal, maturity_price="1.05")}, "nothing is paid in cash at the maturity"),
    ],
)
def test_mnd1_what_does_not_go_together_is_refused(changes, words):
    with pytest.raises(cn.TermsError, match=words) as error:
        dataclasses.replace(NOTE, **changes)
    assert error.value.rule == "MND-1"
    # one rate, or one price, is no range either
    for wrong in ({"min_rate": 3}, {"min_rate": "2.1739"}, {"low": 60}, {"low": "55.89"}):
        with pytest.raises(cn.TermsError, match="is needed"):
            Mandatory(**TERMS | wrong)
    # the only multiple of 1.79 below the lowest rate is 0
    with pytest.raises(cn.TermsError, match=r"rounding \(MND-1\): got 1.79; .*not be rounded to 0"):
        Mandatory(**TERMS | {"rounding": "1.79"})
    assert Mandatory(**TERMS | {"rounding": "1.7892"}).rate(50, denomination=100) == Decimal("1.7892")


def test_mnd1_a_rate_that_rounding_leaves_nothing_of_is_refused():
    # after a reverse split of a million for one: 100 / 50,000,000 = 0.000002 shares, to the nearest 0.0001 none
    told = r"mandatory.rounding \(MND-1\): got 0.0001; rounding half-up leaves nothing of the rate at maturity"
    terms = Mandatory(**TERMS)
    with pytest.raises(cn.TermsError, match=told):
        terms.rate(50_000_000, factor=1_000_000, denomination=100)
    with pytest.raises(cn.TermsError, match=told):
        terms.rate(np.array([50.0, 50_000_000.0]), factor=np.array([1.0, 1e6]), denomination=100)
    assert terms.rate(50_000, factor=1000, denomination=100) == Decimal("0.0020")
    # an average beyond both prices has a fixed rate, which is not rounded
    assert terms.rate(np.array([1e9]), denomination=100).tolist() == [1.7892]


def test_mnd1_findings_where_rates_and_prices_are_not_one():
    assert [found.message for found in NOTE.check() if found.rule == "MND-1" and "assumed" not in found.message] == []
    for changed, words in (
        ({"mandatory": Mandatory(**TERMS | {"max_rate": "2.2739"})}, "max_rate is 2.2739, and 100 / 46 = 2.1739"),
        ({"mandatory": Mandatory(**TERMS | {"high": 57})}, "min_rate is 1.7892, and 100 / 57 = 1.7544"),
        ({"conversion": Conversion(rate="1.8")}, "the Notes convert early at 1.8000 shares, and min_rate is 1.7892"),
    ):
        found = [each.message for each in dataclasses.replace(NOTE, **changed).check() if each.rule == "MND-1"]
        assert any(words in message for message in found), found


def test_mnd1_a_floor_and_a_yield_of_principal_that_is_not_paid_are_refused():
    for ask in (
        lambda: cn.analytics.bond_floor(NOTE, "2020-01-15", 0.05),
        lambda: cn.analytics.yield_to_maturity(NOTE, 100, "2020-01-15"),
    ):
        with pytest.raises(cn.PricingError, match="becomes shares at maturity") as error:
            ask()
        assert error.value.rule == "MND-1"


def test_mnd1_a_sheet_holds_it_and_an_amendment_to_it_needs_each_holder():
    again = cn.loads(cn.dumps(NOTE))
    assert again.mandatory == NOTE.mandatory and cn.dumps(again) == cn.dumps(NOTE)
    assert not any(each.setting == "principal.maturity_price" for each in NOTE.assumed)
    assert any("2.1739" in row[1] for row in NOTE.summary().rows)


def test_mnd1_a_call_pays_before_it():
    called = dataclasses.replace(NOTE, redemption=cn.load("amazon-peacs-2010").redemption)
    ledger = cn.replay(called, history(), events=[cn.RedemptionNotice("2021-10-01", "2021-11-15", 1000)])
    assert ledger.state.status is cn.Status.REDEEMED and not ledger.of_kind("conversion")


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({"min_rate": "1.7"}, "AMD-2"),
        ({"min_rate": "1.8"}, "AMD-1"),
        ({"max_rate": "2.1"}, "AMD-2"),
        ({"max_rate": "2.2"}, "AMD-1"),
        ({"low": 45}, "AMD-2"),
        ({"high": 57}, "AMD-2"),
        ({"average_days": 10}, "AMD-2"),
        ({"average_ends": "2 trading days before"}, "AMD-2"),
        ({"rounding": "0.001"}, "AMD-2"),
    ],
)
def test_mnd1_whose_consent_a_change_needs(changes, needed):
    note = dataclasses.replace(NOTE, consent=cn.load("amazon-peacs-2010").consent)
    [amendment] = note.amendments(dataclasses.replace(note, mandatory=Mandatory(**TERMS | changes)))
    assert amendment.requirement.rule == needed


def test_mnd1_to_become_a_mandatory_needs_each_holder():
    note = dataclasses.replace(NOTE, consent=cn.load("amazon-peacs-2010").consent)
    plain = dataclasses.replace(note, mandatory=None)
    assert {each.requirement.rule for each in plain.amendments(note)} == {"AMD-2"}
    assert {each.requirement.rule for each in note.amendments(plain)} == {"AMD-1"}


def test_mnd1_arrays_move_both_prices_and_both_rates_with_a_split():
    # after 2 for 1: below 23 twice 2.1739, above 27.945 twice 1.7892, between them 100 / 25 = 4
    rates = NOTE.mandatory.rate(np.array([22.99, 25.0, 27.95]), factor=0.5)
    assert rates.tolist() == pytest.approx([4.3478, 4.0, 3.5784], abs=1e-12)
    exact = [NOTE.mandatory.rate(Fraction(each), factor=Fraction(1, 2)) for each in ("22.99", "25", "27.95")]
    assert exact == [Decimal("4.3478"), 4, Decimal("3.5784")]
