"""Scenarios: histories built from a few dated closes in a TOML file. Each states that the days in between are invented.

Between two dated closes the log moves by the same amount on every trading day (trading time: a weekend
counts as one night), optionally with seeded noise that returns to each dated close. Closes and exchange
rates are interpolated separately. Days in between are rounded to a quote grid; dated figures stay as written.
Nothing is fitted or forecast.
"""

from __future__ import annotations

import math
import os
import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from convnote.arithmetic import exact
from convnote.calendars import Calendar, calendar, day_number, to_date
from convnote.errors import MarketError, TermsError, did_you_mean
from convnote.market.columns import Path
from convnote.market.currencies import currency_of
from convnote.market.faults import Faults
from convnote.market.history import MarketHistory

_FOLDER = FilePath(__file__).with_name("scenarios")
_KEYS = (
    "name",
    "for",
    "issued",
    "currency",
    "description",
    "source",
    "calendar",
    "decisions",
    "first_day",
    "last_day",
    "quote",
    "rate_quote",
    "noise",
    "closes",
)
_SESSIONS_A_YEAR = 252
_AS_IT_WAS = "as-it-was"
#: allowed keys of a dated entry other than its date
_EURO, _DOLLAR = ("close",), ("close_usd", "usd_per_eur")


def available_scenarios(note: str | None = None) -> list[str]:
    """The names of the bundled scenarios; given a note's name, only those that may be used for that note (CUR-1).

    >>> available_scenarios("amazon-peacs-2010"), available_scenarios("afv-2003")
    (['as-it-was', 'collapse', 'hover', 'rally'], [])
    """
    names = sorted(file.stem for file in _FOLDER.glob("*.toml"))
    return names if note is None else [name for name in names if _belongs_to(name) in (None, note)]


def scenario_of(note: str) -> str | None:
    """The bundled scenario used to replay the note of that name if no closes are given; None if no scenario has that name.

    It is the one of the historical closes, or else the one named after the note.

    >>> scenario_of("amazon-peacs-2010"), scenario_of("afv-2003")
    ('as-it-was', None)
    """
    names = available_scenarios(note)
    return next((name for name in (_AS_IT_WAS, note) if name in names), None)


@cache
def _belongs_to(name: str) -> str | None:
    belongs: str | None = _parse(_FOLDER / f"{name}.toml").get("for")
    return belongs


def scenario(name: Path, *, seed: int | None = None, volatility: float | None = None) -> MarketHistory:
    """The history of a bundled scenario or a TOML file; `seed` and `volatility` override those of its noise.

    >>> history = scenario("as-it-was")
    >>> history.source
    'scenario as-it-was: days between published closes are interpolated'

    Raises `MarketError` with every fault of the file at once, each naming the file and its key.
    """
    path = _find(name)
    table = _parse(path)
    plan = _plan(table, path.name, {"seed": seed, "volatility": volatility})
    return plan.history()


def _find(name: Path) -> FilePath:
    if not isinstance(name, (str, os.PathLike)):
        raise MarketError("expected the name of a scenario or the path of a file", field="scenario", value=repr(name))
    text = str(os.fspath(name))
    if text.endswith(".toml") or os.path.basename(text) != text:
        return FilePath(text)
    if text not in available_scenarios():
        reason = f"bundled are {', '.join(available_scenarios())}; a file of your own ends in .toml"
        reason += did_you_mean(text, available_scenarios())
        raise MarketError(reason, field="scenario", value=repr(text))
    return _FOLDER / f"{text}.toml"


def _parse(path: FilePath) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            # a Decimal keeps the figure as written
            return tomllib.load(file, parse_float=Decimal)
    except (InvalidOperation, RecursionError):
        raise MarketError("not valid TOML: a number or an array beyond any measure", field="scenario", value=str(path)) from None
    except (OSError, ValueError) as problem:  # not UTF-8, not TOML, or an integer of thousands of digits
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise MarketError(f"cannot be read: {reason}", field="scenario", value=str(path)) from None


@dataclass(frozen=True)
class _Plan:
    """A checked scenario."""

    name: str
    source: str
    sessions: Calendar
    #: day numbers of the dated closes, and the values stated on each, by key
    days: list[int]
    figures: dict[str, list[Decimal]]
    quotes: dict[str, Decimal]
    first: int
    last: int
    volatility: float
    seed: int
    decisions: tuple[dict[str, Any], ...] = ()
    belongs_to: str | None = None
    issued: int | None = None
    currency: str | None = None

    def history(self) -> MarketHistory:
        """Every trading day from the first to the last dated close, cut to first_day and last_day."""
        sessions = list(self.sessions.between(self.days[0], self.days[-1]))
        at = dict(zip(sessions, range(len(sessions)), strict=True))
        places = [at[day] for day in self.days]
        noise = _noise(places, self.volatility, self.seed) if self.volatility else None
        dates = np.array(sessions, dtype=np.int64).view("datetime64[D]")
        source = f"scenario {self.name}: {self.source}"
        columns = {
            key: _interpolate(places, values, self.quotes[key], None if key == "usd_per_eur" else noise)
            for key, values in self.figures.items()
        }
        if "close" in columns:
            history = MarketHistory(dates=dates, closes=columns["close"], currency=self.currency, source=source)
        else:
            closes, rates = columns["close_usd"], columns["usd_per_eur"]
            history = MarketHistory.from_usd(dates, closes, dates, rates, source=source)
        history.decisions, history.belongs_to, history.issued = self.decisions, self.belongs_to, self.issued
        history.trading_days = self.sessions.name
        return history.between(self.first, self.last)


