"""note.check(): what does not add up within the terms is explained, never refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import convnote as cn
from convnote.checks import in_figures
from convnote.provisions import Interest, Principal, Put, Redemption, Reset, Withdrawal

AMAZON = cn.load("amazon-peacs-2010")
AFV = cn.load("afv-2003")


def changed(provision: str, /, **settings: Any) -> cn.ConvertibleNote:
    """Amazon's note with some settings of one provision changed."""
    return dataclasses.replace(AMAZON, **{provision: dataclasses.replace(getattr(AMAZON, provision), **settings)})


def found(note: cn.ConvertibleNote, rule: str) -> str:
    """The one finding of that rule."""
    (message,) = [each.message for each in note.check() if each.rule == rule and not each.message.endswith("is assumed")]
    return message


def rules(note: cn.ConvertibleNote) -> list[str]:
    """Of all findings but those on settings that a test does not say: `tests/clauses/test_silent.py` has them."""
    return [finding.rule for finding in note.check() if not finding.message.endswith("is assumed")]


# --- the bundled notes ------------------------------------------------------------------------------------------------


def test_id3_the_words_of_p2_differ_from_its_figures_and_only_the_figures_make_the_issue() -> None:
    assert found(AMAZON, "ID-3") == (
        "certificate P-2 says 'four hundred million euros' (400,000,000) in words and 290,000,000 in figures; "
        "by the figures they add up to 690,000,000, which is the issue, "
        "by the words they add up to 800,000,000, above the limit of 690,000,000"
    )


def test_int2_the_three_coupons_over_a_29_february_are_larger() -> None:
    assert found(AMAZON, "INT-2") == (
        "coupons are not all 68.750000 per 1000: 68.938356 for 366 days (2001-02-16, 2005-02-16, 2009-02-16)"
    )


def test_int2_half_years_of_three_lengths_are_told_in_one_line() -> None:
    half_yearly = changed("interest", frequency=2)
    # 1000 x 0.06875 / 365 a day; from 16 February to 16 August 181 or 182 days, back 184
    assert found(half_yearly, "INT-2") == (
        "coupons are not all 34.657534 per 1000: 34.092466 for 181 days (7 coupons), "
        "34.280822 for 182 days (2000-08-16, 2004-08-16, 2008-08-16)"
    )


def test_int2_months_of_thirty_days_are_counted_as_such() -> None:
    principal = dataclasses.replace(AMAZON.principal, issue_date="2000-03-31")
    bond = dataclasses.replace(AMAZON, principal=principal, interest=dataclasses.replace(AMAZON.interest, day_count="30/360"))
    # from 31 March, taken as the 30th, to 16 February: 360 - 30 - 14 = 316 days, of which the calendar has 322
    assert found(bond, "INT-1").startswith("the first coupon, due 2001-02-16, is for 316 days by 30/360 from 2000-03-31")
    # 1000 x 0.06875 x 316 / 360
    assert found(bond, "INT-2") == "coupons are not all 68.750000 per 1000: 60.347222 for 316 days by 30/360 (2001-02-16)"


def test_wdr1_the_printed_trigger_is_not_quite_160_per_cent() -> None:
    assert found(AMAZON, "WDR-1") == (
        "160% of the initial price 104.947 is 167.9152, the figure printed is 167.915: the figure governs"
    )


def test_wdr4_the_make_whole_is_three_flat_coupons_not_the_three_that_accrue() -> None:
    message = found(AMAZON, "WDR-4")
    assert "the make-whole 206.25 is not the sum 206.438356 of the 3 coupons" in message
    assert "3 coupons at the flat rate, 206.25" in message
    assert "1096 days" in message  # 366 + 365 + 365


def test_the_findings_on_amazon_are_these_eight() -> None:
    assert rules(AMAZON) == ["ID-3", "INT-2", "INT-6", "RST-1", "WDR-1", "WDR-4", "RED-1", "WDR-3"]


def test_int6_payments_and_a_reset_on_closed_days_in_a_form_without_a_clause_for_them() -> None:
    # a Saturday, a Sunday, Washington's Birthday, a Saturday, Washington's Birthday
    closed = "(2002-02-16, 2003-02-16, 2004-02-16, 2008-02-16, 2009-02-16)"
    assert f"payments fall due on days that are not Business Days {closed}" in found(AMAZON, "INT-6")
    assert "on a day that is not a Business Day (2002-02-16)" in found(AMAZON, "RST-1")
    assert found(AMAZON, "INT-6").endswith("when they are made: taken to move to the next one")
    stays = changed("principal", moved_payments="unmoved")
    assert found(stays, "INT-6").endswith("when they are made: taken to stay where they are")
    # a paper that prints what happens then is not silent
    printed = changed("principal", authority={**AMAZON.principal.authority, "moved_payments": "note"})
    assert not {"INT-6", "RST-1"} & set(rules(printed))
    assert not {"INT-6", "RST-1"} & set(rules(changed("principal", business_days="none")))
    # 1 January and 1 July 2006 are a holiday and a Saturday
    put = dataclasses.replace(AMAZON, put=Put(prices=[["2006-07-01", 1]]))  # type: ignore[arg-type]
    assert "2006-07-01" in found(put, "INT-6")


