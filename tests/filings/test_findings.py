"""What does not add up in the papers beside the note: where each finding must speak, and where it must be silent."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import convnote as cn

OFFERING, BYLAWS = cn.offering("amazon-peacs-2010"), cn.bylaws("amazon-2000")
LETTER, REPORTED = cn.grant("amazon-1994"), cn.grant("amazon-2004")


def said(filing: Any, rule: str) -> list[str]:
    """The messages of one rule, in order."""
    return [finding.message for finding in filing.check() if finding.rule == rule]


def test_all_findings_come_in_the_order_of_the_rules() -> None:
    for filing in (OFFERING, BYLAWS, LETTER, REPORTED):
        order = list(filing.RULES)
        places = [order.index(finding.rule) for finding in filing.check()]
        assert places == sorted(places) and places
    found = {finding.rule for finding in OFFERING.check()}
    assert found >= {"OFF-1", "OFF-4", "OFF-6", "OFF-8", "OFF-9", "OFF-12", "OFF-15", "OFF-16"} and "OFF-17" not in found
    assert {finding.rule for finding in LETTER.check()} == {"OPT-1", "OPT-6", "OPT-8"}
    assert {finding.rule for finding in REPORTED.check()} == {"OPT-2"}
    assert {finding.rule for finding in BYLAWS.check()} >= {"BYL-1", "BYL-5", "BYL-6", "BYL-10", "BYL-14", "BYL-17", "BYL-18"}


def test_off1_the_postponement_goes_beyond_the_last_day() -> None:
    (words,) = said(OFFERING, "OFF-1")
    assert "not later than 2000-02-16" in words and "not later than 2000-02-23" in words and "7 days" in words
    assert said(dataclasses.replace(OFFERING, postponement_days=0), "OFF-1") == []


def test_off2_a_schedule_that_is_not_the_issue() -> None:
    less = dataclasses.replace(OFFERING, underwriters={"A": 400_000_000})
    assert "Schedule I adds up to 400,000,000, the issue is 690,000,000" in said(less, "OFF-2")
    assert not any("adds up" in words for words in said(OFFERING, "OFF-2"))


def test_off4_six_findings_on_the_lock_up() -> None:
    words = said(OFFERING, "OFF-4")
    assert [each[:3] for each in words] == ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)"]
    assert any("from 2000-02-16 (CNV-1)" in each and "2000-05-11" in each for each in words)


def test_off4_what_the_figures_say_of_the_lock_up() -> None:
    stated = dataclasses.replace(OFFERING, sources={**OFFERING.sources, "prospectus_date": "cover"})
    assert not any(each.startswith("(a)") for each in said(stated, "OFF-4"))
    earlier = dataclasses.replace(OFFERING, prospectus_date="2000-02-10")
    assert not any(each.startswith("(e)") for each in said(earlier, "OFF-4"))


def test_off4_conversion_inside_the_lock_up_or_not() -> None:
    def speaks(**changes: Any) -> bool:
        return any(each.startswith("(f)") for each in said(dataclasses.replace(OFFERING, **changes), "OFF-4"))

    def opening(day: str) -> Any:
        note = OFFERING.note
        return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, from_date=day))

    straight = dataclasses.replace(OFFERING.note, conversion=None, reset=None, withdrawal=None)
    assert speaks(note=opening("2000-05-11")) and not speaks(note=opening("2000-05-12"))
    assert not speaks(note=straight)
    assert speaks(prospectus_date="2000-02-15") and not speaks(prospectus_date="2000-02-16")
    assert speaks(lock_up_days=5) and not speaks(lock_up_days=4)


def test_off6_the_cut_off_of_the_closing_letter() -> None:
    (words,) = said(OFFERING, "OFF-6")
    assert "2000-02-08, 8 days before closing" in words
    assert said(dataclasses.replace(OFFERING, closing_date="2000-02-11"), "OFF-6") == []


def test_off12_the_offering_price() -> None:
    assert said(OFFERING, "OFF-12") and "1 of principal is taken" in said(OFFERING, "OFF-12")[0]
    stated = dataclasses.replace(OFFERING, sources={**OFFERING.sources, "offering_price": "cover"})
    assert said(stated, "OFF-12") == []


def test_off15_eleven_pointers() -> None:
    (words,) = said(OFFERING, "OFF-15")
    assert words.startswith("11 pointers to sections are one too high: 6(h) names Section 8 for 7; ")
    one = dataclasses.replace(OFFERING, lines={"pointers": OFFERING.lines["pointers"][:1]})
    assert said(one, "OFF-15") == ["1 pointer to a section is one too high: 6(h) names Section 8 for 7"]
    assert said(dataclasses.replace(OFFERING, lines={}), "OFF-15") == []


def test_opt1_an_exhibit_that_is_missing() -> None:
    assert len(said(LETTER, "OPT-1")) == 2
    scheduled = dataclasses.replace(LETTER, vesting=[("1995-10-24", 1)])
    assert not any("exhibit" in words for words in said(scheduled, "OPT-1")) and said(scheduled, "OPT-2") == []


def test_opt2_what_sixteen_instalments_make() -> None:
    instalments, size, _ = said(REPORTED, "OPT-2")
    assert instalments.startswith("16 instalments from 2003-07-01 to 2007-04-01 make 80%")
    assert "with the 20th, on 2008-04-01" in instalments  # 19 quarters after the first
    assert "at least 33,334 shares" in size and "10,000 exercised on 2004-11-29" in size and "30%" in size
    assert len(said(dataclasses.replace(REPORTED, shares=200_000), "OPT-2")) == 2
    last = dataclasses.replace(REPORTED, remainder="last")
    assert not any("instalments" in words for words in said(last, "OPT-2")) and len(said(last, "OPT-2")) == 2
    whole = dataclasses.replace(REPORTED, vesting=[("2003-07-01", "0.5"), ("2004-07-01", "0.5")])
    assert not any("instalments" in words for words in said(whole, "OPT-2"))
    assert any("at least 10,000 shares" in words for words in said(whole, "OPT-2"))
    late = dataclasses.replace(REPORTED, vesting=[("2005-07-01", "0.5")])
    assert said(late, "OPT-2")[0] == "1 instalment on 2005-07-01 makes 50%"
    assert not any("at least" in words for words in said(late, "OPT-2"))
    uneven = dataclasses.replace(REPORTED, vesting=[("2003-07-01", "0.2"), ("2004-07-01", "0.1")])
    assert said(uneven, "OPT-2")[0] == "2 instalments from 2003-07-01 to 2004-07-01 make 30%"
    thirds = dataclasses.replace(REPORTED, vesting=[("2003-07-31", "0.3"), ("2004-07-31", "0.3")])
    assert "with the 4th, on 2006-07-31" in said(thirds, "OPT-2")[0]


def test_opt6_and_opt8_of_the_letter() -> None:
    assert "60 days" in said(LETTER, "OPT-6")[0] and said(REPORTED, "OPT-6") == []
    (words,) = said(LETTER, "OPT-8")
    assert "USD 1,043.77" in words and "100,000 / 709,568 = 0.140931" in words
    assert said(dataclasses.replace(LETTER, exercise_price=1), "OPT-8") == []  # 709,568 is above the limit
    assert said(dataclasses.replace(LETTER, shares=None), "OPT-8") == []
    assert said(dataclasses.replace(LETTER, yearly_limit=None), "OPT-8") == []


def test_byl5_and_byl10_of_the_by_laws() -> None:
    window, late = said(BYLAWS, "BYL-5")
    assert "60 days before a Thursday it always ends on a Sunday" in window
    assert "59 days ahead instead of 60, the deadline is the 10th day after: 11 days later" in late
    assert len(said(dataclasses.replace(BYLAWS, announced_days=0), "BYL-5")) == 2
    assert "59 days ahead" in said(dataclasses.replace(BYLAWS, announced_days=0), "BYL-5")[1]
    assert "10 days before it" in said(BYLAWS, "BYL-10")[0]
    assert said(dataclasses.replace(BYLAWS, list_days=1), "BYL-10") == []
    friday = dataclasses.replace(BYLAWS, meeting_weekday=4)
    assert "before a Friday it always ends on a Monday" in said(friday, "BYL-5")[0]


@pytest.mark.parametrize("filing", [OFFERING, BYLAWS, LETTER, REPORTED], ids=repr)
def test_no_finding_is_a_sentence_of_the_paper_nor_names_a_person(filing: Any) -> None:
    words = " ".join([filing.table().text(), *(finding.message for finding in filing.check())])
    assert "[optionee]" not in words and "Bezos" not in words and "Alberg" not in words