def _interpolate(places: list[int], values: list[Decimal], quote: Decimal, noise: list[float] | None) -> list[Decimal]:
    column = [values[0]]
    # In Decimal, whose exp and ln are correctly rounded: float64's differ between platforms in the last bit.
    with exact():
        for number, (place, value) in enumerate(zip(places[1:], values[1:], strict=True)):
            start, level = places[number], values[number]
            growth = ((value.ln() - level.ln()) / (place - start)).exp()
            for day in range(start + 1, place):
                level *= growth
                noisy = level if noise is None else level * Decimal(math.exp(noise[day]))
                grid = (noisy / quote).to_integral_value(ROUND_HALF_UP)
                column.append(max(grid, Decimal(1)) * quote)
            column.append(value)
    return column


def _noise(places: list[int], volatility: float, seed: int) -> list[float]:
    """A Brownian bridge of the log for each trading day, 0 at the dated closes."""
    from statistics import NormalDist  # only when noise is requested: it imports half of the standard library

    # Raw bits through an inverse normal in basic arithmetic: NumPy guarantees its bit streams across versions, not its
    # normals.
    raw = np.random.PCG64(np.random.SeedSequence(seed)).random_raw(places[-1] + 1)
    inverse = NormalDist(0.0, volatility / math.sqrt(_SESSIONS_A_YEAR)).inv_cdf
    moves = [inverse(((bits >> 11) + 0.5) * 2.0**-53) for bits in raw.tolist()]
    noise = [0.0] * (places[-1] + 1)
    for start, end in pairwise(places):
        walk = 0.0
        for day in range(start + 1, end + 1):
            walk += moves[day]
            noise[day] = walk
        for day in range(start + 1, end + 1):
            noise[day] -= walk * (day - start) / (end - start)
    return noise


class _Reader:
    """Reads values of one file and collects its faults."""

    def __init__(self, file: str) -> None:
        self.file, self.faults = file, Faults()

    def refuse(self, key: str, value: Any, message: str) -> None:
        self.faults.add(message, field=f"{self.file}: {key}", value=_shown(value))

    def unknown(self, table: dict[str, Any], allowed: tuple[str, ...], prefix: str = "") -> None:
        for key in table:
            if key not in allowed:
                self.refuse(prefix + key, None, f"unknown key; allowed: {', '.join(allowed)}")

    def text(self, table: dict[str, Any], key: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, _quoted(value), "a text is required")
            return ""
        return " ".join(value.split())

    def figure(self, key: str, value: Any, *, zero: bool = False) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, float)):
            self.refuse(key, _quoted(value), "a number is required")
        else:
            number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
            if not number.is_finite() or number.adjusted() >= 9:
                self.refuse(key, value, "expected a finite number below 1,000,000,000")
            elif number > 0 and number.adjusted() < -9:
                self.refuse(key, value, "expected 0.000000001 or more")
            elif number > 0 or (zero and number == 0):
                return number
            else:
                self.refuse(key, value, "must not be negative" if zero else "must be above 0")
        return Decimal(1)

    def day(self, key: str, value: Any) -> int | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            if 1970 <= value.year <= 2099:
                return int(day_number(value))
            self.refuse(key, value, "expected a date from 1970 to 2099")
        elif value is None:
            self.refuse(key, None, "a date is required")
        else:
            self.refuse(key, _quoted(value), "a date is written YYYY-MM-DD, without quotes and without a time of day")
        return None


def _shown(value: Any) -> str | None:
    """A value as shown in a fault, at most 80 characters."""
    if value is None:
        return None
    try:
        text = str(value)
    except ValueError:  # Python does not convert integers of more than 4,300 digits to text
        text = "a whole number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:79]}…"


def _quoted(value: Any) -> Any:
    """Text in quotes, to distinguish it from other values."""
    return repr(value) if isinstance(value, str) else value


