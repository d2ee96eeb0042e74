"""A note stated by its conversion rate, shares per denomination: RTE-1."""

import copy
import dataclasses
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.arithmetic import whole
from convnote.provisions import Conversion

AMAZON = cn.load("amazon-peacs-2010")
PLAIN = dataclasses.replace(AMAZON, reset=None, withdrawal=None)


def by_rate(rate, note=PLAIN, **stated):
    """Amazon's note without resets, stated by a rate (and, beside it, what is `stated` of its conversion)."""
    return dataclasses.replace(note, conversion=Conversion(rate=rate, **stated))


def test_rte1_shares_are_principal_times_the_rate():
    note = by_rate("31.6206")
    # 230,000 x 31.6206 = 7,272,738; 10,000 x 31.6206 = 316,206: no fraction is left, so no close is needed
    assert note.conversion.settle("2005-03-01", 230_000_000).shares == 7_272_738
    settled = note.conversion.settle("2005-03-01", 10_000_000)
    assert (settled.shares, settled.cash_in_lieu) == (316_206, 0)
    # 16.7356 x 46.78 = 782.891368 per 1,000
    assert cn.analytics.conversion_value(by_rate("16.7356"), "46.78") == Decimal("782.891368")


def test_rte1_the_price_is_the_exact_quotient_and_is_shown_to_the_cent():
    conversion = by_rate("31.6206").conversion
    assert conversion.price == Fraction(1000) / Fraction("31.6206") and isinstance(conversion.price, Fraction)
    assert conversion.ratio() == conversion.rate == Decimal("31.6206") and conversion.printed_price is None
    printed = {row[0]: row[1:3] for row in conversion.printed().rows}
    assert printed["price"] == ("≈31.62", "CNV-3") and printed["rate"] == ("31.6206", "RTE-1")
    yen = dataclasses.replace(PLAIN.principal, currency="JPY", cent=1)
    note = by_rate("0.9113", dataclasses.replace(PLAIN, principal=yen))
    assert dict(row[:2] for row in note.conversion.printed().rows)["price"] == "≈1,097"  # 1000 / 0.9113 = 1097.33
    assert dict(row[:2] for row in by_rate(10).conversion.printed().rows)["price"] == "100"  # exactly


@given(st.integers(1, 10**7), st.integers(1, 690_000))
def test_rte1_a_four_decimal_rate_loses_no_share(rate, notes):
    shares, left = divmod(notes * rate, 10_000)
    settled = by_rate(Decimal(rate).scaleb(-4)).conversion.settle("2005-03-01", notes * 1000, close=1)
    assert settled.shares == shares
    assert (settled.cash_in_lieu > 0) == (left >= 50)  # a fraction x 1.00, half-up to the cent


@pytest.mark.parametrize("handed", [Fraction(1000) / Fraction("13.7701"), "10000000/137701"])
def test_rte1_a_fraction_handed_in_as_the_price_stays_exact(handed):
    note = dataclasses.replace(PLAIN, conversion=Conversion(price=handed))
    assert note.conversion.price == Fraction(10_000_000, 137_701)
    assert note.conversion.settle("2005-03-01", 10_000_000).shares == 137_701
    assert cn.loads(cn.dumps(note)) == note
    assert cn.loads(cn.dumps(note)).conversion.price == note.conversion.price


def test_rte1_other_settings_keep_a_fraction_too():
    thirds = dataclasses.replace(
        AMAZON,
        interest=dataclasses.replace(AMAZON.interest, rate=Fraction(16, 300), day_count="30/360"),
        consent=dataclasses.replace(AMAZON.consent, majority=Fraction(2, 3)),
    )
    assert cn.loads(cn.dumps(thirds)) == thirds
    assert 'rate = "4/75"' in cn.dumps(thirds) and 'majority = "2/3"' in cn.dumps(thirds)
    # 3,000,000 x 16/300 = 160,000 exactly; per 1,000 it is 53.333...
    assert thirds.interest.coupon_amount(Fraction(3_000_000), 11369) == 160_000
    assert round(thirds.interest.coupons()[0].amount, 6) == Decimal("53.333333")
    # more than two thirds: 460,000,000 of 690,000,000 is exactly two thirds
    assert not thirds.consent.is_carried("other", in_favour=460_000_000, outstanding=690_000_000)
    assert thirds.consent.is_carried("other", in_favour=460_001_000, outstanding=690_000_000)


