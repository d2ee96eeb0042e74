"""Consent to changes of settings that Amazon's note cannot have as it stands, each on a note that has it (AMD-1c)."""

import dataclasses
from datetime import date

import pytest

import convnote as cn
from convnote.provisions import CleanUp, ConditionalPut, ContingentConversion, Exchange, Revision, SettlementTerms

AMAZON = cn.load("amazon-peacs-2010")


def amazon(**changed):
    """Amazon's note with provisions of its own (an object, or None), or with other settings of those that it has (a dict)."""
    parts = {
        name: dataclasses.replace(getattr(AMAZON, name), **value) if isinstance(value, dict) else value
        for name, value in changed.items()
    }
    return dataclasses.replace(AMAZON, **parts)


HIGH = {"days": 20, "period": 30, "multiple": "1.3", "of": "in-force", "strict": True, "ends": "notice"}
LOW = {**HIGH, "multiple": "0.7", "below": True}
PRICE = {"share": "0.98", "days": 5, "open_days": 5}
WINDOWS = ContingentConversion(
    free_from=date(2009, 2, 16), quarter=HIGH, first_quarter=date(2000, 4, 1), trading_price=PRICE, change_days=15
)
OVER_DAYS = SettlementTerms(
    method="combination",
    specified=500,
    observation=20,
    election="issuer",
    chosen_by=date(2009, 6, 1),
    final="22 trading days before",
    free_from=date(2009, 12, 1),
)
#: Each note with the settings that it is here for.
NOTES = {
    "floating": amazon(interest={"rate": None, "index": "EURIBOR12", "spread": "0.01", "fixed": "2 business days before"}),
    "in kind": amazon(interest={"paid": "in-kind", "paid_rounding": 1, "paid_rounding_mode": "half-up"}, withdrawal=None),
    "record dates": amazon(interest={"record_days": None, "record_dates": ["02-01"]}),
    "two currencies": amazon(principal={"share_currency": "USD"}, conversion={"fixed_rate": "0.95"}),
    "windows": amazon(contingent_conversion=WINDOWS),
    "windows without a number of days": amazon(contingent_conversion=dataclasses.replace(WINDOWS, change_days=None)),
    "revision": amazon(revision=Revision(condition=LOW, floor="average of 20")),
    "conditional put": amazon(conditional_put=ConditionalPut(condition=LOW)),
    "soft call": amazon(redemption={"condition": HIGH, "until": date(2005, 2, 16)}),
    "make-whole": amazon(redemption={"make_whole_amount": 200, "make_whole_until": date(2005, 2, 16)}),
    "share": amazon(clean_up=CleanUp(share="0.1", notice_at_least=20, notice_at_most=40)),
    "amount": amazon(clean_up=CleanUp(amount=69_000_000)),
    "settlement": amazon(settlement=OVER_DAYS),
    "mandatory": dataclasses.replace(cn.load("mandatory-2022"), consent=AMAZON.consent),
    "exchange": amazon(
        conversion=None,
        reset=None,
        withdrawal=None,
        adjustment=None,
        exchange=Exchange(shares_of="Another", property=[{"share": "Another", "amount": 9}]),
    ),
    "period": amazon(fundamental_change={"period_days": 60, "pays_after": 5}),
}
#: The note, its provision, the settings changed, and what the change and its reverse need: "each" holder (AMD-2), a "majority"
#: (AMD-1), or each holder since it "depends" on something that is said.
CHANGES = [
    ("floating", "interest", {"index": "EURIBOR6"}, "depends", "depends"),
    ("floating", "interest", {"spread": "0.02"}, "majority", "each"),
    ("floating", "interest", {"floor": "0.01"}, "majority", "each"),
    ("floating", "interest", {"fixed": "5 business days before"}, "depends", "depends"),
    ("in kind", "interest", dict.fromkeys(("paid", "paid_rounding", "paid_rounding_mode")), "depends", "depends"),
    ("in kind", "interest", {"paid_rounding": "0.01"}, "depends", "depends"),
    ("in kind", "interest", {"paid_rounding_mode": "up"}, "majority", "each"),
    ("in kind", "interest", {"paid_rounding_mode": "down"}, "each", "majority"),
    ("record dates", "interest", {"record_dates": ["02-08"]}, "depends", "depends"),
    ("two currencies", "conversion", {"fixed_rate": "0.96"}, "majority", "each"),  # more shares
    ("two currencies", "conversion", {"fraction_rate": "market"}, "depends", "depends"),
    ("windows", "contingent_conversion", {"free_from": date(2009, 8, 16)}, "each", "majority"),
    ("windows", "contingent_conversion", {"free_from": None}, "each", "majority"),  # never free
    ("windows", "contingent_conversion", {"quarter": {**HIGH, "days": 25}}, "each", "majority"),
    ("windows", "contingent_conversion", {"quarter": {**HIGH, "days": 25, "multiple": "1.2"}}, "depends", "depends"),
    ("windows", "contingent_conversion", {"first_quarter": date(2001, 4, 1)}, "each", "majority"),
    ("windows", "contingent_conversion", {"first_quarter": None}, "majority", "each"),  # from the quarter of the issue date on
    ("windows", "contingent_conversion", {"for_ever": True}, "majority", "each"),
    ("windows", "contingent_conversion", {"trading_price": {**PRICE, "days": 10}}, "each", "majority"),
    ("windows", "contingent_conversion", {"trading_price": None}, "each", "majority"),
    ("windows", "contingent_conversion", {"trading_price": {**PRICE, "days": 10, "open_days": 9}}, "depends", "depends"),
    ("windows", "contingent_conversion", {"on_call": False}, "each", "majority"),
    ("windows", "contingent_conversion", {"change_days": 20}, "depends", "depends"),
    ("windows without a number of days", "contingent_conversion", {"on_change": False}, "each", "majority"),
    ("revision", "revision", {"condition": {**LOW, "multiple": "0.6"}}, "each", "majority"),  # the price is lowered less often
    ("revision", "revision", {"floor": 80}, "depends", "depends"),
    ("conditional put", "conditional_put", {"from_date": date(2005, 2, 16)}, "each", "majority"),
    ("conditional put", "conditional_put", {"once_a_year": False}, "majority", "each"),
    ("conditional put", "conditional_put", {"used_up_by": "anyone"}, "each", "majority"),
    ("conditional put", "conditional_put", {"price": "1.01"}, "majority", "each"),
    ("conditional put", "conditional_put", {"accrued": "dirty"}, "each", "majority"),
    ("conditional put", "conditional_put", {"pays_after": 9}, "depends", "depends"),
    ("conditional put", "conditional_put", {"condition": {**LOW, "days": 25}}, "each", "majority"),
    ("conditional put", "conditional_put", {"condition": {**LOW, "multiple": "0.8"}}, "majority", "each"),
    ("soft call", "redemption", {"until": date(2004, 2, 16)}, "each", "majority"),
    ("make-whole", "redemption", {"make_whole_until": date(2004, 2, 16)}, "each", "majority"),
    ("make-whole", "redemption", {"make_whole_until": None}, "majority", "each"),  # every call carries it
    ("share", "clean_up", {"share": "0.2"}, "each", "majority"),
    ("share", "clean_up", {"strict": True}, "majority", "each"),
    ("share", "clean_up", {"notice_at_least": 15}, "each", "majority"),
    ("share", "clean_up", {"notice_at_least": None}, "depends", "depends"),
    ("share", "clean_up", {"notice_at_most": 35}, "each", "majority"),
    ("amount", "clean_up", {"amount": 100_000_000}, "each", "majority"),
    ("amount", "clean_up", {"amount": None, "share": "0.1"}, "depends", "depends"),
    ("settlement", "settlement", {"method": "cash", "specified": None}, "depends", "depends"),
    ("settlement", "settlement", {"specified": 1000}, "depends", "depends"),
    ("settlement", "settlement", {"observation": 30}, "depends", "depends"),
    ("settlement", "settlement", {"starts": 3}, "depends", "depends"),
    ("settlement", "settlement", {"pays_after": 5}, "each", "majority"),
    ("settlement", "settlement", {"election": None, "chosen_by": None}, "depends", "depends"),
    ("settlement", "settlement", {"chosen_by": date(2009, 7, 1)}, "depends", "depends"),
    ("settlement", "settlement", {"final": "32 trading days before"}, "depends", "depends"),
    ("settlement", "settlement", {"free_from": date(2009, 11, 2)}, "depends", "depends"),
    ("settlement", "settlement", {"default_claim": "principal"}, "majority", "majority"),
    ("mandatory", "mandatory", {"min_rate": "1.7"}, "each", "majority"),  # 1.7892
    ("mandatory", "mandatory", {"max_rate": "2.1"}, "each", "majority"),  # 2.1739
    ("mandatory", "mandatory", {"low": 45}, "depends", "depends"),
    ("mandatory", "mandatory", {"high": 57}, "depends", "depends"),
    ("mandatory", "mandatory", {"average_days": 10}, "depends", "depends"),
    ("mandatory", "mandatory", {"average_ends": "3 trading days before"}, "depends", "depends"),
    ("mandatory", "mandatory", {"rounding": "0.001"}, "depends", "depends"),
    ("exchange", "exchange", {"shares_of": "Another Company"}, "majority", "majority"),
    ("exchange", "exchange", {"property": [{"share": "A third", "amount": 9}]}, "depends", "depends"),
    ("period", "fundamental_change", {"pays_after": 9}, "each", "majority"),
]
RULE = {"each": "AMD-2", "depends": "AMD-2", "majority": "AMD-1"}
#: The settings that stand here, for the count of all of them.
PLACES = {f"{part}.{name}" for _, part, changed, *_ in CHANGES for name in changed}


