"""Days and numbers are taken as strictly everywhere as from a file of closes; giants are refused at once."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.arithmetic import decimal, exceeds, fraction
from convnote.calendars import day_number
from convnote.cli import main
from convnote.lifecycle import events as ev

NOTE = cn.load("amazon-peacs-2010")
NO_DAYS = [
    "20010305",
    "2001-W10-1",
    "2001-064",
    "2001-03",
    "2001",
    "2001-3-5",
    "２００１-０３-０５",
    "05.03.2001",
    "",
    np.datetime64("2001-03"),
    np.datetime64("2001"),
    np.datetime64("2001-03-05", "W"),
    np.array(["2001-03", "2001-04"], "datetime64[M]"),
    np.datetime64(10**7, "D"),
    2001,
    11386,
    True,
    None,
]
NO_NUMBERS = [
    "1/3",
    "1_000",
    "1,000",
    "١٢٣",
    "１２３",
    "0x10",
    "1e",
    "--5",
    "+",
    ".",
    "",
    " ",
    "nan",
    "inf",
    "1.000.000",
    "5%",
    "1 000",
    "½",
]
GIANTS = [
    "1e999",
    "1e-999",
    Decimal("1e999999999"),
    Decimal("-1e999999"),
    Decimal("1e-999999999"),
    Decimal("Infinity"),
    Decimal("sNaN"),
    10**200,
    10**5000,
    -(10**101),
    float("inf"),
    1e300,
    "9" * 500,
    "9" * 1_000_000,
    "1." + "0" * 1_000_000 + "x",
    Decimal("1." + "1" * 100_000),
    Fraction(1, 10**2000),
    Fraction(10**2000, 3),
]


@pytest.mark.parametrize("wrong", NO_DAYS, ids=repr)
def test_what_is_not_one_day_is_refused_as_a_day(wrong):
    asks = [
        lambda: day_number(wrong),
        lambda: cn.Convert(wrong, 1000),
        lambda: cn.RedemptionNotice("2003-01-20", wrong),
        lambda: NOTE.interest.accrued(wrong),
        lambda: dataclasses.replace(NOTE.principal, issue_date=wrong),
        lambda: NOTE.fundamental_change.timetable(occurred=wrong),
        lambda: cn.MarketHistory(dates=[wrong], closes=[1]),
    ]
    for ask in asks:
        with pytest.raises(cn.ConvnoteError):
            ask()


def test_columns_of_months_are_not_days():
    months = np.array(["2001-03", "2001-04"], "datetime64[M]")
    with pytest.raises(cn.ConvnoteError, match="month"):
        cn.MarketHistory(dates=months, closes=[1, 2])


@pytest.mark.parametrize("wrong", NO_NUMBERS)
def test_text_that_is_not_a_plain_figure_is_refused_in_events_and_terms(wrong):
    numeric = [
        lambda: cn.Convert("2001-03-05", wrong),
        lambda: cn.RedemptionNotice("2003-01-20", "2003-02-20", wrong),
        lambda: cn.Split("2001-03-05", wrong, 1),
        lambda: cn.Default("2001-03-05", recovered=wrong),
        lambda: cn.Merger("2001-03-05", shares=1, cash=wrong),
        lambda: cn.CashDividend("2001-03-05", cash=wrong),
        lambda: cn.RightsIssue("2001-03-05", 1, wrong, 1),
    ]
    if "/" not in wrong:  # a term of a paper may be printed as a fraction
        numeric += [
            lambda: NOTE.interest.accrued("2001-03-05", wrong),
            lambda: dataclasses.replace(NOTE.interest, rate=wrong),
        ]
    for ask in numeric:
        with pytest.raises(cn.ConvnoteError, match="number"):
            ask()


@pytest.mark.parametrize(
    "good", ["1000", " 1000 ", "+1000", "1000.00", "1e3", "1.0E+3", 1000, 1000.0, Decimal("1E+3"), np.int64(1000)]
)
def test_a_plain_figure_is_taken(good):
    assert cn.Convert("2001-03-05", good).principal == 1000


@pytest.mark.parametrize(
    "giant", GIANTS, ids=lambda value: f"{type(value).__name__} {str(value)[:12] if not isinstance(value, int) else ''}"
)
def test_giants_are_refused_before_they_are_computed_with(giant):
    asks = [
        lambda: cn.Convert("2001-03-05", giant),
        lambda: cn.Default("2001-03-05", recovered=giant),
        lambda: dataclasses.replace(NOTE.conversion, price=giant),
        lambda: ev.from_table({"kind": "Split", "on": date(2001, 3, 5), "new": giant, "old": 1}),
    ]
    if not isinstance(giant, Fraction):
        asks += [lambda: fraction(giant), lambda: decimal(giant), lambda: NOTE.interest.accrued("2001-03-05", giant)]
    for ask in asks:
        with pytest.raises(cn.ConvnoteError) as refusal:
            ask()
        assert len(str(refusal.value)) < 300


@given(st.text(max_size=30))
def test_any_text_is_a_plain_figure_or_refused(text):
    try:
        number = fraction(text)
    except cn.TermsError:
        return
    plain = text.strip()
    assert text.isascii() and number == (Fraction(plain) if "/" in plain else Fraction(Decimal(plain)))


@given(
    st.decimals(min_value="-1e90", max_value="1e90", allow_nan=False) | st.floats(-1e90, 1e90) | st.integers(-(10**99), 10**99)
)
def test_numbers_of_ordinary_size_are_taken_exactly(number):
    expected = Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
    assert fraction(number) == expected


# --- fields of events, and settings


@pytest.mark.parametrize(
    "make",
    [
        lambda: cn.RightsIssue("2001-03-05", shares=10, proceeds=-1, outstanding=100, market_price=50),
        lambda: cn.Default("2001-03-05", recovered=None),
        lambda: cn.Merger("2001-03-05", shares=None, cash=10),
        lambda: cn.MissedPayment("2001-02-16", of=[]),
        lambda: cn.MissedPayment("2001-02-16", of="coupon"),
        lambda: cn.Convert("2001-03-05", [1000, 2000]),
        lambda: cn.Convert("2001-03-05", np.array(["1000", "2000"])),
        lambda: cn.Convert("2001-03-05", 1000, holder="  "),
        lambda: cn.RedemptionNotice("2003-01-20", "2003-02-20", seed="7"),
        lambda: ev.from_table({"kind": [], "on": "2001-03-05"}),
    ],
)
def test_fields_of_events_refuse_what_they_cannot_mean(make):
    with pytest.raises(cn.TermsError):
        make()


@pytest.mark.parametrize(
    ("given_kind", "meant"),
    [("convert", "Convert"), ("Converts", "Convert"), ("spinoff", "SpinOff"), ("Redemption", "RedemptionNotice")],
)
def test_a_misspelt_kind_of_event_is_told_the_nearest(given_kind, meant):
    with pytest.raises(cn.TermsError, match=f"did you mean {meant}\\?"):
        ev.from_table({"kind": given_kind, "on": "2001-03-05"})


@pytest.mark.parametrize(
    ("part", "setting", "value"),
    [
        ("consent", "majority", 0),
        ("principal", "cent", 1001),
        ("principal", "cent", 0),
        ("reset", "dates", []),
        ("principal", "closed", []),
        ("interest", "rate", "6,875"),
        ("redemption", "prices", [["2003-02", 1]]),
        ("withdrawal", "days", "20"),
        ("withdrawal", "days", 20.0),
    ],
)
def test_settings_refuse_what_they_cannot_mean(part, setting, value):
    with pytest.raises(cn.TermsError, match=setting):
        dataclasses.replace(getattr(NOTE, part), **{setting: value})


@pytest.mark.parametrize(("setting", "value"), [("majority", 1), ("cent", 1000)])
def test_the_edge_of_a_setting_is_allowed(setting, value):
    part = "consent" if setting == "majority" else "principal"
    assert getattr(dataclasses.replace(getattr(NOTE, part), **{setting: value}), setting) == value


# --- the command line


@pytest.mark.parametrize(
    "words",
    [
        ["replay", "amazon-peacs-2010", "--scenario", ""],
        ["accrued", "amazon-peacs-2010", "20010305"],
        ["accrued", "amazon-peacs-2010", "2001-W10-1"],
        ["accrued", "amazon-peacs-2010", "2001-03-05", "--principal", "1e999999999"],
        ["accrued", "amazon-peacs-2010", "2001-03-05", "--principal", "1/3"],
        ["accrued", "amazon-peacs-2010", "2001-03-05", "--principal", "1000,00"],
        ["simulate", "amazon-peacs-2010", "--rate", "0,05"],
        ["simulate", "amazon-peacs-2010", "--rate", "5,"],
        ["simulate", "amazon-peacs-2010", "--spot", "10,00"],
        ["simulate", "amazon-peacs-2010", "--spot", "1000,000"],
    ],
)
def test_the_command_line_is_as_strict(words, capsys):
    try:
        status = main(words)
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    assert status == 2 and not out and len(err.strip().splitlines()) == 1


def test_commas_and_underscores_between_groups_of_three_are_read(capsys):
    for principal in ("690000000", "690,000,000", "690_000_000", "690,000,000.00"):
        assert main(["accrued", "amazon-peacs-2010", "2002-02-17", "--principal", principal, "--csv"]) == 0
    lines = set(capsys.readouterr().out.splitlines())
    assert len(lines) == 2  # the heading, and one answer


@pytest.mark.parametrize("part", ["principal", "interest"])
def test_a_note_without_a_part_that_every_note_has_is_refused(part):
    with pytest.raises(cn.TermsError, match=f"^{part}: this part is required$"):
        dataclasses.replace(cn.load("afv-2003"), **{part: None})


def test_a_long_text_that_is_no_day_is_shown_cut():
    with pytest.raises(cn.TermsError) as refused:
        cn.Convert("x" * 41, 1000)
    assert f"got '{'x' * 39}…'; a day is written YYYY-MM-DD" in str(refused.value)
    with pytest.raises(cn.TermsError, match=f"got '{'x' * 40}'; a day is written"):
        cn.Convert("x" * 40, 1000)


def test_a_float_is_compared_with_an_exact_number_within_the_last_digits_of_a_float():
    # 1.1 x 1.1 in float64 is 1.2100000000000002
    assert not exceeds(np.float64(1.1 * 1.1), Fraction("1.21")) and not exceeds(Fraction("1.21"), np.float64(1.1 * 1.1))
    assert exceeds(np.float64(1.2101), Fraction("1.21")) and exceeds(Fraction("1.2101"), np.float64(1.21))


def test_a_number_of_too_many_digits_is_shown_as_it_was_given():
    with pytest.raises(cn.TermsError, match=r"got Decimal\('1E\+5000'\)"):
        fraction(Decimal("1e5000"))
