"""Consent and waiver: AMD-1…4."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

import convnote as cn
from convnote.note import PROVISIONS
from convnote.provisions import Accretion, ChangeOfControlPrice, MakeWholeChange, Put
from convnote.provisions.changes import EACH_HOLDER
from convnote.provisions.payment_names import payments
from convnote.provisions.provision import key_of

from .test_consent_of_other_notes import PLACES

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


#: A change of every setting of Amazon's note: old and new value (None for old: as the note has it), and what the change needs
#: and what its reverse needs. "each" (AMD-2), "majority" (AMD-1), "all" (AMD-3), "depends" (AMD-2, and said on what).
SOFT = {"days": 20, "period": 30, "multiple": "1.3", "of": "in-force", "strict": True, "ends": "notice"}
CHANGES = [
    ("principal.transferred_first", "committed", "depends", "depends"),
    ("principal.issue_date", date(2000, 3, 16), "each", "majority"),  # interest runs from a later day
    ("principal.maturity_date", date(2011, 2, 16), "each", "depends"),  # an earlier one ends conversion sooner
    ("principal.issue_size", 700_000_000, "majority", "majority"),  # in nothing that AMD-2 lists
    ("principal.currency", "USD", "depends", "depends"),
    ("principal.denomination", 100, "depends", "depends"),
    ("principal.maturity_price", "0.5", "each", "majority"),
    ("principal.share_currency", "GBP", "depends", "depends"),
    ("principal.business_days", "FED+TARGET", "depends", "depends"),
    ("principal.trading_days", "NYSE", "depends", "depends"),
    ("principal.closed", [date(2004, 2, 17)], "depends", "depends"),
    ("principal.cent", 1000, "depends", "depends"),
    ("principal.moved_payments", "unmoved", "majority", "each"),  # paid on Saturday, not on Tuesday
    ("principal.rounded_on", "denomination", "depends", "depends"),
    ("principal.quoted_per", 1, "majority", "majority"),  # how a price is quoted
    ("interest.rate", "0.06", "each", "majority"),
    ("interest.frequency", 2, "majority", "each"),  # half of it half a year earlier
    ("interest.day_count", "act/360", "depends", "depends"),
    ("interest.record_days", 10, "depends", "depends"),
    ("interest.first_payment", date(2002, 2, 16), "each", "majority"),  # the coupon of 2001 is paid a year later
    ("interest.last_payment", date(2009, 2, 16), "depends", "depends"),
    ("interest.stub", "short-first", "depends", "depends"),
    ("interest.end_of_month", False, "depends", "depends"),
    ("interest.in_window", "to-record", "depends", "depends"),
    ("interest.defaulted_to", "record", "depends", "depends"),
    ("interest.wire_above", 20_000_000, "majority", "majority"),  # the manner of payment
    ("conversion.price", 110, "each", "majority"),
    ("conversion.rate", "9.5", "each", "majority"),  # 9.528619 is what the price gives
    ("conversion.accrued", "paid", "majority", "each"),
    ("conversion.accrued", "forgo", "depends", "depends"),
    ("conversion.called_until", "redemption-date", "majority", "each"),
    ("conversion.called_until", "2 business days before", "each", "majority"),
    ("conversion.called_until", "1 trading day before", "depends", "depends"),
    ("conversion.elected_until", "1 business day before", "majority", "each"),  # not while it is elected
    ("conversion.until", "1 business day before", "each", "majority"),  # it runs to maturity
    ("conversion.first_converted", "uncalled", "depends", "depends"),
    ("conversion.off_days", "same-day", "depends", "depends"),
    ("conversion.close_of", "same-day", "depends", "depends"),
    ("conversion.added_up", False, "depends", "depends"),
    ("conversion.pays_in_except", ["last", "notice"], "majority", "each"),
    ("conversion.pays_in_except", ["redemption"], "depends", "depends"),
    ("conversion.fraction", "dropped", "each", "majority"),
    ("conversion.fraction", "up", "majority", "each"),
    ("conversion.from_date", date(2000, 5, 16), "each", "majority"),
    ("reset.dates", ["2001-02-16"], "each", "majority"),  # a reset date less
    ("reset.dates", ["2001-02-16", "2003-02-16"], "depends", "depends"),  # another one
    ("reset.floor", 90, "each", "majority"),
    ("reset.window", 10, "depends", "depends"),
    ("reset.rounding", "0.01", "depends", "depends"),
    ("adjustment.adjusts", [], "each", "majority"),
    ("adjustment.only_reverse_split_raises", False, "each", "majority"),
    ("adjustment.carry_below", "0.02", "each", "majority"),
    ("adjustment.dividend_threshold", 1, "each", "majority"),
    ("adjustment.market_price_days", 5, "depends", "depends"),
    ("adjustment.rounding", "0.001", "depends", "depends"),
    ("adjustment.carry_until", "conversion", "majority", "each"),
    ("adjustment.dividends", "threshold-both", "depends", "depends"),
    ("adjustment.dividend_thresholds", {2003: 1}, "depends", "depends"),
    ("adjustment.rounding_of", "rate", "depends", "depends"),
    ("adjustment.rounding_mode", "up", "depends", "depends"),
    ("withdrawal.trigger", 150, "each", "majority"),
    ("withdrawal.trigger_multiple", "1.5", "majority", "majority"),  # the figure governs
    ("withdrawal.days", 15, "each", "majority"),
    ("withdrawal.period", 40, "each", "majority"),
    ("withdrawal.short_period", False, "majority", "each"),
    ("withdrawal.before_issue", True, "each", "majority"),
    ("withdrawal.before", date(2004, 2, 20), "each", "majority"),
    ("withdrawal.notice_at_least", 10, "each", "majority"),
    ("withdrawal.notice_at_most", 45, "each", "majority"),
    ("withdrawal.notice_within", 20, "each", "majority"),
    ("withdrawal.make_whole_amount", 100, "each", "majority"),
    ("withdrawal.make_whole_floor", False, "each", "majority"),
    ("withdrawal.make_whole_to", "both", "majority", "each"),
    ("withdrawal.make_whole_to", "converted", "depends", "depends"),
    ("withdrawal.trigger_of", "initial", "depends", "depends"),
    ("withdrawal.strict", False, "each", "majority"),
    ("withdrawal.from_date", date(2001, 2, 20), "majority", "each"),  # no withdrawal before it
    ("withdrawal.last_conversion", "2 business days before", "each", "majority"),
    ("redemption.prices", [["2002-02-20", 1]], "each", "majority"),  # called a year earlier
    ("redemption.prices", [["2003-02-20", "0.98"]], "each", "majority"),
    ("redemption.prices", [["2003-02-20", "1.04"], ["2004-02-20", 1]], "majority", "each"),
    ("redemption.prices", [["2002-02-20", "1.10"]], "depends", "depends"),  # earlier, and dearer
    ("redemption.prices", [["2003-02-20", "1.02"], ["2004-02-20", "0.99"]], "depends", "depends"),
    ("redemption.accrued", "dirty", "each", "majority"),
    ("redemption.notice_at_least", 15, "each", "majority"),
    ("redemption.notice_at_most", 45, "each", "majority"),
    ("redemption.selection", "lot", "depends", "depends"),
    ("redemption.condition", SOFT, "majority", "each"),
    ("redemption.whole_only", True, "depends", "depends"),
    ("redemption.make_whole_amount", 200, "majority", "each"),
    ("redemption.last", date(2009, 2, 16), "majority", "each"),
    ("put.prices", [["2005-02-16", "0.9"], ["2007-02-16", 1]], "each", "majority"),
    ("put.prices", [["2005-02-16", 1]], "each", "majority"),  # a date less
    ("put.prices", [["2005-02-16", 1], ["2008-02-16", 1]], "depends", "depends"),  # a later one in place of another
    ("put.accrued", "dirty", "each", "majority"),
    ("put.notice_at_least", 10, "each", "majority"),
    ("put.notice_at_most", 30, "each", "majority"),
    ("fundamental_change.price", "0.9", "each", "majority"),
    ("fundamental_change.notice_within", 20, "each", "majority"),
    ("fundamental_change.repurchase_after", 45, "each", "majority"),
    ("fundamental_change.repurchase_after", [20, 30], "depends", "depends"),
    ("fundamental_change.repurchase_after", [20, 35], "each", "majority"),
    ("fundamental_change.unit", "business days", "each", "majority"),
    ("fundamental_change.unit", "calendar days", "majority", "majority"),
    ("fundamental_change.period_days", 60, "depends", "depends"),
    ("fundamental_change.withdrawable_until", 5, "each", "majority"),
    ("change_of_control_price.premium", "0.2", "each", "majority"),
    ("change_of_control_price.period_days", 30, "each", "majority"),
    ("change_of_control_price.to", "put", "depends", "depends"),
    ("make_whole_change.prices", [100, 160], "depends", "depends"),
    ("make_whole_change.dates", ["2000-02-16", "2009-02-16"], "depends", "depends"),
    ("make_whole_change.shares", [[2, 1], [1, "0.5"]], "majority", "each"),
    ("make_whole_change.shares", [[3, 1], [0, 0]], "depends", "depends"),
    ("make_whole_change.cap_rate", 12, "each", "majority"),
    ("make_whole_change.on_call", True, "majority", "each"),
    ("make_whole_change.stock_price", "cash", "depends", "depends"),
    ("accretion.issue_price", 400, "majority", "each"),
    ("accretion.yield", "0.05", "depends", "depends"),
    ("accretion.frequency", 1, "depends", "depends"),
    ("accretion.day_count", "act/365f", "depends", "depends"),
    ("accretion.includes_the_day", True, "majority", "each"),
    ("principal.maturity_includes_interest", True, "each", "majority"),
    ("default.grace_days", 60, "each", "majority"),
    ("default.covenant_notice_days", 90, "each", "majority"),
    ("consent.majority", "0.25", "all", "majority"),
]
RULE = {"each": "AMD-2", "depends": "AMD-2", "majority": "AMD-1", "all": "AMD-3"}


@pytest.fixture(scope="module")
def with_put():
    put = Put(prices=[["2005-02-16", 1], ["2007-02-16", 1]])
    lower = ChangeOfControlPrice(premium="0.3")
    table = MakeWholeChange(prices=[100, 150], dates=["2000-02-16", "2010-02-16"], shares=[[2, 1], [1, 0]])
    parts = {"put": put, "make_whole_change": table, "change_of_control_price": lower}
    return dataclasses.replace(cn.load("amazon-peacs-2010"), **parts, accretion=Accretion(issue_price="381.63", yield_="0.04875"))


@pytest.mark.parametrize(("place", "value", "there", "back"), CHANGES)
def test_amd1c_a_change_and_its_reverse(with_put, place, value, there, back):
    part, setting = place.replace("accretion.yield", "accretion.yield_").split(".")
    changed = dataclasses.replace(with_put, **{part: dataclasses.replace(getattr(with_put, part), **{setting: value})})
    for before, after, needed in ((with_put, changed, there), (changed, with_put, back)):
        [amendment] = before.amendments(after)
        assert (amendment.setting, amendment.requirement.rule) == (place, RULE[needed])
        assert bool(amendment.requirement.depends_on) is ("depends on" in amendment.requirement.consent) is (needed == "depends")


def test_amd1c_every_setting_of_every_provision_has_its_row():
    settings = {f"{name}.{key_of(each)}" for name, kind in PROVISIONS.items() for each in kind.settings()}
    settings -= {"withdrawal.pays_converted"}  # read as withdrawal.make_whole_to
    assert {place for place, *_ in CHANGES} | PLACES == settings


@pytest.mark.parametrize(
    ("part", "taken_away", "added"),
    [
        ("conversion", "AMD-2", "AMD-1"),
        ("reset", "AMD-2", "AMD-1"),
        ("adjustment", "AMD-2", "AMD-1"),
        ("put", "AMD-2", "AMD-1"),
        ("fundamental_change", "AMD-2", "AMD-1"),
        ("make_whole_change", "AMD-2", "AMD-1"),
        ("change_of_control_price", "AMD-2", "AMD-1"),
        ("default", "AMD-2", "AMD-1"),
        ("withdrawal", "AMD-1", "AMD-2"),  # the Company's right
        ("redemption", "AMD-1", "AMD-2"),
    ],
)
def test_amd1c_a_provision_taken_away_or_added(with_put, part, taken_away, added):
    # reset and withdrawal stand on conversion
    gone = ("conversion", "reset", "withdrawal") if part == "conversion" else (part,)
    without = dataclasses.replace(with_put, **dict.fromkeys(gone))
    for before, after, rule in ((with_put, without, taken_away), (without, with_put, added)):
        rules = {each.requirement.rule for each in before.amendments(after) if each.setting.startswith(f"{part}.")}
        assert rules == {rule}


def test_amd3_to_give_up_consent_altogether_needs_all(note):
    assert {each.requirement.rule for each in note.amendments(dataclasses.replace(note, consent=None))} == {"AMD-3"}


def test_amd2_other_words_on_the_rank_need_each_holder(note):
    lower = dataclasses.replace(note, identity={**note.identity, "rank": "subordinated to everything", "trustee": "another"})
    rank, trustee = sorted(note.amendments(lower))
    assert (rank.setting, rank.requirement.change) == ("identity.rank", "subordination against holders")
    assert "how the new words rank the Notes" in rank.requirement.consent
    assert (trustee.setting, trustee.requirement.rule) == ("identity.trustee", "AMD-1")


def test_amd1_certificates_are_not_lost(note):
    fewer = dataclasses.replace(note.principal, certificates={"P-1": {"figures": 690_000_000}})
    [amendment] = note.amendments(dataclasses.replace(note, principal=fewer))
    assert (amendment.setting, amendment.requirement.rule) == ("principal.certificates", "AMD-1")


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
        ("notice", True),
        *((payment, False) for payment in (*payments(), "accelerated", "late-interest")),
    ],
)
def test_amd4_what_a_majority_may_waive(note, default, may):
    assert note.consent.may_waive(default) is may


def test_amd4_refuses_what_is_neither_a_payment_nor_another_default(note):
    assert len(payments()) >= 6
    with pytest.raises(
        cn.TermsError, match=r"may_waive default \(AMD-4\): got 'repurchases'; allowed: covenant, notice, interest"
    ):
        note.consent.may_waive("repurchases")


def test_amd1_refuses_a_change_it_does_not_know(note):
    with pytest.raises(cn.TermsError, match="AMD-1"):
        note.consent.requirement("a new logo")