@pytest.mark.parametrize(("name", "part", "changed", "there", "back"), CHANGES)
def test_amd1c_a_change_and_its_reverse(name, part, changed, there, back):
    note = NOTES[name]
    after = dataclasses.replace(note, **{part: dataclasses.replace(getattr(note, part), **changed)})
    for old, new, needed in ((note, after, there), (after, note, back)):
        amendments = old.amendments(new)
        assert {each.setting for each in amendments} == {f"{part}.{setting}" for setting in changed}
        for each in amendments:
            assert each.requirement.rule == RULE[needed]
            assert bool(each.requirement.depends_on) is ("depends on" in each.requirement.consent) is (needed == "depends")


@pytest.mark.parametrize(
    ("name", "part", "taken_away", "added"),
    [
        ("windows", "contingent_conversion", "majority", "each"),  # Notes convert on any day without them
        ("revision", "revision", "each", "majority"),
        ("conditional put", "conditional_put", "each", "majority"),
        ("share", "clean_up", "majority", "each"),
        ("settlement", "settlement", "depends", "depends"),
        ("mandatory", "mandatory", "majority", "each"),
    ],
)
def test_amd1c_a_provision_taken_away_or_added(name, part, taken_away, added):
    note = NOTES[name]
    without = dataclasses.replace(note, **{part: None})
    for old, new, needed in ((note, without, taken_away), (without, note, added)):
        of_it = [each.requirement for each in old.amendments(new) if each.setting.startswith(f"{part}.")]
        assert of_it and {each.rule for each in of_it} == {RULE[needed]}
        assert {bool(each.depends_on) for each in of_it} == {needed == "depends"}
