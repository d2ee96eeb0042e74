"""Questions that do not arise in a life: consent, identity, wire payment, a day's rate; on both sides of each rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import calendar as calendar_of
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.provisions import MakeWholeChange
from convnote.termsheet import dumps, loads


def _holders_add_up(note: ConvertibleNote, positions: Mapping[str, Any]) -> bool:
    """True if the holders' positions add up to the whole issue (ID-2)."""
    try:
        State.opening(note, positions)
    except TermsError:
        return False
    return True


def _finds(note: ConvertibleNote, rule: str, words: Mapping[str, str]) -> bool:
    """True if checking the terms reports `rule` when the certificates have this wording (ID-3)."""
    printed = {
        number: {"figures": certificate["figures"], "words": words.get(number, certificate["words"])}
        for number, certificate in note.principal.certificates.items()
    }
    changed = dataclasses.replace(note, principal=dataclasses.replace(note.principal, certificates=printed))
    return any(finding.rule == rule for finding in changed.check())


def _euro_close(note: ConvertibleNote, on: str, usd: str, fixings: Mapping[str, str]) -> Any:
    """A close in euros, from one in USD and the exchange-rate fixings of earlier days (FX-1)."""
    history = MarketHistory.from_usd([on], [usd], list(fixings), list(fixings.values()))
    return history.exact_close(int(day_number(on)))


def _accrued(note: ConvertibleNote, on: str, principal: str, **changes: Any) -> Any:
    """Accrued interest with these settings of dates, day count or the day to which interest was paid (INT-4, DCT-1)."""
    return _changed(note, changes).interest.accrued(on, principal)


def _changed(note: ConvertibleNote, changes: Mapping[str, Any]) -> ConvertibleNote:
    """The note with these settings changed, written "interest.rate"."""
    tables: dict[str, dict[str, Any]] = {}
    for place, value in changes.items():
        name, setting = place.split(".")
        tables.setdefault(name, {})[setting] = value
    changed = {name: dataclasses.replace(getattr(note, name), **table) for name, table in tables.items()}
    return dataclasses.replace(note, **changed)


def _payment_dates(note: ConvertibleNote, **changes: Any) -> list[Any]:
    """The payment dates of the note with these settings (ROL-1)."""
    return [coupon.payment_date for coupon in _changed(note, changes).interest.coupons()]


def _needed_by(note: ConvertibleNote, **changes: Any) -> list[str]:
    """The rules by which these changes need the consent of each holder, of all holders, or of a majority (AMD-1c)."""
    return sorted({each.requirement.rule for each in note.amendments(_changed(note, changes))})


def _shares(note: ConvertibleNote, principal: str, **changes: Any) -> Any:
    """Shares, unrounded, for a principal at the initial conversion price or rate, or a fixed exchange rate (RTE-1, FXF-1)."""
    terms = _changed(note, changes).conversion
    assert terms is not None
    return fraction(terms.in_share_currency(fraction(principal))) / fraction(terms.price)


def _cash_for_fraction(note: ConvertibleNote, principal: str, close: str, **changes: Any) -> Any:
    """Cash for the fraction of a share on a conversion on the issue date, in the note's currency (CNV-4, FXF-1c)."""
    terms = _changed(note, changes).conversion
    assert terms is not None
    return terms.settle(note.issue_date, principal, close=close).cash_in_lieu


def _open_day(note: ConvertibleNote, calendar: str, on: str, closed: Sequence[str] = ()) -> bool:
    """True if the calendar is open on a day, given the days closed by the paper (CAL-1)."""
    return bool(calendar_of(calendar, tuple(map(to_date, map(day_number, closed)))).is_open(int(day_number(on))))


def _told_again(note: ConvertibleNote, **omitted: str) -> list[str]:
    """The caveats repeated with every answer if the sheet lists `omitted` as not modelled (NMD-1)."""
    return dataclasses.replace(note, not_modelled=omitted).omissions()


def _taken_as(note: ConvertibleNote, currency: str | None) -> str:
    """How closes in this currency (None: not given) are read: in the given currency, or assumed to be in the note's (CUR-1)."""
    history = MarketHistory(dates=["2000-02-16"], closes=["70.6875"], currency=currency)
    history.must_fit(note.name, note.closes_currency, note.principal.issue_day)
    return "assumed" if history.currency is None else "as said"


