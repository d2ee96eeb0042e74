"""Conversion at a fixed exchange rate: principal in one currency, conversion price and closes in another (FXF-1, FXF-1c)."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.provisions import (
    Accretion,
    Adjustment,
    Condition,
    ContingentConversion,
    Conversion,
    Exchange,
    Interest,
    MakeWholeChange,
    Mandatory,
    Principal,
    Redemption,
    Reset,
    SettlementTerms,
)

from ..oracles import timing

AMAZON = cn.load("amazon-peacs-2010")
#: a note in USD on a share in Hong Kong: HKD 0.7965 a share, HKD 7.7532 for one USD
NOTE = cn.ConvertibleNote(
    name="fixed-rate-2013",
    principal=Principal(
        issue_date="2008-05-15",
        maturity_date="2013-05-15",
        issue_size=100_000_000,
        denomination=100_000,
        currency="USD",
        share_currency="HKD",
        business_days="HK",
        trading_days="weekdays",
    ),
    interest=Interest(rate="0.03", frequency=2, day_count="30/360", record_days=15),
    conversion=Conversion(price="0.7965", fixed_rate="7.7532", fraction="dropped"),
    redemption=Redemption(
        prices=[["2010-05-15", 1]],
        condition=Condition(days=20, period=30, multiple="1.3", of="in-force", strict=True, ends="day-before-notice"),
    ),
    adjustment=Adjustment(carry_below=0),
    consent=AMAZON.consent,
    default=AMAZON.default,
)
DAYS = [to_date(day) for day in calendar("weekdays").between(day_number("2008-03-03"), day_number("2013-05-15"))]


def with_conversion(note=NOTE, **settings):
    return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, **settings))


def closes(close, currency="HKD", fx=None):
    series = {} if fx is None else {"fx": dict.fromkeys(DAYS, fx)}
    return cn.MarketHistory(dates=DAYS, closes=[close] * len(DAYS), currency=currency, series=series)


def converted(note, history, *before, principal=200_000, on="2009-03-03"):
    [entry] = cn.replay(note, history, events=[*before, cn.Convert(on, principal)], until="2009-06-30").of_kind("conversion")
    return entry


def test_fxf1_the_figure_of_the_terms():
    # 200,000 x 7.7532 / 0.7965 = 1,946,817.3258...
    entry = converted(NOTE, closes("0.81"))
    assert (entry.shares, entry.cash) == (1_946_817, 0) and {"FXF-1", "FRC-1"} <= set(entry.rules)
    assert "FXF-1c" not in entry.rules
    said = "Conversion of USD 200,000 x 7.7532 / 0.7965 = 1,946,817.325800 shares, 1,946,817 whole; the fraction is dropped."
    assert entry.text == said
    assert converted(with_conversion(fraction="up"), closes("0.81")).shares == 1_946_818
    # by the note's own principal it would be 251,098
    plain = dataclasses.replace(
        with_conversion(fixed_rate=None), principal=dataclasses.replace(NOTE.principal, share_currency=None)
    )
    assert converted(plain, closes("0.81", "USD")).shares == 251_098
    assert NOTE.conversion.settle("2009-03-03", 200_000).shares == timing.shares_at_fixed_rate(200_000, "7.7532", "0.7965")


def test_fxf1_the_rate_is_the_denomination_times_the_fixed_rate_over_the_price():
    exact = Fraction(100_000) * Fraction("7.7532") / Fraction("0.7965")
    assert abs(Fraction(NOTE.conversion.ratio()) - exact) < Fraction(1, 10**20)
    state = cn.replay(NOTE, closes("0.81"), events=[], until="2009-01-05").state
    assert abs(Fraction(state.conversion_rate) - exact) < Fraction(1, 10**20) and state.conversion_price == Decimal("0.7965")
    assert NOTE.conversion.in_share_currency(200_000) == Decimal("1550640")


@given(
    st.integers(1, 1000), st.integers(1, 10**6), st.integers(1, 2 * 10**5), st.sampled_from(["dropped", "up"])
)  # 100,000 … 100m of principal, prices from 0.0001 to 100, rates from 0.0001 to 20
def test_fxf1_scalars_and_arrays_agree_with_exact_fractions(notes, price, rate, fraction):
    price, rate = Decimal(price) / 10_000, Decimal(rate) / 10_000
    note = with_conversion(price=price, fixed_rate=rate, fraction=fraction)
    right = timing.shares_of(Fraction(notes * 100_000) * Fraction(rate), price, fraction)
    assert right - (fraction == "up") <= timing.shares_at_fixed_rate(notes * 100_000, rate, price) <= right
    settled = note.conversion.settle("2009-03-03", notes * 100_000)
    assert (settled.shares, settled.cash_in_lieu) == (right, 0)
    many = note.conversion.settle(np.array(["2009-03-03", "2009-03-04"], "datetime64[D]"), notes * 100_000.0)
    assert many.shares.tolist() == [right, right]


def test_fxf1_the_history_is_in_the_currency_of_the_share():
    assert NOTE.closes_currency == "HKD" and NOTE.currency == "USD"
    assert cn.replay(NOTE, closes("0.81"), events=[], until="2009-01-05").warnings == ()
    with pytest.raises(cn.MarketError) as refused:
        cn.replay(NOTE, closes("0.81", "USD"), events=[])
    assert str(refused.value) == "history.currency (CUR-1): got USD; the closes of fixed-rate-2013 must be in HKD"
    [told] = cn.replay(NOTE, closes("0.81", None), events=[], until="2009-01-05").warnings
    assert told == "the currency of the closes is not stated: they are taken to be in HKD (CUR-1)"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"principal": dataclasses.replace(NOTE.principal, share_currency=None)}, "principal.share_currency"),
        ({"principal": dataclasses.replace(NOTE.principal, share_currency="USD")}, "principal.share_currency"),
        ({"settlement": SettlementTerms(method="cash")}, "settlement"),
        ({"mandatory": Mandatory(min_rate=8, max_rate=10, low=100, high=125)}, "mandatory"),
        (
            {"make_whole_change": MakeWholeChange(prices=[1, 2], dates=["2008-05-15"], shares=[["0.2", "0.1"]])},
            "make_whole_change",
        ),
        ({"adjustment": Adjustment(rounding="0.01", rounding_of="rate")}, "adjustment.rounding_of"),
        (
            {"contingent_conversion": ContingentConversion(trading_price={"share": "0.98", "days": 5, "open_days": 5})},
            "contingent_conversion.trading_price",
        ),
        (
            {
                "accretion": Accretion(issue_price=80_000, yield_="0.05"),
                "redemption": Redemption(
                    prices=[["2010-05-15", 1]],
                    condition=dataclasses.replace(NOTE.redemption.condition, of="accreted"),
                ),
            },
            "redemption.condition.of",
        ),
    ],
)
def test_fxf1_terms_that_mix_the_two_currencies_are_refused(parts, field):
    with pytest.raises(cn.TermsError) as refused:
        dataclasses.replace(NOTE, **parts)
    assert str(refused.value).count(f"{field} (FXF-1): ") == 1


def test_fxf1_a_rate_of_shares_needs_no_exchange_rate():
    with pytest.raises(cn.TermsError, match=r"conversion\.fixed_rate \(FXF-1\): got 7\.7532; expected a price and no rate"):
        with_conversion(price=None, rate="973408.6629")
    for wrong in (0, -1, "HKD"):
        with pytest.raises(cn.TermsError, match=r"conversion\.fixed_rate \(FXF-1\)"):
            with_conversion(fixed_rate=wrong)


# --- cash for a fraction ---------------------------------------------------------------------------------------------

#: 100,000 x 7.7532 / 1,000 = 775.32 shares
DEAR = with_conversion(price=1000, fraction="cash")


def test_fxf1c_cash_for_a_fraction_is_turned_into_the_notes_currency_at_the_fixed_rate():
    # 0.32 x 1,200 = HKD 384, / 7.7532 = 49.5279...
    entry = converted(DEAR, closes(1200), principal=100_000)
    assert (entry.shares, entry.cash) == (775, Decimal("49.53")) and "FXF-1c" in entry.rules
    assert "0.32 x the last close of 1,200 / 7.7532 = 49.53 in cash for the fraction" in entry.text
    settled = DEAR.conversion.settle("2009-03-03", 100_000, close=1200)
    assert (settled.shares, settled.cash_in_lieu) == (775, Decimal("49.53"))


def test_fxf1c_or_at_the_markets_rate_on_the_day_of_the_close():
    note = with_conversion(DEAR, fraction_rate="market")
    days = {"2009-03-02": "7.80", "2009-03-03": "8", "2009-02-27": "9"}
    history = cn.MarketHistory(dates=DAYS, closes=[1200] * len(DAYS), currency="HKD", series={"fx": days})
    entry = converted(note, history, principal=100_000)
    assert entry.cash == Decimal("49.23")  # 384 / 7.80, of the Monday before
    assert "x the last close of 1,200 / 7.8 = 49.23" in entry.text
    stale = cn.MarketHistory(dates=DAYS, closes=[1200] * len(DAYS), currency="HKD", series={"fx": {"2009-02-25": "9"}})
    assert converted(note, stale, principal=100_000).cash == Decimal("42.67")  # 384 / 9: five days old
    for series in ({}, {"fx": {"2009-02-24": "9"}}):
        old = cn.MarketHistory(dates=DAYS, closes=[1200] * len(DAYS), currency="HKD", series=series)
        with pytest.raises(cn.MarketError, match=r"series\['fx'\] \(FXF-1\): got 2009-03-02; .* HKD for one USD"):
            converted(note, old, principal=100_000)
    with pytest.raises(cn.TermsError, match=r"\(FXF-1\).*settled by cn\.replay"):
        note.conversion.settle("2009-03-03", 100_000, close=1200)
    assert note.conversion.settle("2009-03-03", 100_000_000).shares == 775_320  # no fraction is left


def test_fxf1c_is_assumed_where_the_sheet_is_silent_and_only_where_cash_is_paid():
    assert ("FXF-1", "conversion.fraction_rate", "fixed") in DEAR.assumed
    assert "conversion.fraction_rate" not in {each.setting for each in NOTE.assumed}
    assert "conversion.fraction_rate" not in {each.setting for each in with_conversion(DEAR, fraction_rate="market").assumed}


# --- figures of the share are in its currency ------------------------------------------------------------------------


@pytest.mark.parametrize(("close", "allowed"), [("1.0354", False), ("1.0355", True)])  # 1.3 x 0.7965 = 1.03545
def test_fxf1_a_condition_compares_closes_with_the_price_in_the_currency_of_the_share(close, allowed):
    call = cn.RedemptionNotice("2010-05-03", "2010-06-14")
    if allowed:
        assert cn.replay(NOTE, closes(close), events=[call], until="2010-05-10").of_kind("redemption-notice")
    else:
        with pytest.raises(cn.LifecycleError, match="SFT-1"):
            cn.replay(NOTE, closes(close), events=[call], until="2010-05-10")


def test_fxf1_resets_and_dividends_move_the_price_in_the_currency_of_the_share():
    note = dataclasses.replace(NOTE, reset=Reset(dates=["2009-05-15"], floor="0.70", window=20))
    [reset] = cn.replay(note, closes("0.74"), events=[], until="2009-06-30").of_kind("reset")
    assert "the conversion price is now 0.74, 100,000 x 7.7532 / 0.74 = 1,047,729.729730 shares per 100,000" in reset.text
    # 0.05 of HKD 1.00: 0.7965 x 0.95 = 0.756675; 200,000 x 7.7532 / 0.756675 = 2,049,281.39...
    dividend = cn.CashDividend("2008-12-01", "0.05")
    assert converted(NOTE, closes("1.00"), dividend).shares == 2_049_281


def test_fxf1_what_a_merger_or_a_large_dividend_would_pay_in_the_other_currency_is_refused():
    assert converted(NOTE, closes("0.81"), cn.Merger("2008-12-01", shares="0.5")).shares == 973_408
    with pytest.raises(
        cn.LifecycleError, match=r"Merger \(FXF-1\): cash of a merger, in HKD, cannot be entered in a ledger in USD"
    ):
        converted(NOTE, closes("0.81"), cn.Merger("2008-12-01", shares="0.5", cash="0.10"))
    note = dataclasses.replace(NOTE, adjustment=Adjustment(dividends="threshold-both", market_price_days=1))
    with pytest.raises(cn.LifecycleError, match=r"CashDividend \(FXF-1\): .* in HKD, cannot be entered in a ledger in USD"):
        converted(note, closes("0.81"), cn.CashDividend("2008-12-01", "0.81"))


# --- what conversion is worth needs the market's rate ----------------------------------------------------------------


def test_fxf1_a_holder_compares_in_the_notes_currency_at_the_markets_rate():
    # at 0.80, 0.80 / 0.7965 = 1.00439...: worth par at HKD 7.7873 for one USD
    for fx, status in (("7.78", "converted"), ("7.80", "matured")):
        ledger = cn.replay(NOTE, closes("0.80", fx=fx), policy=cn.Policy())
        assert str(ledger.state.status) == status
    with pytest.raises(cn.MarketError, match=r"series\['fx'\] \(FXF-1\).*HKD for one USD"):
        cn.replay(NOTE, closes("0.80"), policy=cn.Policy())


def test_fxf1_an_open_right_is_told_where_the_rates_are_known():
    lives = {fx: cn.replay(NOTE, closes("0.80", fx=fx)) for fx in ("7.78", "7.80", None)}
    told = {fx: [words for _, rule, words in ledger.open_rights if rule == "CNV-1"] for fx, ledger in lives.items()}
    assert told["7.80"] == [] == told[None]
    assert (
        "0.8 on 2013-05-14, the conversion price is 0.7965 at the fixed exchange rate, 0.996555 times the market's"
        in told["7.78"][0]
    )


def test_fxf1_conversion_value_needs_the_markets_rate():
    worth = Fraction(200_000) * Fraction("7.7532") / Fraction("0.7965") * Fraction("0.81") / Fraction("7.80")
    found = cn.analytics.conversion_value(NOTE, "0.81", principal=200_000, fx="7.80")
    assert abs(Fraction(found) - worth) < Fraction(1, 10**20)
    arrays = cn.analytics.conversion_value(NOTE, np.array([0.81, 0.81]), principal=200_000, fx=np.array([7.8, 7.7532]))
    assert np.allclose(arrays, [float(worth), 200_000 * 0.81 / 0.7965], rtol=1e-14)
    assert round(cn.analytics.parity(NOTE, "0.7965", fx="7.7532"), 20) == 100
    assert round(cn.analytics.conversion_premium(NOTE, 130, "0.7965", fx="7.7532"), 20) == Decimal("0.3")
    for wrong in (None, 0, -1):
        with pytest.raises(cn.PricingError, match=r"^fx"):
            cn.analytics.conversion_value(NOTE, "0.81", fx=wrong)
    with pytest.raises(cn.PricingError, match=r"fx \(FXF-1\): got 1; the note converts at no fixed exchange rate"):
        cn.analytics.conversion_value(AMAZON, 100, conversion_price=100, fx=1)


def test_fxf1_simulation_and_price_are_refused_by_name():
    model = cn.Lognormal(as_of="2008-05-15", spot=0.66, volatility=0.3, rate=0.03)
    with pytest.raises(cn.TermsError, match=r"conversion\.fixed_rate \(FXF-1\): a path needs closes in HKD"):
        cn.simulate(NOTE, model, paths=4, seed=1)
    with pytest.raises(cn.PricingError, match="FXF-1"):
        cn.price(NOTE, model)


def test_fxf1_pictures_and_report():
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    ax = cn.plots.payoff(NOTE, fx="7.80")
    assert ax.get_xlabel() == "share price (HKD, at HKD 7.8 for one USD)"
    with pytest.raises(cn.PricingError, match="FXF-1"):
        cn.plots.payoff(NOTE)
    first = cn.plots.parity_history(NOTE, closes("0.81", fx="7.80"), events=[]).get_lines()[0].get_ydata()[0]
    assert np.isclose(first, 100_000 * 7.7532 / 0.7965 * 0.81 / 7.80)
    with pytest.raises(cn.MarketError, match="FXF-1"):
        cn.plots.parity_history(NOTE, closes("0.81"), events=[])
    page = cn.report.html(NOTE, closes("0.81"), events=[])
    assert "No picture of the payoff" in page and "HKD for one USD" in page


# --- the rest of the library -----------------------------------------------------------------------------------------


def test_fxf1_is_read_written_and_summarised():
    assert cn.loads(cn.dumps(NOTE)) == NOTE and "fixed_rate = 7.7532  # FXF-1" in cn.dumps(NOTE)
    rows = {row[0]: row for row in NOTE.summary().rows}
    assert rows["conversion price"][1].startswith("HKD 0.7965 a share (973,408.66")
    assert rows["exchange rate"] == ("exchange rate", "fixed at HKD 7.7532 for one USD", "FXF-1")
    shares = cn.dilution(NOTE, on="2009-01-05", shares=10**10, price="0.81").conversion_shares
    assert round(shares, 4) == Decimal("973408662.9002")  # 100,000,000 x 7.7532 / 0.7965


def test_fxf1_whose_consent_a_change_needs():
    needs = {"7.80": "AMD-1", "7.70": "AMD-2"}  # more shares, fewer shares
    for rate, rule in needs.items():
        [change] = NOTE.amendments(with_conversion(fixed_rate=rate))
        assert (change.setting, change.requirement.rule) == ("conversion.fixed_rate", rule)
    [change] = NOTE.amendments(with_conversion(fixed_rate=None))
    assert change.requirement.rule == "AMD-2" and "exchange rate" in change.requirement.depends_on
    [change] = DEAR.amendments(with_conversion(DEAR, fraction_rate="market"))
    assert (change.setting, change.requirement.rule) == ("conversion.fraction_rate", "AMD-2") and change.requirement.depends_on


def test_fxf1_an_amendment_may_change_the_rate_and_not_the_currency_of_closes():
    # 200,000 x 7.80 / 0.7965 = 1,958,568.73...
    agreed = cn.Amendment("2009-01-05", with_conversion(fixed_rate="7.80"))
    assert converted(NOTE, closes("0.81"), agreed).shares == 1_958_568
    state = cn.replay(NOTE, closes("0.81"), events=[agreed], until="2009-03-03").state
    assert round(state.conversion_rate, 4) == Decimal("979284.3691")
    with pytest.raises(cn.LifecycleError, match=r"\(LIF-4\).*conversion\.fixed_rate \(FXF-1\)"):
        converted(NOTE, closes("0.81"), cn.Amendment("2009-01-05", with_conversion(fixed_rate=None)))


def test_fxf1_an_exchangeable_states_its_property_and_no_exchange_rate():
    with pytest.raises(cn.TermsError, match="EXC-1"):
        dataclasses.replace(NOTE, exchange=Exchange(shares_of="Another", property=[{"share": "A", "amount": 1}]))
