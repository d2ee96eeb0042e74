"""Consent and waiver: AMD-1…4."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

import convnote as cn
from convnote.provisions.consent import EACH_HOLDER

ISSUE = 690_000_000


@pytest.mark.parametrize(("in_favour", "carried"), [(345_000_000, False), (345_001_000, True), (0, False), (ISSUE, True)])
def test_amd1_a_majority_is_more_than_half(note, in_favour, carried):
    assert note.consent.is_carried("other", in_favour=in_favour, outstanding=ISSUE) is carried


@pytest.mark.parametrize("change", EACH_HOLDER)
def test_amd2_each_holder_affected(note, change):
    assert note.consent.requirement(change).rule == "AMD-2"
    one_short = {"in_favour": ISSUE - 1000, "outstanding": ISSUE}
    assert not note.consent.is_carried(change, **one_short)
    # The one who does not agree is not affected.
    assert note.consent.is_carried(change, **one_short, affected=ISSUE - 1000)
    # Every holder affected agrees, and they are no majority.
    assert not note.consent.is_carried(change, in_favour=1000, outstanding=ISSUE, affected=1000)


def test_amd2_covers_every_item_of_the_paper(note):
    assert len(EACH_HOLDER) == 11
    assert len({note.consent.requirement(change).change for change in EACH_HOLDER}) == 11


@pytest.mark.parametrize(
    ("part", "setting", "value", "rule"),
    [
        ("principal", "maturity_date", date(2011, 2, 16), "AMD-2"),
        ("interest", "rate", Decimal("0.06"), "AMD-2"),
        ("interest", "rate", Decimal("0.07"), "AMD-1"),
        ("principal", "currency", "USD", "AMD-2"),
        ("conversion", "price", Decimal(110), "AMD-2"),
        ("conversion", "price", Decimal(100), "AMD-1"),
        ("withdrawal", "make_whole_amount", Decimal(100), "AMD-2"),
        ("withdrawal", "trigger", Decimal(150), "AMD-2"),
        ("fundamental_change", "price", Decimal("0.9"), "AMD-2"),
        ("consent", "majority", Decimal("0.25"), "AMD-3"),
        ("redemption", "notice_at_most", 90, "AMD-1"),
    ],
)
def test_amd2_a_proposal_is_judged_setting_by_setting(note, part, setting, value, rule):
    changed = dataclasses.replace(getattr(note, part), **{setting: value})
    [amendment] = note.amendments(dataclasses.replace(note, **{part: changed}))
    assert (amendment.setting, amendment.requirement.rule) == (f"{part}.{setting}", rule)


def test_amd3_all_holders_to_lower_the_majority(note):
    assert note.consent.requirement("lower majority").rule == "AMD-3"
    assert not note.consent.is_carried("lower majority", in_favour=ISSUE - 1000, outstanding=ISSUE)
    assert note.consent.is_carried("lower majority", in_favour=ISSUE, outstanding=ISSUE)


@pytest.mark.parametrize(
    ("default", "may"),
    [
        ("interest", False),
        ("make-whole", False),
        ("principal", False),
        ("redemption", False),
        ("failure to convert", False),
        ("needs each holder", False),
        ("covenant", True),
    ],
)
def test_amd4_what_a_majority_may_waive(note, default, may):
    assert note.consent.may_waive(default) is may


def test_amd1_refuses_a_change_it_does_not_know(note):
    with pytest.raises(cn.TermsError, match="AMD-1"):
        note.consent.requirement("a new logo")
