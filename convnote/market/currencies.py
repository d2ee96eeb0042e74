"""Currencies by their three letters, and the pair meant by the name of a column of exchange rates.

Reads the names that markets, the ECB and FRED give to a pair. Converts nothing.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from convnote.errors import MarketError

_CODES = frozenset(
    "USD EUR JPY GBP CHF CAD AUD NZD SEK NOK DKK ISK CZK HUF PLN RON BGN HRK RUB TRY BRL CNY CNH HKD IDR ILS INR KRW MXN MYR "
    "PHP SGD THB ZAR TWD SAR AED CLP COP ARS EGP CYP EEK LTL LVL MTL SIT SKK DEM FRF ITL NLG ESP BEF ATS FIM IEP PTE GRD".split()
)
_WORDS = {"DOLLAR": "USD", "DOLLARS": "USD", "EURO": "EUR", "EUROS": "EUR", "YEN": "JPY", "STERLING": "GBP"}
#: FRED names a series DEX and the two currencies by two letters each; the dollar rates against the euro, pound, Australian and
#: New Zealand dollar are in USD for one unit, all others in units for one USD.
_FRED = {"EU": "EUR", "UK": "GBP", "AL": "AUD", "NZ": "NZD", "JP": "JPY", "SZ": "CHF", "CA": "CAD", "CH": "CNY", "HK": "HKD"}
#: Usual USD for one unit of each currency.
_USUAL = {"EUR": Fraction(1), "GBP": Fraction(3, 2), "CHF": Fraction(1), "JPY": Fraction(9, 1000)}


def currency_of(value: Any, field: str) -> str | None:
    """A currency as three capital letters, or None if none is given.

    >>> currency_of("EUR", "MarketHistory.currency"), currency_of(None, "MarketHistory.currency")
    ('EUR', None)

    Raises `MarketError` for anything else.
    """
    if value is None or (isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value, re.ASCII)):
        return value
    raise MarketError("expected a three-letter code, such as EUR", field=field, rule="CUR-1", value=repr(value)[:80])


def pair_in(name: str) -> tuple[str, str] | None:
    """The pair that a column name means, as (units of this, for one of that); None if it does not name a pair.

    Two currencies without "per" are read by market convention: EURUSD is USD for one EUR.

    >>> pair_in("usd_per_eur"), pair_in("EURUSD=X"), pair_in("eur_per_usd"), pair_in("DEXUSUK"), pair_in("rate")
    (('USD', 'EUR'), ('USD', 'EUR'), ('EUR', 'USD'), ('USD', 'GBP'), None)
    """
    text = name.upper()
    if found := re.search(r"EXR\.[A-Z]\.([A-Z]{3})\.([A-Z]{3})\.", text):  # the ECB: units of the first for one of the second
        return found[1], found[2]
    if found := re.fullmatch(r"DEX(US([A-Z]{2})|([A-Z]{2})US)", text):
        other = found[2] or found[3]
        return ("USD", _FRED.get(other, other)) if found[2] else (_FRED.get(other, other), "USD")
    tokens = [_WORDS.get(token, token) for token in re.findall(r"[A-Z]+", text)]
    for place, token in enumerate(tokens):
        if len(token) == 6 and token[:3] in _CODES and token[3:] in _CODES:
            return token[3:], token[:3]
        if len(token) == 9 and token[3:6] == "PER" and token[:3] in _CODES and token[6:] in _CODES:
            return token[:3], token[6:]
        between = tokens[place + 1 : place + 2]
        if token in _CODES and between and between[0] in ("PER", "FOR", "IN", "TO") and _code(tokens, place + 2):
            pair = token, tokens[_code(tokens, place + 2)]
            return pair if between[0] == "PER" else pair[::-1]
    codes = [token for token in tokens if token in _CODES]
    return (codes[1], codes[0]) if len(codes) == 2 else None


def _code(tokens: list[str], start: int) -> int:
    """The index of the next currency, skipping "1", "one" and "each"; 0 if no currency follows."""
    for place in range(start, len(tokens)):
        if tokens[place] in _CODES:
            return place
        if tokens[place] not in ("ONE", "EACH", "A", "US"):
            break
    return 0


def single_in(name: str) -> str | None:
    """The only currency in a column name; None unless there is exactly one.

    >>> single_in("GBP"), single_in("rate_jpy"), single_in("rate")
    ('GBP', 'JPY', None)
    """
    codes = {_WORDS.get(token, token) for token in re.findall(r"[A-Z]+", name.upper())} & _CODES
    return codes.pop() if len(codes) == 1 else None


def usual_rates(currency: str) -> tuple[Fraction, Fraction] | None:
    """Half and twice the usual USD for one unit of a currency; None for a currency without a usual rate.

    >>> usual_rates("EUR")
    (Fraction(1, 2), Fraction(2, 1))
    """
    level = _USUAL.get(currency)
    return None if level is None else (level / 2, level * 2)


def _translated(currency: str | None, field: str) -> str:
    """The currency into which closes in USD are converted: EUR by default."""
    known = currency_of(currency, field)
    return "EUR" if known in (None, "USD") else str(known)


def currencies_of(currency: str | None, with_fx: bool, field: str) -> tuple[str | None, str | None]:
    """The currency of closes as read, and that of the history built from them."""
    return ("USD", _translated(currency, field)) if with_fx else (currency_of(currency, field),) * 2