def test_rte1_a_rate_survives_what_a_note_goes_through():
    note = by_rate("31.6206", price="31.62")
    assert cn.loads(cn.dumps(note)) == note and "rate = 31.6206  # RTE-1" in cn.dumps(note)
    assert cn.loads(cn.dumps(note)).conversion.printed_price == Decimal("31.62")
    for twin in (copy.copy(note), copy.deepcopy(note), pickle.loads(pickle.dumps(note))):
        assert twin == note and twin.conversion.printed_price == Decimal("31.62")
    assert "price" not in cn.dumps(by_rate("31.6206")).split("[conversion]")[1].split("[")[0].replace("# CNV", "")
    # the price follows the rate and the denomination; a price of before does not stand in
    assert dataclasses.replace(note.conversion, rate=40).price == 25
    hundred = dataclasses.replace(note, principal=dataclasses.replace(note.principal, denomination=100))
    assert hundred.conversion.price == Fraction(100) / Fraction("31.6206")


@pytest.mark.parametrize(
    ("printed", "told"), [("31.62", False), ("31.6250", False), ("31.63", True), ("31.6249", True), (32, False)]
)
def test_rte1_a_price_beside_the_rate_is_checked_at_its_decimals(printed, told):
    # 1000 / 31.6206 = 31.62495...: 31.62, 31.6250 and 32 are its roundings
    findings = [each.message for each in by_rate("31.6206", price=printed).check() if each.rule == "RTE-1"]
    assert len(findings) == told
    if told:
        assert f"the price printed is {printed}" in findings[0] and "the rate governs" in findings[0]
    assert by_rate("31.6206", price=printed).conversion.ratio() == Decimal("31.6206")


def test_rte1_neither_price_nor_rate_is_refused():
    with pytest.raises(cn.TermsError, match=r"conversion.price \(CNV-3\): .*a rate in shares per denomination \(RTE-1\)"):
        Conversion()


def test_rte1_in_a_life_the_state_has_both_exactly():
    note, closes = by_rate("31.6206"), cn.scenario("as-it-was")
    ledger = cn.replay(note, closes, events=[cn.Convert("2005-03-01", 10_000_000)], until="2005-04-01")
    [entry] = ledger.of_kind("conversion")
    assert (entry.shares, entry.cash) == (316_206, 0) and "RTE-1" in entry.rules
    assert "10,000,000 x 31.6206/1,000 = 316,206 shares (conversion price ≈31.62)" in entry.text
    assert ledger.state.conversion_price == note.conversion.price and ledger.state.conversion_rate == Decimal("31.6206")
    assert "conversion price ≈31.62" in repr(ledger.state) and "≈31.62" in str(ledger)
    # three for two: the price is 2/3 of it, the rate 3/2
    ledger = cn.replay(note, closes, events=[cn.Split("2005-03-01", new=3, old=2)], until="2005-04-01")
    assert ledger.state.conversion_price == note.conversion.price * Fraction(2, 3)
    assert ledger.state.conversion_rate == Decimal("47.4309")
    assert "31.6206 / 0.666667 = 47.4309 shares per 1,000 (conversion price ≈21.08)" in ledger.of_kind("adjustment")[0].text


def test_rte1_a_price_that_is_stated_has_a_rate_in_its_state():
    state = cn.replay(AMAZON, cn.scenario("as-it-was"), until="2001-02-16").state
    assert state.conversion_price == Decimal("84.883") and round(state.conversion_rate, 6) == Decimal("11.780922")
    assert "conversion rate" not in str(state.table())


def test_rte1_simulated_paths_and_their_ledgers_agree():
    note = by_rate("31.6206")
    model = cn.Lognormal(as_of="2000-02-16", spot=31, volatility=0.4, rate=0.05)
    outcomes = cn.simulate(note, model, paths=60, seed=3, principal=230_000_000)
    converted = [path for path in range(60) if "convert" in outcomes.status[path]]
    assert len(converted) > 20
    for path in converted:
        assert sum(entry.shares or 0 for entry in outcomes.ledger(path).entries) == outcomes.shares[path] == 7_272_738


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_rte1_arrays_lose_no_share_where_the_quotient_is_whole(thousandths, shares):
    price = Fraction(thousandths, 1000)
    quotient = np.array([float(price * shares * 1000)]) / float(price)
    assert whole(quotient).tolist() == [shares * 1000]
    assert whole(np.array([370_000_000.0]) / 0.37).tolist() == [1_000_000_000]
