"""Strategies for the values of settings, built from what each kind of field allows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from convnote.provisions.fields import Drawn, Kind

#: The range of days for a setting: within the years that every calendar covers.
FIRST, LAST = date(1990, 1, 1), date(2050, 1, 1)


def values_of(kind: Kind) -> st.SearchStrategy[Any]:
    """Values for a setting of that kind, in every form that its check accepts.

    >>> from hypothesis import find
    >>> from convnote.provisions.fields import count
    >>> find(values_of(count(2, 5)), lambda value: True)
    2
    """
    return _drawn(kind.drawn)


def _drawn(drawn: Drawn) -> st.SearchStrategy[Any]:
    if drawn.shape == "number":
        return _numbers(drawn.least, drawn.most)
    if drawn.shape == "whole":
        return st.integers(drawn.least, drawn.most)
    if drawn.shape == "day":
        return st.dates(FIRST, LAST)
    if drawn.shape == "words":
        return st.text(min_size=1).filter(str.strip)
    if drawn.shape == "one":
        return st.sampled_from(drawn.of)
    if drawn.shape == "some":
        return st.lists(st.sampled_from(drawn.of), unique=True)
    return _of_several(drawn)


def _of_several(drawn: Drawn) -> st.SearchStrategy[Any]:
    if drawn.shape == "made":
        make, parts = drawn.of
        return st.builds(make, **{name: _drawn(part) for name, part in parts.items()})
    parts = [_drawn(part) for part in drawn.of]
    if drawn.shape == "ascending":
        return st.sets(parts[0], min_size=1, max_size=4).map(sorted)
    if drawn.shape == "pairs":
        return st.dictionaries(parts[0], parts[1], min_size=1, max_size=4).map(lambda pairs: sorted(pairs.items()))
    if drawn.shape == "either":
        return st.one_of(parts)
    raise ValueError(f"a kind of field draws {drawn.shape!r}, for which there is no strategy")


def _numbers(least: Any, most: Any) -> st.SearchStrategy[Any]:
    """Decimals, fractions, whole numbers and floats from `least` to `most`; a float stands for its shortest decimal."""
    whole = st.integers(max(int(least), 1), int(most) if most <= 10 else 10**25)
    places = st.floats(max(float(least), 1e-6), min(float(most), 1e12)).map(lambda value: round(value, 12))
    decimals = st.decimals(least, most, allow_nan=False, allow_infinity=False)
    fractions = st.fractions(max(Fraction(least), Fraction(1, 1000)), min(Fraction(most), Fraction(10**6)))
    return st.one_of(decimals, fractions, whole, places)