def _table_fits(note: ConvertibleNote, table: Mapping[str, Any]) -> bool:
    """True if checking the terms finds no fault in this table of additional shares (MWT-3)."""
    checked = dataclasses.replace(note, make_whole_change=MakeWholeChange(**table))
    return not any(finding.rule == "MWT-3" for finding in checked.check())


def _consent(note: ConvertibleNote) -> Any:
    assert note.consent is not None
    return note.consent


def _read_with(note: ConvertibleNote, interest: str, tables: str) -> list[str]:
    """What the note's sheet lists as not modelled, after adding a line to [interest] and further tables (NMD-1)."""
    return loads(dumps(note).replace("[interest]\n", f"[interest]\n{interest}\n") + tables).omissions()


#: The questions by name; a case supplies the arguments.
ASKED: dict[str, Callable[..., Any]] = {
    "identity": lambda note, key: note.identity.get(key),
    "holders add up": _holders_add_up,
    "check finds": _finds,
    "is a multiple": lambda note, principal: note.principal.is_multiple(fraction(principal)),
    "bears interest from": lambda note, **asked: note.interest.bears_from(**asked),
    "may elect wire": lambda note, principal: note.interest.may_elect_wire(fraction(principal)),
    "accrued": lambda note, on, principal: note.interest.accrued(on, principal),
    "euro close": _euro_close,
    "whose consent": lambda note, change: _consent(note).requirement(change).rule,
    "is carried": lambda note, **asked: _consent(note).is_carried(**asked),
    "may waive": lambda note, default: _consent(note).may_waive(default),
    "accrued under": lambda note, on, principal, terms: _accrued(note, on, principal, **terms),
    "payment dates": lambda note, terms: _payment_dates(note, **terms),
    "consent by": lambda note, terms: _needed_by(note, **terms),
    "cash for a fraction": lambda note, principal, close, terms: _cash_for_fraction(note, principal, close, **terms),
    "shares": lambda note, principal, terms: _shares(note, principal, **terms),
    "is open": _open_day,
    "told again": lambda note, omitted: _told_again(note, **omitted),
    "closes taken": _taken_as,
    "read with": lambda note, interest, tables: _read_with(note, interest, tables),
    "table fits": _table_fits,
}

