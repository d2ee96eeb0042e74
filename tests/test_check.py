"""note.check(): what does not add up within the terms is explained, never refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import convnote as cn
from convnote.findings import in_figures
from convnote.provisions import Interest, Principal, Put, Redemption, Reset, Withdrawal

AMAZON = cn.load("amazon-peacs-2010")
AFV = cn.load("afv-2003")


def changed(provision: str, /, **settings: Any) -> cn.ConvertibleNote:
    """Amazon's note with some settings of one provision changed."""
    return dataclasses.replace(AMAZON, **{provision: dataclasses.replace(getattr(AMAZON, provision), **settings)})


def found(note: cn.ConvertibleNote, rule: str) -> str:
    """The one finding of that rule."""
    (message,) = [finding.message for finding in note.check() if finding.rule == rule]
    return message


def rules(note: cn.ConvertibleNote) -> list[str]:
    return [finding.rule for finding in note.check()]


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


def test_wdr1_the_printed_trigger_is_not_quite_160_per_cent() -> None:
    assert found(AMAZON, "WDR-1") == (
        "160% of the initial price 104.947 is 167.9152, the figure printed is 167.915: the figure governs"
    )


def test_wdr4_the_make_whole_is_three_flat_coupons_not_the_three_that_accrue() -> None:
    message = found(AMAZON, "WDR-4")
    assert "the make-whole 206.25 is not the sum 206.438356 of the 3 coupons" in message
    assert "3 coupons at the flat rate, 206.25" in message
    assert "1096 days" in message  # 366 + 365 + 365


def test_the_findings_on_amazon_are_these_four() -> None:
    assert rules(AMAZON) == ["ID-3", "INT-2", "WDR-1", "WDR-4"]


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
        ({}, "principal.certificates.P1 (ID-3): got {}; figures are needed, and words where they are spelled out"),
        ({"figures": -1}, "principal.certificates.P1.figures (ID-3): got -1; a number above 0 is needed"),
        ({"figures": 1, "words": ""}, "principal.certificates.P1.words (ID-3): got ''; words are needed"),
        (5, "principal.certificates.P1 (ID-3): got 5; figures are needed, and words where they are spelled out"),
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
    with pytest.raises(cn.TermsError, match="an amount in English words is needed"):
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


def test_cnv1_a_right_to_convert_that_starts_too_late() -> None:
    assert found(changed("conversion", from_date="2010-02-17"), "CNV-1") == (
        "the right to convert runs from 2010-02-17, after maturity, 2010-02-16"
    )


def test_wdr4_a_make_whole_that_is_the_coupons_or_is_none() -> None:
    # at 30/360 three coupons are exactly 3 x 68.75
    flat = dataclasses.replace(AMAZON, interest=dataclasses.replace(AMAZON.interest, day_count="30/360"))
    assert "WDR-4" not in rules(flat)
    assert "WDR-4" not in rules(changed("withdrawal", make_whole_amount=0))


# --- odd notes --------------------------------------------------------------------------------------------------------


def test_a_zero_coupon_note_with_a_make_whole_is_explained() -> None:
    principal = Principal(issue_date="2000-02-16", maturity_date="2001-02-16", issue_size=1000, currency="EUR")  # type: ignore[arg-type]
    note = dataclasses.replace(
        AMAZON,
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