def test_wdr3_the_third_coupon_can_never_be_deducted_from_the_make_whole() -> None:
    assert found(AMAZON, "WDR-3") == (
        "the last notice of a withdrawal is on 2003-01-20: the coupon due 2003-02-16 can never be deducted from the make-whole"
    )
    # effect on 2003-03-18 at the latest, notice on 2003-02-16 at the latest: the coupon of that day is not paid before it
    assert "2003-02-16" in found(changed("withdrawal", before="2003-03-19"), "WDR-3")
    assert "WDR-3" not in rules(changed("withdrawal", before="2003-03-20"))
    assert "WDR-3" not in rules(changed("withdrawal", make_whole_amount=0))
    assert "before the issue: no effect" in found(changed("withdrawal", before="2000-03-01", make_whole_amount=0), "WDR-3")


def test_red1_a_withdrawal_followed_by_a_call_leaves_no_day_to_convert() -> None:
    message = found(AMAZON, "RED-1")
    assert "withdrawn with effect on 2003-02-19 and the notes redeemed on 2003-02-20 at 100%" in message
    # the first notice, 60 days before the first redemption, is mailed on the day on which the right to withdraw ends, or before
    assert "RED-1" not in rules(changed("redemption", prices=[["2003-04-21", 1]]))
    assert "RED-1" in rules(changed("redemption", prices=[["2003-04-20", 1]]))


# --- numbers and title --------------------------------------------------------------------------------------------------


def identified(**words: str) -> cn.ConvertibleNote:
    return dataclasses.replace(AMAZON, identity={**AMAZON.identity, **words})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"cusip": "023135AG2"}, "cusip '023135AG2' ends in 2, its check digit is 1"),
        ({"cusip": "023135AG"}, "cusip '023135AG' is not written like one"),
        ({"isin": "US023135AG11"}, "isin 'US023135AG11' ends in 1, its check digit is 0"),
        ({"isin": "US037833100"}, "isin 'US037833100' is not written like one"),
        ({"isin": "US0378331005"}, "isin 'US0378331005' does not hold the cusip '023135AG1'"),
        ({"title": "7% Convertible Notes due 2010"}, "the title says 7%, the rate is 6.875%"),
        ({"title": "6 3/4% Convertible Notes due 2010"}, "the title says 6 3/4%, the rate is 6.875%"),
        ({"title": "Zero Coupon Notes due 2010"}, "the title says Zero Coupon, the rate is 6.875%"),
        ({"title": "6.875% Notes due 2011"}, "the title says due 2011, the maturity date is in 2010: 2010-02-16"),
        ({"title": "6.875% Notes due February 16, 2009"}, "the title says due 2009, the maturity date is in 2010: 2010-02-16"),
    ],
)
def test_id1_what_does_not_fit_the_terms_is_found(words: dict[str, str], message: str) -> None:
    note = identified(**words)
    assert message in [finding.message for finding in note.check() if finding.rule == "ID-1"]


@pytest.mark.parametrize(
    "words",
    [
        {"cusip": "037833100", "isin": "US0378331005"},  # Apple's share
        {"cusip": "38259P508", "isin": "US38259P5089"},  # Google's
        {"isin": "DE000BAY0017"},  # Bayer's
        {"cusip": "023135 AG 1"},
        {"title": "6.875% Convertible Notes due February 16, 2010"},
        {"title": "Notes"},
        {"cusip": "", "isin": "", "title": ""},
    ],
)
def test_id1_what_fits_is_not_told(words: dict[str, str]) -> None:
    assert "ID-1" not in rules(identified(**words))


# --- rights that no day allows, figures of another scale ----------------------------------------------------------------


def test_cnv6_an_election_that_can_never_be_withdrawn() -> None:
    message = found(changed("fundamental_change", withdrawable_until=250), "CNV-6")
    assert "fundamental_change.withdrawable_until = 250" in message and "30 days" in message
    # 21 Business Days from 16 February 2000 to 16 March: 16-18, 22-25, 28-29 February, then 12 of March
    assert "CNV-6" not in rules(changed("fundamental_change", withdrawable_until=21))
    assert "CNV-6" in rules(changed("fundamental_change", withdrawable_until=22))


