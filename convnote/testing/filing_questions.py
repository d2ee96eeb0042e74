"""The questions of the reference cases of filings: rule, side, filing, sheet, changes, question, arguments.

Each boundary is one pair, "one" and "other", whose answers differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Question = tuple[str, str, str, str, dict[str, Any], str, dict[str, Any]]

_AMAZON = "amazon-peacs-2010"
_MS = "Morgan Stanley & Co. International Limited"
_CSFB = "Credit Suisse First Boston (Europe) Limited"
_DLJ = "Donaldson, Lufkin & Jenrette International"
#: A syndicate small enough for one Note to decide the outcome.
_SMALL = {"underwriters": {"A": "9000", "B": "1000", "C": "90000"}}
_TIE = {"underwriters": {"A": "30000", "B": "30000", "C": "3000"}}
_TURNED = {"underwriters": {"B": "30000", "A": "30000", "C": "3000"}}
_YEARS = {"vesting": [["1995-10-24", "1/3"], ["1996-10-24", "1/3"], ["1997-10-24", "1/3"]], "shares": "10"}
_HALF = {"vesting": [["1995-10-24", "0.5"]], "shares": "1000"}
_FORM = {"shares": "200000"}
_OPEN = "gpre-2027"  # the issuer may elect how conversions are settled
_BASIS = {"on": "2000-12-31", "shares": "1000", "price": "10"}


def _pair(rule: str, filing: str, name: str, ask: str, *sides: Mapping[str, Any], changes: Any = None) -> Iterator[Question]:
    """A question on both sides; `changes` apply to both sides, or are given one for each."""
    given = changes if isinstance(changes, tuple) else (changes or {}, changes or {})
    for side, before, arguments in zip(("one", "other"), given, sides, strict=True):
        yield rule, side, filing, name, dict(before), ask, dict(arguments)


def _sale(rule: str, ask: str, *sides: Mapping[str, Any], changes: Any = None) -> Iterator[Question]:
    yield from _pair(rule, "offering", _AMAZON, ask, *sides, changes=changes)


def _offering() -> Iterator[Question]:
    yield from _sale("OFF-1", "purchase", {"closing": "2000-02-16"}, {"closing": "2000-02-17"})
    yield from _sale("OFF-1", "purchase", {"closing": "2000-02-11"}, {"closing": "2000-02-10"})
    late, later = {"closing": "2000-02-23", "after_default": True}, {"closing": "2000-02-24", "after_default": True}
    yield from _sale("OFF-3", "purchase", late, later)
    yield from _sale("OFF-5", "purchase", {**late, "underwriter": _MS}, {"closing": "2000-02-16", "underwriter": _MS})
    yield from _sale("OFF-2", "purchase", {"underwriter": _DLJ}, {"underwriter": "Nobody"})
    yield from _sale("OFF-3", "allocate", {"defaults": {_CSFB: "69000000"}}, {"defaults": {_CSFB: "69001000"}})
    yield from _sale("OFF-3", "allocate", {"defaults": {_CSFB: "61333000"}}, {"defaults": {_CSFB: "61334000"}})
    yield from _sale("OFF-3", "allocate", {"defaults": {_MS: "30666000"}}, {"defaults": {_MS: "30667000"}})
    smaller = {"underwriters": {"A": "8000", "B": "1000", "C": "91000"}}
    ninth = {"defaults": {"B": "1000"}, "proportions": {"A": "1"}}
    yield from _sale("OFF-3", "allocate", ninth, ninth, changes=(_SMALL, smaller))
    both = {"defaults": {_CSFB: "61336000"}}
    yield from _sale("OFF-3", "allocate", {**both, "consents": [_MS, _DLJ]}, {**both, "consents": [_MS]})
    yield from _sale(
        "OFF-3", "allocate", {"defaults": {_MS: "1000", _CSFB: "1000"}}, {"defaults": {_MS: "1000", _CSFB: "1000", _DLJ: "1000"}}
    )
    yield from _sale("OFF-3", "allocate", {"defaults": {_MS: "1000"}}, {"defaults": {_MS: "1000"}, "proportions": {_DLJ: "1/3"}})
    yield from _sale("OFF-3", "allocate", {"defaults": {_CSFB: "138000000"}}, {"defaults": {_CSFB: "138001000"}})
    yield from _sale("OFF-17", "allocate", {"defaults": {_CSFB: "1000"}}, {"defaults": {_CSFB: "1500"}})
    tie = {"defaults": {"C": "3000"}}
    yield from _sale("OFF-17", "allocate", tie, tie, changes=(_TIE, _TURNED))
    yield from _sale("OFF-4", "lock_up.allows", {"kind": "sale", "on": "2000-02-11"}, {"kind": "sale", "on": "2000-02-12"})
    yield from _sale("OFF-4", "lock_up.allows", {"kind": "sale", "on": "2000-05-12"}, {"kind": "sale", "on": "2000-05-11"})
    for kind, name, last, next_day in (
        ("exercise", "outstanding_since", "2000-02-11", "2000-02-12"),
        ("conversion", "outstanding_since", "2000-02-11", "2000-02-16"),
        ("grant", "exercisable", "2000-05-12", "2000-05-11"),
        ("acquisition", "bound", True, False),
        ("sale", "consent", True, False),
    ):
        asked = {"kind": kind, "on": "2000-03-01"}
        yield from _sale("OFF-4", "lock_up.allows", {**asked, name: last}, {**asked, name: next_day})
    group = {"kind": "group sale", "on": "2000-03-01", "disposed": "500000", "approved": True}
    yield from _sale("OFF-4", "lock_up.allows", {**group, "shares": "100000"}, {**group, "shares": "100001"})
    yield from _sale("OFF-4", "lock_up.allows", {**group, "shares": "1"}, {**group, "shares": "1", "approved": False})
    loss = {"loss": "1000000"}
    yield from _sale("OFF-12", "contribution", loss, {**loss, "otherwise_paid": {_CSFB: "137999000"}})
    yield from _sale("OFF-12", "contribution", {"loss": "0"}, {"loss": "-1"})
    signed = (
        {"agreement_date": "2000-03-31", "closing_date": "2000-05-02"},
        {"agreement_date": "2000-04-01", "closing_date": "2000-05-02"},
    )
    yield from _sale("OFF-9", "timetable", {}, {}, changes=signed)
    quarter = (
        {"agreement_date": "2000-06-30", "closing_date": "2000-10-02"},
        {"agreement_date": "2000-09-30", "closing_date": "2000-10-02"},
    )
    yield from _sale("OFF-9", "timetable", {}, {}, changes=quarter)
    yield from _sale("OFF-6", "timetable", {}, {}, changes=({}, {"closing_date": "2000-02-22"}))
    yield from _sale("OFF-18", "gross_spread", {}, {}, changes=({}, {"purchase_price": "1"}))


def _letter(rule: str, ask: str, *sides: Mapping[str, Any], changes: Any = None) -> Iterator[Question]:
    yield from _pair(rule, "grant", "amazon-1994", ask, *sides, changes=changes)


def _grants() -> Iterator[Question]:
    yield from _letter("OPT-1", "exercisable", {"on": "1994-10-24"}, {"on": "1994-10-23"})
    yield from _letter("OPT-1", "vested", {"on": "1997-01-14"}, {"on": "1997-01-14"}, changes=(_YEARS, {}))
    yield from _letter("OPT-3", "vested", {"on": "1995-10-24"}, {"on": "1995-10-23"}, changes=_YEARS)
    yield from _letter("OPT-3", "vested", {"on": "1996-10-24"}, {"on": "1996-10-23"}, changes=_YEARS)
    yield from _letter("OPT-3", "instalments", {}, {}, changes=(_HALF, {**_HALF, "remainder": "last"}))
    yield from _pair("OPT-2", "grant", "amazon-2004", "vested", {"on": "2004-11-29"}, {"on": "2004-11-29"}, changes=(_FORM, {}))
    yield from _pair("OPT-4", "grant", "amazon-2004", "exercisable", {"on": "2011-09-06"}, {"on": "2011-09-07"}, changes=_FORM)
    yield from _letter("OPT-4", "exercisable", {"on": "2000-10-24"}, {"on": "2000-10-25"}, changes=_YEARS)
    ended = {"service_ended": "1996-10-24"}
    yield from _letter("OPT-5", "exercisable", {"on": "1996-10-24", **ended}, {"on": "1996-10-25", **ended}, changes=_YEARS)
    yield from _letter("OPT-5", "exercisable", {"on": "1997-01-24", **ended}, {"on": "1997-01-25", **ended}, changes=_YEARS)
    before = {"service_ended": "1996-10-23"}
    yield from _letter("OPT-5", "exercisable", {"on": "1996-11-01", **ended}, {"on": "1996-11-01", **before}, changes=_YEARS)
    for reason in ("disability", "death"):
        asked = {**ended, "reason": reason}
        yield from _letter("OPT-5", "exercisable", {"on": "1997-10-24", **asked}, {"on": "1997-10-25", **asked}, changes=_YEARS)
    yield from _letter("OPT-5", "terminates", {"service_ended": "1998-11-30"}, {"service_ended": "1998-11-30", "reason": "death"})
    bought = {"from_day": "1996-01-31", "exercised": "600"}
    yield from _letter(
        "OPT-6", "repurchase", {**bought, "notice": "1996-03-31"}, {**bought, "notice": "1996-04-01"}, changes=_HALF
    )
    yield from _letter(
        "OPT-6", "repurchase", {**bought, "notice": "1996-01-31"}, {**bought, "notice": "1996-01-30"}, changes=_HALF
    )
    yield from _letter("OPT-6", "repurchase", {**bought, "exercised": "501"}, {**bought, "exercised": "500"}, changes=_HALF)
    yield from _letter(
        "OPT-6",
        "exercisable",
        {"on": "1996-01-31", "exercised": "1000"},
        {"on": "1996-01-31", "exercised": "1001"},
        changes=_HALF,
    )
    yield from _letter("OPT-7", "accelerates", {"sold": "951", "outstanding": "1000"}, {"sold": "950", "outstanding": "1000"})
    yield from _letter("OPT-7", "vested", {"on": "1995-10-24", "sale": True}, {"on": "1995-10-24"}, changes=_HALF)
    yield from _letter("OPT-8", "iso_schedule", {"fair_value": "100000"}, {"fair_value": "100001"}, changes={"shares": "2"})
    yield from _letter("OPT-8", "iso_schedule", {"fair_value": "100"}, {"fair_value": "100.01"}, changes={"shares": "1000"})
    yield from _letter("OPT-10", "split", {"new": "1", "old": "10"}, {"new": "1", "old": "11"}, changes={"shares": "10"})
    yield from _letter(
        "OPT-11",
        "disqualifying",
        {"exercised_on": "1995-01-01", "sold_on": "1996-10-24"},
        {"exercised_on": "1995-01-01", "sold_on": "1996-10-25"},
    )
    yield from _letter(
        "OPT-11",
        "disqualifying",
        {"exercised_on": "1996-02-29", "sold_on": "1997-02-28"},
        {"exercised_on": "1996-02-29", "sold_on": "1997-03-01"},
    )


def _law(rule: str, ask: str, *sides: Mapping[str, Any], changes: Any = None) -> Iterator[Question]:
    yield from _pair(rule, "bylaws", "amazon-2000", ask, *sides, changes=changes)


def _bylaws() -> Iterator[Question]:
    yield from _law(
        "BYL-1", "annual_meeting", {"year": "2018", "holidays": ["2018-05-09"]}, {"year": "2018", "holidays": ["2018-05-10"]}
    )
    friday = ["2018-05-10", "2018-05-11"]
    yield from _law("BYL-1", "annual_meeting", {"year": "2018", "holidays": friday[:1]}, {"year": "2018", "holidays": friday})
    yield from _law("BYL-2", "postponement_limit", {"year": "2018"}, {"year": "2018", "holidays": friday})
    yield from _law("BYL-3", "can_call_special", {"held": "30", "outstanding": "100"}, {"held": "29.999", "outstanding": "100"})
    yield from _law("BYL-3", "requested_meeting", {"received": "2000-02-01"}, {"received": "2000-02-02"})
    meeting = {"meeting": "2000-05-11"}
    yield from _law("BYL-4", "notice_window", {**meeting, "not_before": "2000-03-12"}, {**meeting, "not_before": "2000-03-13"})
    yield from _law("BYL-4", "notice_window", {**meeting, "not_before": "2000-05-01"}, {**meeting, "not_before": "2000-05-02"})
    yield from _law(
        "BYL-5", "proposal_window", {"year": "2000", "announced": "2000-03-12"}, {"year": "2000", "announced": "2000-03-13"}
    )
    moved = {"year": "2000", "meeting": "2000-08-01"}
    yield from _law("BYL-5", "proposal_window", {**moved, "announced": "2000-06-02"}, {**moved, "announced": "2000-06-03"})
    yield from _law("BYL-5", "proposal_window", {**moved, "announced": "2000-08-01"}, {**moved, "announced": "2000-08-02"})
    yield from _law("BYL-6", "nomination_deadline", {"notice_given": "2000-02-08"}, {"notice_given": "2000-02-10"})
    asked = {"kind": "meeting", "action": "2000-05-11"}
    yield from _law("BYL-7", "record_window", {**asked, "resolved": "2000-03-12"}, {**asked, "resolved": "2000-03-13"})
    yield from _law("BYL-7", "record_window", {**asked, "resolved": "2000-05-01"}, {**asked, "resolved": "2000-05-02"})
    yield from _law("BYL-7", "default_record_date", {"kind": "meeting", "notice": "2000-03-12"}, {"kind": "meeting", **meeting})
    yield from _law(
        "BYL-8", "record_window", {"kind": "consent", "resolved": "2000-02-19"}, {"kind": "consent", "resolved": "2000-02-20"}
    )
    consent = {"kind": "consent", "delivered": "2000-03-01"}
    yield from _law("BYL-8", "default_record_date", consent, {**consent, "resolved": "2000-02-25"})
    paid = {"kind": "dividend", "action": "2000-03-20"}
    yield from _law("BYL-9", "record_window", {**paid, "resolved": "2000-01-20"}, {**paid, "resolved": "2000-01-21"})
    yield from _law("BYL-9", "record_window", {**paid, "resolved": "2000-03-20"}, {**paid, "resolved": "2000-03-21"})
    yield from _law("BYL-9", "default_record_date", {"kind": "dividend", "resolved": "2000-03-01"}, {"kind": "dividend"})
    yield from _law("BYL-10", "voting_list_by", {"meeting": "2000-03-10"}, {"meeting": "2000-03-11"})
    for rule, ask, part, whole in (
        ("BYL-11", "has_quorum", "present", "outstanding"),
        ("BYL-11", "may_adjourn", "in_favour", "represented"),
        ("BYL-12", "carries", "in_favour", "present"),
        ("BYL-14", "consent_carries", "signed", "outstanding"),
    ):
        yield from _law(rule, ask, {part: "50.001", whole: "100"}, {part: "50", whole: "100"})
        yield from _law(rule, ask, {part: "100", whole: "100"}, {part: "101", whole: "100"})
    yield from _law(
        "BYL-13", "proxy_valid", {"executed": "2000-02-29", "on": "2003-02-27"}, {"executed": "2000-02-29", "on": "2003-02-28"}
    )
    own = {"executed": "2000-05-01", "months": "48"}
    yield from _law("BYL-13", "proxy_valid", {**own, "on": "2004-04-30"}, {**own, "on": "2004-05-01"})
    yield from _law("BYL-14", "consent_deadline", {"earliest": "2000-01-01"}, {"earliest": "2000-01-02"})
    for means in ("fax", "carrier"):
        yield from _law("BYL-15", "board_notice_by", {**meeting, "means": means}, {**meeting, "means": "mail"})
    yield from _law("BYL-16", "board_quorum", {"fixed": "9"}, {"fixed": "10"})
    yield from _law("BYL-16", "board_quorum", {"fixed": "9", "serving": "5"}, {"fixed": "9", "serving": "6"})
    yield from _law("BYL-16", "board_quorum", {"fixed": "7", "serving": "7"}, {"fixed": "7", "serving": "5"})
    yield from _law("BYL-17", "suit_from", {"received": "2000-01-01"}, {"received": "2000-01-01", "advancement": True})


def _share(
    rule: str, ask: str, one: Mapping[str, Any], other: Mapping[str, Any], *sides: Mapping[str, Any]
) -> Iterator[Question]:
    asked = sides or ({}, {})
    yield from _pair(rule, "dilution", _AMAZON, ask, *asked, changes=({**_BASIS, **one}, {**_BASIS, **other}))


def _dilution() -> Iterator[Question]:
    yield from _share("DIL-1", "conversion_shares", {"on": "2000-02-16"}, {"on": "2000-02-15"})
    yield from _share("DIL-1", "conversion_shares", {"on": "2001-02-15"}, {"on": "2001-02-16"})
    net = {"on": "2023-12-29", "shares": "1000", "method": "combination", "specified": "1000"}
    low, high = {**net, "price": "31.62"}, {**net, "price": "31.63"}
    yield from _pair("DIL-1", "dilution", _OPEN, "conversion_shares", {}, {}, changes=(high, low))
    net = {**net, "price": "40"}
    yield from _pair(
        "DIL-1", "dilution", _OPEN, "conversion_shares", {}, {}, changes=(net, {**net, "method": "cash", "specified": None})
    )
    yield from _share("DIL-2", "option_shares", {"options": [["40", "9.99"]]}, {"options": [["40", "10"]]})
    yield from _share("DIL-2", "option_shares", {"options": [["40", "5"]]}, {"options": [["40", "5"], ["7.5", "0"]]})
    yield from _share(
        "DIL-3", "earnings", {}, {}, {"income": "1000", "interest": "6574747"}, {"income": "1000", "interest": "6574748"}
    )
    options = {"options": [["1000", "5"]]}
    yield from _share("DIL-3", "earnings", options, {}, {"income": "1500"}, {"income": "1500"})
    yield from _share("DIL-4", "earnings", {}, {}, {"income": "1"}, {"income": "0"})
    yield from _share("DIL-5", "earnings", {}, {}, {"income": "1", "weight": "1"}, {"income": "1", "weight": "1.01"})
    yield from _share("DIL-5", "earnings", {}, {}, {"income": "1", "weight": "0.5"}, {"income": "1", "weight": "0"})
    saved = {"income": "60000000", "interest": "1000000"}
    sides = (net, {**net, "specified": "999"})
    yield from _pair("DIL-5", "dilution", _OPEN, "earnings", saved, saved, changes=sides)
    yield from _share("DIL-7", "share_of_noteholders", {"shares": "1000"}, {"shares": "0"})


QUESTIONS: tuple[Question, ...] = (*_offering(), *_grants(), *_bylaws(), *_dilution())
