"""Dilution by hand: shares, options, earnings, shares to reserve (DIL-1…DIL-7)."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import convnote as cn

NOTE = cn.load("amazon-peacs-2010")
PLAIN = cn.load("afv-2003")
LETTER, REPORTED = cn.grant("amazon-1994"), cn.grant("amazon-2004")
HISTORY = cn.scenario("as-it-was")


def asked(**changes: Any) -> Any:
    """A question of 31 December 2000 with 100 shares at 10, changed."""
    return cn.dilution(changes.pop("note", NOTE), **{"on": "2000-12-31", "shares": 100, "price": 10, **changes})


#: 1,000 of principal at 100 converts into 10 shares
SMALL = dataclasses.replace(
    NOTE,
    name="small",
    principal=dataclasses.replace(NOTE.principal, issue_size=1_000, certificates={}),
    conversion=dataclasses.replace(NOTE.conversion, price=100),
)


def test_dil1_as_issued_until_the_first_reset() -> None:
    found = asked(on="2001-02-15")
    assert found.conversion_shares == cn.arithmetic.decimal(Fraction(690_000_000_000, 104_947))
    for on in ("2001-02-16", "2009-12-31", "2010-02-17"):
        with pytest.raises(cn.TermsError) as refusal:
            asked(on=on)
        assert (refusal.value.field, refusal.value.rule, refusal.value.value) == ("dilution.state", "DIL-1", "none")


def test_dil1_none_before_issue_nor_after_maturity() -> None:
    assert asked(on="2000-02-15").conversion_shares == 0 and asked(on="2000-02-16").conversion_shares > 0
    on = PLAIN.maturity_date
    assert asked(note=PLAIN, on=on).conversion_shares > 0
    assert asked(note=PLAIN, on=date.fromordinal(on.toordinal() + 1)).conversion_shares == 0


def test_dil1_from_the_first_day_of_conversion() -> None:
    later = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, from_date="2000-06-01"))
    assert asked(note=later, on="2000-05-31").conversion_shares == 0 < asked(note=later, on="2000-06-01").conversion_shares


def test_dil1_a_note_that_does_not_convert_dilutes_nothing() -> None:
    straight = dataclasses.replace(NOTE, conversion=None, reset=None, withdrawal=None)
    assert asked(note=straight).conversion_shares == 0 and asked(note=straight).share_of_noteholders == 0


def test_dil1_a_state_says_what_is_left_and_at_which_price() -> None:
    events = [cn.Convert("2001-03-05", 90_000_000)]
    state = cn.replay(NOTE, HISTORY, events=events, until="2001-12-31").state
    found = asked(on="2001-12-31", state=state)
    assert found.conversion_shares == cn.arithmetic.decimal(Fraction(600_000_000_000, 84_883))
    assert asked(on="2002-02-15", state=state).conversion_shares == found.conversion_shares
    with pytest.raises(cn.TermsError, match=r"DIL-1.*got 2001-12-31; expected a state of 2002-02-16 or later"):
        asked(on="2002-02-16", state=state)
    with pytest.raises(cn.TermsError, match=r"DIL-1.*got 2001-12-31; expected a state of 2001-12-30 or earlier"):
        asked(on="2001-12-30", state=state)


def test_dil1_none_once_conversion_is_withdrawn_or_nothing_is_left() -> None:
    ledger = cn.replay(NOTE, cn.scenario("rally"))
    assert ledger.state.outstanding > 0 or ledger.state.status.is_final
    assert asked(on=ledger.state.on, state=ledger.state).conversion_shares == 0
    (noticed,) = ledger.of_kind("withdrawal-notice")
    before = cn.replay(NOTE, cn.scenario("rally"), until=noticed.date).state
    effective = before.withdrawal[1]
    last = date.fromordinal(effective + date(1970, 1, 1).toordinal() - 1)
    assert asked(on=last, state=before).conversion_shares > 0
    assert asked(on=date.fromordinal(last.toordinal() + 1), state=before).conversion_shares == 0


def test_dil1_a_split_halves_the_price_and_doubles_the_shares() -> None:
    state = cn.replay(NOTE, HISTORY, events=[cn.Split("2000-09-01", new=2, old=1)], until="2000-12-31").state
    assert asked(state=state).conversion_shares == cn.arithmetic.decimal(Fraction(2 * 690_000_000_000, 104_947))


def test_dil2_options_by_the_treasury_stock_method() -> None:
    found = asked(options=[(40, 5), (30, 10), (20, 11), ("7.5", 0)])
    assert found.option_shares == Decimal("27.5")  # 40 x (1 - 5/10), nothing at and above the price, 7.5 at no strike
    assert found.gross_options == Decimal("97.5") and asked(options=[(40, 5)]).gross_options == 40
    assert asked().option_shares == asked().gross_options == 0


def test_dil2_a_grant_counts_what_has_not_expired() -> None:
    one = dataclasses.replace(LETTER, shares=1_000, exercise_price=5, vesting=[("1995-12-31", "0.25"), ("1996-12-31", "0.75")])
    assert asked(grants=[one], on="1994-10-23").gross_options == 0
    assert asked(grants=[one], on="1994-10-24").gross_options == 1_000
    assert asked(grants=[one], on="2000-12-31").option_shares == 500
    assert asked(grants=[one], on="2001-01-01").gross_options == 750
    form = dataclasses.replace(REPORTED, shares=200)
    assert asked(note=PLAIN, grants=[form], on="2003-07-01").gross_options == 200
    assert asked(note=PLAIN, grants=[form], on="2011-09-07").gross_options == 0


@pytest.mark.parametrize(
    ("income", "interest", "basic", "diluted", "included"),
    [
        # 100 shares, 20 net option shares, 10 shares of the note
        (240, 0, "2.4", Decimal(240) / 130, ("options", "note")),
        (240, 19, "2.4", Decimal(259) / 130, ("options", "note")),
        (240, 20, "2.4", 2, ("options",)),  # 260 / 130 is 2, as without it: equal leaves it out
        (240, 21, "2.4", 2, ("options",)),
        (0, 0, 0, 0, ()),
        (-240, 0, "-2.4", "-2.4", ()),
    ],
)
def test_dil3_dil4_earnings(income: Any, interest: Any, basic: Any, diluted: Any, included: tuple[str, ...]) -> None:
    earned = asked(note=SMALL, options=[(40, 5)]).earnings(income, interest=interest)
    assert earned.basic == Decimal(basic) and abs(earned.diluted - Decimal(diluted)) < Decimal("1e-20")
    assert earned.included == included


def test_dil3_the_note_without_options() -> None:
    assert asked(note=SMALL).earnings(110) == (Decimal("1.1"), 1, ("note",))
    assert asked(note=SMALL, options=[(40, 10)]).earnings(110).included == ("note",)


def test_dil5_half_of_the_period() -> None:
    assert asked(note=SMALL).earnings(210, weight="0.5").diluted == 2  # 210 / 105
    assert asked(note=SMALL).earnings(210, weight=0).included == ()
    assert asked(note=SMALL).earnings(210, weight=1, interest=-10).diluted == cn.arithmetic.decimal(Fraction(200, 110))


def test_dil6_shares_to_reserve() -> None:
    assert cn.reserved_shares(NOTE) == 8_128_836  # 690,000,000 / 84.883
    initial = dataclasses.replace(NOTE, reset=None)
    assert cn.reserved_shares(initial) == 6_574_747 and 8_128_836 - 6_574_747 == 1_554_089
    above = dataclasses.replace(NOTE, reset=dataclasses.replace(NOTE.reset, floor=200))
    assert cn.reserved_shares(above) == 6_574_747
    assert cn.reserved_shares(SMALL) == 11


def test_dil6_the_highest_rate_that_a_paper_prints() -> None:
    assert cn.reserved_shares(cn.load("gpre-2027")) == 9_999_986  # 230,000 x the cap of 43.4782
    assert cn.reserved_shares(cn.load("mandatory-2022")) == 10_869_500  # 5,000,000 x 2.1739, the rate of a low share price
    change = dataclasses.replace(cn.load("qiagen-2031"), settlement=None)
    assert cn.reserved_shares(change) == 11_247_732  # 500,000,000 / 64.0129 = 7,810,925.6, and 44% more on the issue date
    table = dataclasses.replace(cn.load("gpre-2027").make_whole_change, cap_rate=None)
    uncapped = dataclasses.replace(cn.load("gpre-2027"), make_whole_change=table)
    assert cn.reserved_shares(uncapped) == 9_999_986  # 31.6206 + 11.8576 is 43.4782 too
    in_cash = dataclasses.replace(NOTE, settlement=cn.provisions.SettlementTerms(method="cash"))
    assert cn.reserved_shares(in_cash) == 0
    chosen = dataclasses.replace(NOTE, settlement=cn.provisions.SettlementTerms(method="cash", election="issuer"))
    assert cn.reserved_shares(chosen) == 8_128_836


def test_dil6_what_must_be_authorised_is_a_finding() -> None:
    settled, table = cn.dilution(cn.load("gpre-2027"), on="2021-12-31", shares=50_000_000, price=30).check()
    assert settled.rule == "STL-1" and "the most that are issued" in settled.message
    assert "must cover the lowest price: 9,999,986 at ≈23.00, 2,727,248 more" in table.message
    (revised,) = cn.dilution(cn.load("everbright-2023"), on="2017-12-31", shares=50_000_000, price=4).check()
    assert revised.message.endswith("no lowest price is printed")
    assert cn.dilution(cn.load("rcl-2021"), on="2003-12-31", shares=190_000_000, price=40).check() == []


def test_dil6_a_revision_down_to_money_counts_and_one_down_to_averages_is_refused() -> None:
    everbright = cn.load("everbright-2023")
    floored = dataclasses.replace(everbright, revision=dataclasses.replace(everbright.revision, floor="2.18"))
    assert cn.reserved_shares(floored) == 13_761_467_889  # 30,000,000,000 / 2.18 = 13,761,467,889.9
    with pytest.raises(cn.TermsError, match="the higher of the averages of 20 and of 1 closes: no lowest price is printed"):
        cn.reserved_shares(everbright)


def test_dil7_the_holders_part() -> None:
    assert asked(note=SMALL, shares=30).share_of_noteholders == Decimal("0.25")
    found = asked(note=SMALL, options=[(40, 5)])
    assert (found.basic, found.diluted) == (100, 130)


def test_what_the_reset_asks_for_is_a_finding() -> None:
    (finding,) = asked().check()
    assert finding.rule == "DIL-6" and "8,128,836 at 84.883, 1,554,089 more than at 104.947" in finding.message
    assert asked(note=PLAIN, on="2003-07-01").check() == []
    floor = dataclasses.replace(NOTE, reset=dataclasses.replace(NOTE.reset, floor=0))
    (bottomless,) = asked(note=floor).check()
    assert bottomless.rule == "DIL-6" and "no number of shares is enough for certain" in bottomless.message


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("dilution.shares", "DIL-3", {"shares": 0}),
    ("dilution.shares", "DIL-3", {"shares": "many"}),
    ("dilution.price", "DIL-2", {"price": 0}),
    ("dilution.price", "DIL-2", {"price": -1}),
    ("dilution.on", "DIL-1", {"on": "2000-13-01"}),
    ("dilution.note", "DIL-1", {"note": "amazon-peacs-2010"}),
    ("dilution.state", "DIL-1", {"state": HISTORY}),
    ("dilution.options", "DIL-2", {"options": [(1, -1)]}),
    ("dilution.options", "DIL-2", {"options": [(-1, 1)]}),
    ("dilution.options", "DIL-2", {"options": [5]}),
    ("dilution.options", "DIL-2", {"options": ["5=2"]}),
    ("dilution.grants", "DIL-2", {"grants": [(1, 1)]}),
    ("grant.outstanding", "OPT-1", {"grants": [REPORTED]}),
    ("grant.outstanding on", "OPT-1", {"grants": [dataclasses.replace(REPORTED, shares=1)]}),
]


@pytest.mark.parametrize(("field", "rule", "changes"), WRONG)
def test_what_cannot_be_counted_is_refused(field: str, rule: str, changes: dict[str, Any]) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        asked(**changes)
    assert (refusal.value.field, refusal.value.rule) == (field, rule) and refusal.value.value is not None


def test_all_faults_come_at_once() -> None:
    with pytest.raises(cn.TermsError) as refusal:
        asked(shares=0, price="dear", options=[(1,)])
    assert [fault.split(" ")[0] for fault in refusal.value.faults] == ["dilution.shares", "dilution.price", "dilution.options"]


@pytest.mark.parametrize("options", ["5=2", 5])
def test_options_are_a_list(options: Any) -> None:
    with pytest.raises(cn.TermsError, match="expected a list of options"):
        cn.filings.Dilution(note=NOTE, on="2000-12-31", shares=1, price=1, options=options)


@pytest.mark.parametrize(("name", "value"), [("weight", -1), ("weight", "1.01"), ("interest", "x"), ("income", None)])
def test_earnings_are_refused(name: str, value: Any) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        asked().earnings(**{"income": 1, name: value})
    assert refusal.value.field == f"dilution.earnings {name}" and refusal.value.rule in ("DIL-3", "DIL-5")


def test_shares_are_reserved_only_for_a_note_that_converts() -> None:
    straight = dataclasses.replace(NOTE, conversion=None, reset=None, withdrawal=None)
    bottomless = dataclasses.replace(NOTE, reset=dataclasses.replace(NOTE.reset, floor=0))
    for note in (straight, bottomless, "amazon-peacs-2010"):
        with pytest.raises(cn.TermsError) as refusal:
            cn.reserved_shares(note)  # type: ignore[arg-type]
        assert refusal.value.rule == "DIL-6" and refusal.value.value is not None
        assert refusal.value.field == "reserved_shares note"


FIGURES = [
    ("1999-12-31", 345_155_000, 76),
    ("2000-12-31", 357_140_000, 15),
    ("2001-12-31", 373_218_000, 10),
    ("2010-02-16", 444_000_000, 118),
]


def test_a_series_follows_the_note_through_its_resets_and_conversions() -> None:
    series = cn.filings.dilution_series(NOTE, HISTORY, FIGURES, options=[(10, 12)], events=[cn.Convert("2001-03-05", 90_000_000)])
    before, first, reset, matured = (row.conversion_shares for row in series)
    assert (before, matured) == (0, 0) and first == asked().conversion_shares
    assert reset == cn.arithmetic.decimal(Fraction(600_000_000_000, 84_883))
    assert [row.option_shares > 0 for row in series] == [True, True, False, True]
    frame = series.to_frame()
    assert list(frame["shares"]) == [345_155_000, 357_140_000, 373_218_000, 444_000_000] and frame.index.name == "date"
    assert frame["share_of_noteholders"].iloc[0] == 0 and len(series.table().rows) == 4
    assert "amazon-peacs-2010" in repr(series) and "conversion_shares" in series._repr_html_()
    assert cn.filings.dilution_series(NOTE, HISTORY, []).table().rows == ()
    assert cn.filings.dilution_series(NOTE, HISTORY, []).table().title == ""


@pytest.mark.parametrize(
    "figures", [FIGURES[::-1], [("2000-12-31", 1)], ["2000-12-31"], [("soon", 1, 1)], [FIGURES[0], FIGURES[0]]]
)
def test_a_series_of_days_that_do_not_ascend_is_refused(figures: Any) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        cn.filings.dilution_series(NOTE, HISTORY, figures)
    assert (refusal.value.field, refusal.value.rule) == ("dilution_series figures", "DIL-1")
    assert refusal.value.reason and refusal.value.value is not None


def test_changed_it_is_checked_again_and_shows_itself() -> None:
    found = asked(note=SMALL, options=[(40, 5)])
    assert dataclasses.replace(found, price=20).option_shares == 30
    with pytest.raises(cn.TermsError):
        dataclasses.replace(found, shares=-1)
    rows = {what: value for what, value, _ in found.table().rows}
    assert rows["diluted"] == 130 and rows["options, gross"] == 40
    assert "small on 2000-12-31, share at 10" in repr(found) and "130" in found._repr_html_()
    assert found.authority("DIL-3") == "convention"
    with pytest.raises(cn.TermsError, match="DIL-1 to DIL-7"):
        found.authority("OFF-1")


def test_a_state_of_many_paths_is_refused() -> None:
    many = dataclasses.replace(cn.State.opening(NOTE), day=np.array([1, 2]))
    with pytest.raises(cn.TermsError, match="expected the state of one replay"):
        asked(state=many)