def test_int3_a_record_date_before_the_period_of_its_coupon() -> None:
    assert "INT-3" in rules(changed("interest", frequency=12, record_days=28))
    assert "INT-3" not in rules(changed("interest", frequency=12, record_days=27))


def test_a_multiple_where_a_price_belongs_is_found() -> None:
    triggered = [each.message for each in changed("withdrawal", trigger="1.6").check() if each.rule == "WDR-1"]
    assert any("the trigger 1.6 is not above the initial price 104.947" in message for message in triggered)
    floored = found(changed("reset", floor="0.8"), "RST-2")
    assert "the floor 0.8 is a price, not a share of 104.947; is 83.9576 meant?" in floored
    assert "RST-2" not in rules(changed("reset", floor=0))
    assert "rounding to 11" in found(changed("reset", rounding=11), "RST-3")


def test_nothing_is_odd_about_the_contract_of_the_article() -> None:
    assert AFV.check() == []


# --- certificates -----------------------------------------------------------------------------------------------------


def with_certificates(**certificates: Any) -> cn.ConvertibleNote:
    return changed("principal", certificates=certificates)


def test_id3_is_silent_where_words_and_figures_agree() -> None:
    words = "two hundred and ninety million euros"
    note = with_certificates(P1={"figures": 400_000_000}, P2={"figures": 290_000_000, "words": words})
    assert "ID-3" not in rules(note) and "ID-2" not in rules(note)


def test_id3_tells_where_only_the_words_make_the_issue() -> None:
    message = found(with_certificates(P1={"figures": 960_000_000, "words": "six hundred ninety million"}), "ID-3")
    assert "by the figures they add up to 960,000,000, above the limit of 690,000,000" in message
    assert "by the words they add up to 690,000,000, which is the issue" in message


def test_id3_words_that_cannot_be_read_are_a_finding_not_an_error() -> None:
    note = with_certificates(P1={"figures": 690_000_000, "words": "sechshundertneunzig Millionen Euro"})
    assert found(note, "ID-3") == ("certificate P1: no amount can be read from its words, 'sechshundertneunzig Millionen Euro'")


@pytest.mark.parametrize(
    ("certificate", "message"),
    [
        ({}, "principal.certificates.P1 (ID-3): got {}; expected figures, and words where they are spelled out"),
        ({"figures": -1}, "principal.certificates.P1.figures (ID-3): got -1; expected a number above 0"),
        ({"figures": 1, "words": ""}, "principal.certificates.P1.words (ID-3): got ''; expected text"),
        (5, "principal.certificates.P1 (ID-3): got 5; expected figures, and words where they are spelled out"),
    ],
)
def test_id3_a_certificate_without_figures_is_refused(certificate: Any, message: str) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        with_certificates(P1=certificate)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        (690_000_001, "the certificates add up to 690,000,001, above the limit of 690,000,000"),
        (400_000_000, "the certificates add up to 400,000,000, less than the issue of 690,000,000"),
    ],
)
def test_id2_certificates_and_the_issue(figures: int, message: str) -> None:
    assert found(with_certificates(P1={"figures": figures}), "ID-2") == message


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("four hundred million euros", 400_000_000),
        ("two hundred and ninety million", 290_000_000),
        ("Six Hundred Ninety Million Euros", 690_000_000),
        ("one million, two hundred thirty-four thousand, five hundred and sixty-seven dollars", 1_234_567),
        ("nineteen", 19),
        ("hundred thousand euros", 100_000),
        ("one thousand and one", 1_001),
        ("two billion", 2_000_000_000),
        ("zero euros", 0),
    ],
)
def test_an_amount_in_words_is_read(words: str, figures: int) -> None:
    assert in_figures(words) == figures


@pytest.mark.parametrize("words", ["", "euros", "vier hundert", "4 hundred million", "four milion hundred"])
def test_what_is_no_amount_is_not_read(words: str) -> None:
    with pytest.raises(cn.TermsError, match="expected an amount in English words"):
        in_figures(words)


# --- dates and rights -------------------------------------------------------------------------------------------------


def test_a_date_outside_the_life_of_the_note_is_found() -> None:
    note = dataclasses.replace(
        changed("reset", dates=["2000-02-16", "2011-02-16"]),
        redemption=Redemption(prices=[["2012-01-01", 1]]),  # type: ignore[arg-type]
        put=Put(prices=[["1999-01-01", 1]]),  # type: ignore[arg-type]
    )
    outside = "lies outside the note's life, 2000-02-16 to 2010-02-16"
    messages = [finding.message for finding in note.check()]
    assert f"the reset date 2000-02-16 {outside}" in messages
    assert f"the reset date 2011-02-16 {outside}" in messages
    assert f"the first redemption date 2012-01-01 {outside}" in messages
    assert f"the put date 1999-01-01 {outside}" in messages