_HALF, _ALL = "345000000", "690000000"
#: (rule, side, question, arguments)
Question = tuple[str, str, str, dict[str, Any]]
QUESTIONS: tuple[Question, ...] = (
    ("ID-1", "one", "identity", {"key": "cusip"}),
    ("ID-1", "other", "identity", {"key": "sedol"}),
    ("ID-2", "one", "holders add up", {"positions": {"A": "400000000", "B": "290000000"}}),
    ("ID-2", "other", "holders add up", {"positions": {"A": "400000000", "B": "289999000"}}),
    ("ID-3", "one", "check finds", {"rule": "ID-3", "words": {}}),
    ("ID-3", "other", "check finds", {"rule": "ID-3", "words": {"P-2": "two hundred ninety million euros"}}),
    ("ID-4", "one", "is a multiple", {"principal": "1000"}),
    ("ID-4", "other", "is a multiple", {"principal": "1500"}),
    ("ID-4", "other", "is a multiple", {"principal": "0"}),
    ("PRN-2", "one", "whose consent", {"change": "another currency"}),
    ("PRN-2", "other", "whose consent", {"change": "other"}),
    ("INT-4", "one", "accrued", {"on": "2002-02-16", "principal": "1000"}),
    ("INT-4", "other", "accrued", {"on": "2002-02-17", "principal": "1000"}),
    ("INT-4", "one", "accrued", {"on": "2001-02-15", "principal": "1000"}),
    ("INT-4", "forbidden", "accrued", {"on": "2010-02-17", "principal": "1000"}),
    ("INT-5", "one", "bears interest from", {"dated": "2003-02-01"}),
    ("INT-5", "other", "bears interest from", {"dated": "2003-02-02"}),
    ("INT-5", "other", "bears interest from", {"dated": "2003-02-02", "defaulted": True}),
    ("INT-5", "one", "bears interest from", {"dated": "2003-02-15"}),
    ("INT-5", "one", "bears interest from", {"dated": "2003-02-16"}),
    ("INT-8", "one", "may elect wire", {"principal": "10000000"}),
    ("INT-8", "other", "may elect wire", {"principal": "10001000"}),
    (
        "FX-1",
        "one",
        "euro close",
        {"on": "2000-02-16", "usd": "70.6875", "fixings": {"2000-02-15": "0.98", "2000-02-16": "0.9804"}},
    ),
    (
        "FX-1",
        "other",
        "euro close",
        {"on": "2000-02-16", "usd": "70.6875", "fixings": {"2000-02-15": "0.98", "2000-02-17": "0.9804"}},
    ),
    ("FX-1", "forbidden", "euro close", {"on": "2000-02-16", "usd": "70.6875", "fixings": {"2000-02-17": "0.9804"}}),
    ("SUB-1", "one", "whose consent", {"change": "subordination against holders"}),
    ("SUB-1", "other", "whose consent", {"change": "other"}),
    ("AMD-1", "one", "is carried", {"change": "other", "in_favour": _HALF, "outstanding": _ALL}),
    ("AMD-1", "other", "is carried", {"change": "other", "in_favour": "345001000", "outstanding": _ALL}),
    ("AMD-2", "one", "is carried", {"change": "later maturity", "in_favour": "689999000", "outstanding": _ALL}),
    ("AMD-2", "other", "is carried", {"change": "later maturity", "in_favour": _ALL, "outstanding": _ALL}),
    (
        "AMD-2",
        "other",
        "is carried",
        {"change": "lower rate", "in_favour": "400000000", "outstanding": _ALL, "affected": "5000", "agreed": "5000"},
    ),
    (
        "AMD-2",
        "one",
        "is carried",
        {"change": "lower rate", "in_favour": "400000000", "outstanding": _ALL, "affected": "5000", "agreed": "4000"},
    ),
    ("AMD-3", "one", "is carried", {"change": "lower majority", "in_favour": "689999000", "outstanding": _ALL}),
    ("AMD-3", "other", "is carried", {"change": "lower majority", "in_favour": _ALL, "outstanding": _ALL}),
    ("AMD-4", "one", "may waive", {"default": "covenant"}),
    ("AMD-4", "other", "may waive", {"default": "interest"}),
    ("AMD-4", "other", "may waive", {"default": "failure to convert"}),
)