def _plan(table: dict[str, Any], file: str, given: dict[str, Any]) -> _Plan:
    reader = _Reader(file)
    reader.unknown(table, _KEYS)
    name = reader.text(table, "name")
    reader.text(table, "description")
    source = reader.text(table, "source", "days between dated closes are interpolated")
    sessions = None
    try:
        sessions = calendar(reader.text(table, "calendar", "NASDAQ"))
    except TermsError as fault:
        reader.refuse("calendar", fault.value, fault.reason)
    belongs_to = reader.text(table, "for") if "for" in table else None
    issued = reader.day("issued", table["issued"]) if "issued" in table else None
    currency = _read_currency(reader, table.get("currency"))
    close_quote = reader.figure("quote", table.get("quote", Decimal("0.01")))
    rate_quote = reader.figure("rate_quote", table.get("rate_quote", Decimal("0.0001")))
    volatility, seed = _read_noise(reader, table.get("noise"), given)
    days, figures = _read_closes(reader, table.get("closes"), sessions)
    if "usd_per_eur" in figures and currency not in (None, "EUR"):
        reader.refuse("currency", currency, "closes with close_usd and usd_per_eur are turned into EUR")
    first = _read_end(reader, table, "first_day", days[:1], days)
    last = _read_end(reader, table, "last_day", days[-1:], days)
    if first > last:
        reader.refuse("last_day", to_date(last), f"must not lie before first_day, {to_date(first)}")
    decisions = table.get("decisions", [])
    if not isinstance(decisions, list) or not all(isinstance(each, dict) for each in decisions):
        reader.refuse("decisions", decisions, "must be tables: [[decisions]]")
    reader.faults.settle()
    assert sessions is not None
    quotes = {"close": close_quote, "close_usd": close_quote, "usd_per_eur": rate_quote}
    plan = _Plan(name, source, sessions, days, figures, quotes, first, last, volatility, seed, tuple(decisions))
    return replace(plan, belongs_to=belongs_to, issued=issued, currency=currency)


def _read_currency(reader: _Reader, value: Any) -> str | None:
    try:
        return currency_of(value, "currency")
    except MarketError as fault:
        reader.refuse("currency", fault.value, fault.reason)
        return None


def _read_end(reader: _Reader, table: dict[str, Any], key: str, default: list[int], days: list[int]) -> int:
    end = reader.day(key, table[key]) if key in table else None
    if end is None or not days:
        return default[0] if default else 0
    if not days[0] <= end <= days[-1]:
        span = f"the dated closes reach from {to_date(days[0])} to {to_date(days[-1])}"
        reader.refuse(key, to_date(end), span)
    return end


def _read_noise(reader: _Reader, table: Any, given: dict[str, Any]) -> tuple[float, int]:
    if table is not None and not isinstance(table, dict):
        reader.refuse("noise", _quoted(table), "expected a table [noise] with volatility and seed")
        return 0.0, 0
    reader.unknown(table or {}, ("volatility", "seed"), "noise.")
    stated = {**(table or {}), **{key: value for key, value in given.items() if value is not None}}
    if not stated:
        return 0.0, 0
    volatility = reader.figure("noise.volatility", stated.get("volatility"), zero=True)
    if volatility > 5:
        reader.refuse("noise.volatility", volatility, "expected at most 5: 0.35 for 35% a year")
    seed = stated.get("seed")
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or seed < 0:
        reader.refuse("noise.seed", _quoted(seed), "a whole number, 0 or more, is required")
        seed = 0
    return float(volatility), int(seed)


def _read_closes(reader: _Reader, rows: Any, sessions: Calendar | None) -> tuple[list[int], dict[str, list[Decimal]]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or len(rows) < 2:
        got = f"{len(rows)} entries" if isinstance(rows, list) else None
        reader.refuse("closes", got, "at least two entries [[closes]] with a date are required")
        return [], {}
    kind = _DOLLAR if any(key in row for row in rows for key in _DOLLAR) else _EURO
    if kind == _DOLLAR and any("close" in row for row in rows):
        reader.refuse("closes", None, "either all in one currency (close) or all with close_usd and usd_per_eur")
        return [], {}
    days: list[int] = []
    figures: dict[str, list[Decimal]] = {key: [] for key in kind}
    for number, row in enumerate(rows, start=1):
        where = f"closes[{number}]."
        reader.unknown(row, ("date", *kind), where)
        for key in kind:
            figures[key].append(reader.figure(where + key, row.get(key)))
        day = reader.day(where + "date", row.get("date"))
        if day is None:
            continue
        if sessions is not None and not sessions.is_open(day):
            nearest = f"{to_date(sessions.on_or_before(day))} and {to_date(sessions.on_or_after(day))}"
            reader.refuse(where + "date", to_date(day), f"no trading day of {sessions.name}; the nearest are {nearest}")
        if days and day <= days[-1]:
            reader.refuse(where + "date", to_date(day), f"dates must ascend, and {to_date(days[-1])} stands before it")
        days.append(day)
    return days, figures