def test_int1_a_first_period_that_is_no_whole_one() -> None:
    assert found(changed("principal", issue_date="2000-05-01"), "INT-1") == (
        "the first coupon, due 2001-02-16, is for 291 days from 2000-05-01: shorter than a period"
    )
    assert found(changed("interest", first_payment="2002-02-16"), "INT-1") == (
        "the first coupon, due 2002-02-16, is for 731 days from 2000-02-16: longer than a period"
    )


def test_rst2_the_window_may_begin_on_the_issue_date() -> None:
    # 16-18, 22-25, 28-29 February (Washington's Birthday on the 21st), 1-3, 6-10, 13-15 March 2000: twenty sessions
    assert "RST-2" not in rules(changed("reset", dates=["2000-03-16"]))
    assert "RST-2" in rules(changed("reset", dates=["2000-03-15"]))


def test_wdr4_a_coupon_on_the_last_day_is_not_due_before_it() -> None:
    assert "of the 2 coupons due before 2003-02-16" in found(changed("withdrawal", before="2003-02-16"), "WDR-4")


def test_rst2_a_floor_above_the_price_and_a_window_before_the_issue() -> None:
    assert found(changed("reset", floor="104.947"), "RST-2") == (
        "the floor 104.947 is not below the initial price 104.947: no reset has an effect"
    )
    assert found(changed("reset", dates=["2000-03-01"]), "RST-2") == (
        "the 20 closes before the reset of 2000-03-01 begin before the issue date"
    )


def test_wdr2_withdrawal_after_the_first_redemption_date() -> None:
    assert found(changed("withdrawal", before="2003-02-21"), "WDR-2") == (
        "conversion can be withdrawn before 2003-02-21, after redemption starts 2003-02-20"
    )


def test_cnv2_a_call_without_notice_leaves_no_day_to_convert() -> None:
    assert found(changed("redemption", notice_at_least=0), "CNV-2") == (
        "a call without notice leaves no day to convert: the right ends the Business Day before"
    )


def test_rol1_a_maturity_or_an_issue_at_the_end_of_a_month() -> None:
    ends = changed("principal", issue_date="2000-06-30", maturity_date="2010-06-30")
    said = " is the last day of its month, and interest.end_of_month is not stated: payment dates keep day 30 of the month"
    assert found(ends, "ROL-1").startswith(f"the maturity 2010-06-30{said}")


def test_cnv1_a_right_to_convert_that_starts_too_late() -> None:
    assert found(changed("conversion", from_date="2010-02-17"), "CNV-1") == (
        "the right to convert runs from 2010-02-17, after maturity, 2010-02-16"
    )


def test_wdr4_a_make_whole_that_is_the_coupons_or_is_none() -> None:
    # at 30/360 three coupons are exactly 3 x 68.75
    flat = dataclasses.replace(AMAZON, interest=dataclasses.replace(AMAZON.interest, day_count="30/360"))
    assert "WDR-4" not in rules(flat)
    # 200 is neither the coupons as they accrue nor three of 68.75
    other = found(changed("withdrawal", make_whole_amount=200), "WDR-4")
    assert "the make-whole 200 is not the sum 206.438356" in other and "flat rate" not in other
    assert "WDR-4" not in rules(changed("withdrawal", make_whole_amount=0))


# --- odd notes --------------------------------------------------------------------------------------------------------


def test_a_zero_coupon_note_with_a_make_whole_is_explained() -> None:
    principal = Principal(issue_date="2000-02-16", maturity_date="2001-02-16", issue_size=1000, currency="EUR")  # type: ignore[arg-type]
    note = dataclasses.replace(
        AMAZON,
        identity={},
        principal=principal,
        interest=Interest(rate=0, frequency=0),  # type: ignore[arg-type]
        reset=Reset(dates=["2000-08-16"], floor="84.883"),  # type: ignore[arg-type]
        withdrawal=Withdrawal(trigger="167.915", before="2000-12-01", make_whole_amount=5),  # type: ignore[arg-type]
        redemption=None,
    )
    assert rules(note) == ["WDR-4"]
    assert "0 coupons due before 2000-12-01" in found(note, "WDR-4")


@pytest.mark.parametrize("name", cn.available())
def test_the_note_in_floats_can_be_checked_too(name: str) -> None:
    note = cn.load(name)
    assert [finding.rule for finding in note.floats.check()] == rules(note)