_HALF_YEARS = {"interest.frequency": 2, "interest.day_count": "act/act-icma"}
#: 1,000 / 80 is 12.5, less the rate 9.528620 is 2.971380; 1,000 / 100 less the rate is 0.471380.
_TABLE = {"prices": ["80", "100"], "dates": ["2000-02-16", "2010-02-16"], "cap_rate": "12.5"}
#: A share in Hong Kong dollars, principal turned into them at a fixed rate (FXF-1)
_IN_HKD = {"principal.share_currency": "HKD", "conversion.fixed_rate": "7.7532"}
_AT_7_80, _AT_MARKET = {"conversion.fixed_rate": "7.80"}, {"conversion.fraction_rate": "market"}
_JUNE = {"principal.issue_date": "2000-06-30", "principal.maturity_date": "2010-06-30", "interest.frequency": 2}
#: Questions added after the first 515 cases and numbered after them. Rules on inputs read before a life begins appear
#: only as questions, as no event depends on them: unmodelled terms (NMD-1), the currency of closes (CUR-1), unknown days (CAL-1).
_LEFT_OUT = '[not_modelled]\n{rule} = "left out"\n'
#: By rule: a line to add to [interest], and further tables.
_BY_NAME = {
    "CTI-1": {"interest": "", "tables": "[contingent_interest]\nshare = 0.0025\n"},
    "TAX-1": {"interest": "", "tables": "[tax_call]\nprice = 1\n"},
}
ADDED_QUESTIONS: tuple[Question, ...] = (
    (
        "PIK-1",
        "forbidden",
        "read with",
        {"interest": 'paid = "in-kind"\npaid_rounding = 1', "tables": ""},
    ),  # up or down not stated
    ("FLT-1", "forbidden", "read with", {"interest": 'index = "LIBOR6"', "tables": ""}),  # beside the rate
    *((rule, "forbidden", "read with", said) for rule, said in _BY_NAME.items()),
    *(
        (rule, "other", "read with", {**said, "tables": said["tables"] + _LEFT_OUT.format(rule=rule)})
        for rule, said in _BY_NAME.items()
    ),
    ("INT-4c", "one", "accrued", {"on": "2003-02-17", "principal": "1000"}),
    ("INT-4c", "other", "accrued", {"on": "2003-02-18", "principal": "1000"}),
    ("DCT-1", "one", "accrued under", {"on": "2004-08-31", "principal": "1000", "terms": {"interest.day_count": "30e/360"}}),
    ("DCT-1", "other", "accrued under", {"on": "2004-08-31", "principal": "1000", "terms": {"interest.day_count": "act/360"}}),
    ("DCT-1", "one", "accrued under", {"on": "2004-08-15", "principal": "1000", "terms": _HALF_YEARS}),
    ("DCT-1", "other", "accrued under", {"on": "2004-08-17", "principal": "1000", "terms": _HALF_YEARS}),
    ("ROL-1", "one", "payment dates", {"terms": {**_JUNE, "interest.end_of_month": True}}),
    ("ROL-1", "other", "payment dates", {"terms": {**_JUNE, "interest.end_of_month": False}}),
    ("AMD-1c", "one", "consent by", {"terms": {"principal.maturity_price": "0.5"}}),
    ("AMD-1c", "other", "consent by", {"terms": {"principal.maturity_price": "1.5"}}),
    ("AMD-1c", "one", "consent by", {"terms": {"interest.day_count": "act/360"}}),
    ("AMD-1c", "other", "consent by", {"terms": {"interest.rate": "0.07"}}),
    ("AMD-1c", "one", "consent by", {"terms": {"withdrawal.notice_at_least": 10}}),
    ("AMD-1c", "other", "consent by", {"terms": {"withdrawal.pays_converted": True}}),
    ("RTE-1", "one", "shares", {"principal": "10000000", "terms": {"conversion.rate": "31.6206", "conversion.price": None}}),
    ("RTE-1", "other", "shares", {"principal": "10000000", "terms": {"conversion.price": "31.62"}}),
    ("FXF-1", "one", "shares", {"principal": "200000", "terms": {**_IN_HKD, "conversion.price": "0.7965"}}),
    ("FXF-1", "other", "shares", {"principal": "200000", "terms": {"conversion.price": "0.7965"}}),
    ("FXF-1c", "one", "cash for a fraction", {"principal": "1000", "close": "250", "terms": _IN_HKD}),
    ("FXF-1c", "other", "cash for a fraction", {"principal": "1000", "close": "250", "terms": {**_IN_HKD, **_AT_7_80}}),
    ("FXF-1c", "forbidden", "cash for a fraction", {"principal": "1000", "close": "250", "terms": {**_IN_HKD, **_AT_MARKET}}),
    ("CAL-1", "one", "is open", {"calendar": "FED", "on": "2006-04-14"}),
    ("CAL-1", "other", "is open", {"calendar": "FED+TARGET", "on": "2006-04-14"}),
    ("CAL-1", "one", "is open", {"calendar": "NASDAQ", "on": "2006-04-17"}),
    ("CAL-1", "other", "is open", {"calendar": "NASDAQ", "on": "2006-04-17", "closed": ["2006-04-17"]}),
    ("CAL-1", "forbidden", "is open", {"calendar": "TARGET", "on": "1997-12-25"}),
    ("NMD-1", "one", "told again", {"omitted": {}}),
    ("NMD-1", "other", "told again", {"omitted": {"SFT-1": "callable only above 140%"}}),
    ("NMD-1", "forbidden", "told again", {"omitted": {"SFT-1": ""}}),
    ("CUR-1", "one", "closes taken", {"currency": "EUR"}),
    ("CUR-1", "other", "closes taken", {"currency": None}),
    ("CUR-1", "forbidden", "closes taken", {"currency": "USD"}),
    ("CUR-1", "forbidden", "closes taken", {"currency": "euro"}),
    ("MWT-3", "one", "table fits", {"table": {**_TABLE, "shares": [["2.9713", "1"], ["2.9713", "0.4714"]]}}),
    ("MWT-3", "other", "table fits", {"table": {**_TABLE, "shares": [["2.9711", "1"], ["2.9711", "0.4714"]]}}),
    ("MWT-3", "one", "table fits", {"table": {**_TABLE, "shares": [["2.9714", "0.4714"], ["2.9713", "0.4714"]]}}),
    ("MWT-3", "other", "table fits", {"table": {**_TABLE, "shares": [["2.9714", "0.4713"], ["2.9713", "0.4714"]]}}),
)
