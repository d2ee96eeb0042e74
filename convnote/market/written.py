"""Days and figures as vendors write them, if only one reading is possible. Refuses anything that would need a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from convnote.calendars import day_number
from convnote.errors import MarketError, TermsError
from convnote.market.columns import NOT_GUESSED, Where, read_day
from convnote.market.faults import Faults

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
_MONTH += r"|nov(?:ember)?|dec(?:ember)?)\.?"
#: 16 Feb 2000, 16-Feb-2000; Feb 16, 2000
_NAMED = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"(?P<day>\d{{1,2}})[ \-]{_MONTH}[ \-](?P<year>\d{{4}})",
        rf"{_MONTH} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})",
    )
)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)
_PRICE = re.compile(r"[$€£]\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", re.ASCII)


def read_written_days(entries: Sequence[Any], where: Where, faults: Faults, date_format: str | None = None) -> list[int]:
    """Day numbers of a column: YYYY-MM-DD, month as a word, by `date_format`, or digits whose order can be inferred.

    The order of day and month is inferred from a row where one of them is above 12, and applies to the whole column.
    """
    days: list[int] = []
    month_first = None if date_format is not None else _month_first(entries)
    for row, entry in enumerate(entries):
        try:
            days.append(_by_format(entry, date_format) if date_format is not None else _read(entry, month_first))
        except ValueError as fault:  # a TermsError is one
            reason = fault.reason if isinstance(fault, TermsError) else "no such day"
            faults.add(reason, field=where(row), value=repr(entry))
    return days


def check_format(date_format: Any, field: str) -> None:
    """Raise `MarketError` for a date format without a year, a month and a day."""
    if date_format is None:
        return
    sample = datetime(2003, 12, 31, tzinfo=UTC)
    try:
        whole = _strptime(sample.strftime(date_format), date_format) == sample
    except (TypeError, ValueError, re.error):  # a repeated directive raises `re.error`
        whole = False
    if not whole:
        reason = 'expected a format of datetime.strptime with year, month and day, such as "%m/%d/%Y"'
        raise MarketError(reason, field=field, value=repr(date_format)[:80])


def figures(texts: Iterable[Any]) -> list[Any]:
    """Prices without their currency sign: "$1,069.51" as "1069.51", everything else unchanged.

    >>> figures(["$69.51", "$1,069.51", "69,51", 70])
    ['69.51', '1069.51', '69,51', 70]
    """
    return [_figure(text) if isinstance(text, str) else text for text in texts]


def _figure(text: str) -> str:
    found = _PRICE.fullmatch(text.strip())
    return f"{found[1].replace(',', '')}{found[2] or ''}" if found else text


def _by_format(entry: Any, date_format: str) -> int:
    if not isinstance(entry, str):
        return read_day(entry)
    try:
        return int(day_number(_strptime(entry.strip(), date_format).date()))
    except ValueError:
        raise TermsError(f"expected a day written {date_format}") from None


def _strptime(text: str, date_format: str) -> datetime:
    return datetime.strptime(text, date_format).replace(tzinfo=UTC)


def _month_first(entries: Sequence[Any]) -> bool | None:
    """True for month, day, year, False for day, month, year; None if no row shows it, or the rows differ in style."""
    first = second = False
    for entry in entries:
        found = _YEAR_LAST.fullmatch(entry.strip()) if isinstance(entry, str) else None
        if not found:
            return None
        first, second = first or int(found[1]) > 12, second or int(found[2]) > 12
    return None if first == second else second


def _read(entry: Any, month_first: bool | None) -> int:
    if not isinstance(entry, str):
        return read_day(entry)
    text = entry.strip()
    for pattern in _NAMED:
        if found := pattern.fullmatch(text):
            return _day(int(found["year"]), _MONTHS.index(found["month"][:3].lower()) + 1, int(found["day"]))
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(*map(int, found.groups()))
    if found := _YEAR_LAST.fullmatch(text):
        if month_first is None:
            raise TermsError(f'{NOT_GUESSED}: say date_format, such as "%m/%d/%Y"')
        left, right, year = map(int, found.groups())
        return _day(year, left, right) if month_first else _day(year, right, left)
    return read_day(entry)


def _day(year: int, month: int, day: int) -> int:
    return read_day(f"{year:04}-{month:02}-{day:02}")
