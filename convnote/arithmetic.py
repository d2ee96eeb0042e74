"""The only file that knows how a number is held.

Three kinds meet here. *Printed* numbers are `Decimal`: what a paper says and what is paid. *Exact* computing is done
in `Fraction`, because an adjusted price such as 100·2/3 has no last decimal place and a floor taken of its 34 digits
can be a share short. *Fast* computing is done in float64 arrays. A rule is written once with `+ - * /`, comparisons
and the functions below; `numbers_of(...)` says which kind a question is asked in and turns the answer back.

Refuses: NaN and infinity as exact numbers; booleans as numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache, wraps
from sys import getsizeof
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from convnote.errors import TermsError, as_given

P = ParamSpec("P")
R = TypeVar("R")

DIGITS = 34
#: Guards of the float64 twins, sound where float error < guard < distance of the nearest non-tie: amounts are below
#: about 1e6 per denomination and closes stand on a quote grid of 1e-4 or coarser.
ROUNDING_GUARD = 1e-8
RELATIVE_GUARD = 1e-12
#: Four units in the last place: what a quotient of two float64 figures, each rounded once, can be off by.
QUOTIENT_GUARD = 4 * float(np.finfo(np.float64).eps)


@contextmanager
def exact() -> Iterator[None]:
    """A local 34-digit context, so that a caller's precision changes no figure.

    >>> with exact():
    ...     print(Decimal(690_000_000) / Decimal("84.883"))
    8128836.162718094318061331479801609
    """
    with localcontext(Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)):
        yield


def exactly(ask: Callable[P, R]) -> Callable[P, R]:
    """A function that computes and writes figures the same whatever the caller's decimal context is."""

    @wraps(ask)
    def asked(*given: P.args, **named: P.kwargs) -> R:
        with exact():
            return ask(*given, **named)

    return asked


#: Powers of ten within which a number is taken, and the digits it may have: beyond them exact computing would not end.
REACH = 100
_MOST_DIGITS, _MOST_BYTES = 400, 400
_BEYOND = 10**REACH
_TEXT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_RATIO = re.compile(r"([+-]?\d{1,100})/(\d{1,100})", re.ASCII)
_ORDINARY = "expected a finite number of ordinary size"


def fraction(value: Any, field: str = "number") -> Fraction:
    """Any exact number as a `Fraction`; a float is taken at its shortest decimal (84.883 is 84.883).

    Text is figures with a decimal point, as in a file of closes, or a ratio of whole numbers such as "1/3".

    >>> fraction(84.883) == fraction("84.883")
    True

    Raises `TermsError` for what is not a finite number between 1e-100 and 1e100 in size.
    """
    kind = type(value)  # most are of these three, and asking an abstract class of numbers takes longer than all else here
    if kind is Fraction:
        return cast(Fraction, value)
    if kind is Decimal:
        return _of_decimal(value, field)
    if kind is int and abs(value) <= _BEYOND:
        return Fraction(value)
    if isinstance(value, Fraction):
        return value
    if isinstance(value, (bool, np.bool_)):
        raise TermsError("expected a number, not a truth value", field=field, value=value)
    if isinstance(value, (float, np.floating)):
        if abs(value) < _BEYOND:  # False for NaN and infinity
            return Fraction(repr(float(value)))
        raise TermsError(_ORDINARY if math.isfinite(value) else "expected a finite number", field=field, value=repr(float(value)))
    if isinstance(value, str):
        if len(value) <= _MOST_DIGITS and (ratio := _RATIO.fullmatch(value.strip())) and int(ratio[2]):
            return Fraction(int(ratio[1]), int(ratio[2]))
        if len(value) > _MOST_DIGITS or not _TEXT.fullmatch(value.strip()):  # the length first: a long text is never read
            raise TermsError("expected a finite number", field=field, value=as_given(value))
        value = Decimal(value.strip())
    if isinstance(value, Decimal):
        return _of_decimal(value, field)
    if isinstance(value, (int, np.integer)):
        if abs(int(value)) <= _BEYOND:
            return Fraction(int(value))
        raise TermsError(_ORDINARY, field=field, value="a whole number of more than 100 digits")
    raise TermsError("expected a finite number", field=field, value=as_given(value))


def _of_decimal(value: Decimal, field: str) -> Fraction:
    if not value.is_finite():
        raise TermsError("expected a finite number", field=field, value=as_given(value))
    # the size in memory tells how many digits there are at once; a tuple of them would be made first
    if (value and abs(value.adjusted()) > REACH) or getsizeof(value) > _MOST_BYTES:
        raise TermsError(_ORDINARY, field=field, value=as_given(value))
    return Fraction(*value.as_integer_ratio())


def stated(value: Any, field: str = "number") -> Fraction:
    """A number as it is recorded: as `fraction`, but no ratio in words, and a `Fraction` of ordinary size too.

    Raises `TermsError` for text with a "/", and for a fraction of more than 1,300 binary digits on either side of its bar.
    """
    if isinstance(value, str) and "/" in value[:_MOST_DIGITS]:
        raise TermsError("expected a finite number", field=field, value=as_given(value))
    number = fraction(value, field)
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > _MOST_BITS:
        raise TermsError(_ORDINARY, field=field, value="a fraction of very many digits")
    return number


_MOST_BITS = 1_300


def decimal(value: Any, field: str = "number") -> Decimal:
    """Any exact number as a `Decimal`: itself where it ends, else to 34 digits.

    >>> decimal(Fraction(84883, 3000)), decimal(0.06875)
    (Decimal('28.29433333333333333333333333333333'), Decimal('0.06875'))
    """
    if type(value) is Fraction:
        return quotient(value.numerator, value.denominator)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= REACH and getsizeof(value) <= _MOST_BYTES:
        return value
    return quotient(*fraction(value, field).as_integer_ratio())


#: Its own context, because entering and leaving `exact()` costs more than the division.
_DIVIDING = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)


def quotient(numerator: int, denominator: int) -> Decimal:
    """The quotient of two integers as a `Decimal`: itself where it ends, else to 34 digits.

    >>> quotient(25_162_500, 365_000), quotient(206_250, 1000)
    (Decimal('68.93835616438356164383561643835616'), Decimal('206.25'))
    """
    if denominator == 1:
        return Decimal(numerator)
    # Whole numbers are kept whole: the quotient of a context would round one of more than 34 digits.
    number, rest = divmod(numerator, denominator)
    return _DIVIDING.divide(Decimal(numerator), Decimal(denominator)) if rest else Decimal(number)


def meant(value: Any) -> str:
    """What is probably meant by a percentage where a share belongs, for a refusal.

    >>> meant(Decimal("6.875")), meant(102.75)
    ('6.875% is 0.06875', '102.75% is 1.0275')
    """
    percent = decimal(float(value) if is_fast(value) else value)
    return f"{percent:f}% is {decimal(fraction(percent) / 100):f}"


def is_fast(value: Any) -> bool:
    """True of a NumPy float or array (or a pandas column): such a question is answered in float64."""
    if type(value) in _PLAIN:  # most questions: looking for a missing attribute takes ten times as long
        return False
    return isinstance(value, (np.ndarray, np.floating)) or hasattr(value, "__array__")


_PLAIN = frozenset({Fraction, Decimal, int, float, str, type(None)})


class Numbers:
    """One kind of question: `numbers(x)` takes x to the computing type, `numbers.publish(y)` gives the answer."""

    def __call__(self, value: Any) -> Any:
        raise NotImplementedError

    def publish(self, value: Any) -> Any:
        return value


class _Exact(Numbers):
    def __call__(self, value: Any) -> Fraction:
        return fraction(value)

    def publish(self, value: Any) -> Decimal:
        return decimal(value)


class _Inner(Numbers):
    """A question asked in `Fraction` is answered in `Fraction`: no digit is lost between two rules."""

    def __call__(self, value: Any) -> Fraction:
        return fraction(value)


def floats(value: Any, field: str = "number") -> Any:
    """A number or an array in float64. Raises `TermsError` for what is not made of numbers.

    >>> floats(["a"])
    Traceback (most recent call last):
    convnote.errors.TermsError: number: got ['a']; expected numbers
    """
    try:
        if isinstance(value, (Decimal, Fraction, str, int, float)):
            return np.float64(value)
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TermsError("expected numbers", field=field, value=as_given(value)) from None


def is_number(value: Any) -> bool:
    """True of one finite number that float64 can hold; False of a truth value and of anything else.

    >>> is_number(1.5), is_number(10**400), is_number("1.5")
    (True, False, False)
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number, Decimal, Fraction)):
        return False
    try:
        return math.isfinite(value)
    except (TypeError, ValueError, OverflowError):  # complex, a signalling NaN, beyond 1e308
        return False


class _Fast(Numbers):
    def __call__(self, value: Any) -> Any:
        return floats(value)


EXACT, INNER, FAST = _Exact(), _Inner(), _Fast()


def numbers_of(*values: Any, term: Any = None) -> Numbers:
    """The kind in which a question with these arguments is asked: float64 if any is NumPy's, else exact.

    `term` is a setting that the answer reads: in float64 it makes the answer float64, as a Fraction it changes nothing.

    >>> numbers_of(84.883) is EXACT, numbers_of(np.array([84.883])) is FAST, numbers_of(Fraction(1, 3)) is INNER
    (True, True, True)
    >>> numbers_of(1000, term=Fraction(1, 3)) is EXACT
    True
    """
    if len(values) == 1 and term is None and type(values[0]) is Fraction:  # most questions of a replay
        return INNER
    if any(map(is_fast, values)) or is_fast(term):
        return FAST
    return INNER if any(isinstance(value, Fraction) for value in values) else EXACT


def keeps_index(ask: Callable[P, R]) -> Callable[P, R]:
    """A function that answers a pandas Series with a Series of the same index, where its answer is an array of that length.

    Also each array in an answer of several parts. Imports no pandas.
    """

    @wraps(ask)
    def asked(*given: P.args, **named: P.kwargs) -> R:
        answer = ask(*given, **named)
        if not isinstance(answer, (np.ndarray, tuple)) and not is_dataclass(answer):
            return answer
        for each in (*given, *named.values()):
            if type(each) not in _PLAIN and hasattr(each, "iloc") and np.ndim(cast(Any, each)) == 1:
                return cast(R, _indexed(answer, each))
        return answer

    return asked


def _indexed(answer: Any, series: Any) -> Any:
    if isinstance(answer, tuple):
        parts = [_indexed(part, series) for part in answer]
        return type(answer)(*parts) if hasattr(answer, "_fields") else tuple(parts)
    if is_dataclass(answer) and not isinstance(answer, type):
        return replace(answer, **{each.name: _indexed(getattr(answer, each.name), series) for each in fields(answer)})
    if isinstance(answer, np.ndarray) and answer.shape == (len(series),):
        return type(series)(answer, index=series.index)
    return answer


def round_half_up(value: Any, unit: Any) -> Any:
    """`value` rounded to a multiple of `unit`, ties away from zero: Decimal for an exact value, float64 for an array.

    >>> round_half_up(Fraction(1005, 1000), Decimal("0.01")), round_half_up(np.array([1.005]), Decimal("0.01"))
    (Decimal('1.01'), array([1.01]))
    """
    if is_fast(value):
        per_unit = float(1 / fraction(unit))
        scaled = np.abs(value) * per_unit
        return np.copysign(np.floor(scaled + (0.5 + ROUNDING_GUARD)), value) / per_unit
    above, below = fraction(value).as_integer_ratio()
    unit_above, unit_below = ratio_of(unit)
    # In integers: a payment is rounded for each holder, and a Fraction takes ten times as long.
    steps, step = abs(above) * unit_below, below * unit_above
    whole_steps = (2 * steps + step) // (2 * step)
    whole_steps = -whole_steps if above < 0 else whole_steps
    if isinstance(unit, Decimal):
        return _ROUNDING.multiply(Decimal(whole_steps), unit)
    return decimal(Fraction(whole_steps * unit_above, unit_below))


#: Wide enough for any amount: what is rounded is a whole number of units already.
_ROUNDING = Context(prec=10_000, rounding=ROUND_HALF_EVEN)


@lru_cache(maxsize=256)
def ratio_of(setting: Any) -> tuple[int, int]:
    """A cent, a denomination, another exact number of the terms as integers: asked for each payment of each holder.

    >>> ratio_of(Decimal("0.01"))
    (1, 100)
    """
    return fraction(setting).as_integer_ratio()


def whole(value: Any) -> Any:
    """The whole shares in a positive number of shares: an int, or float64 whole numbers for an array.

    >>> whole(Fraction(690_000_000_000, 84_883)), whole(np.array([2.9999999999]))
    (8128836, array([3.]))
    """
    if is_fast(value):
        # Beyond 1e7 shares the last bits of a quotient weigh more than the guard: 370,000,000 / 0.37 must not lose a share.
        return np.floor(value + np.maximum(ROUNDING_GUARD, value * QUOTIENT_GUARD))
    return math.floor(fraction(value))


def whole_up(value: Any) -> Any:
    """The shares in a positive number of shares, a fraction counted as a share: an int, or float64 whole numbers for an array.

    >>> whole_up(Fraction(7, 2)), whole_up(np.array([3.0000000001, 3.5]))
    (4, array([3., 4.]))
    """
    if is_fast(value):
        return np.ceil(value - np.maximum(ROUNDING_GUARD, value * QUOTIENT_GUARD))
    return math.ceil(fraction(value))


def exceeds(left: Any, right: Any) -> Any:
    """left > right by more than the float64 guard.

    >>> exceeds(Fraction("167.915"), Fraction("167.915")), bool(exceeds(np.float64(1.1 * 1.1), np.float64(1.21)))
    (False, False)
    """
    if is_fast(left) or is_fast(right):
        return np.asarray(left) > np.asarray(right) * (1.0 + RELATIVE_GUARD)
    return left > right


def larger(left: Any, right: Any) -> Any:
    """The larger of two numbers, elementwise on arrays."""
    return np.maximum(left, right) if is_fast(left) or is_fast(right) else max(left, right)


def smaller(left: Any, right: Any) -> Any:
    """The smaller of two numbers, elementwise on arrays."""
    return np.minimum(left, right) if is_fast(left) or is_fast(right) else min(left, right)


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, else `no`; a plain truth chooses without evaluating as an array."""
    return np.where(condition, yes, no) if isinstance(condition, np.ndarray) else (yes if condition else no)


def average(values: Sequence[Any]) -> Any:
    """The mean over the first axis ([time] or [time, path]), summed in order of time; exact values give a Fraction.

    >>> average([Decimal("1"), Decimal("2"), 4])
    Fraction(7, 3)
    """
    if is_fast(values):
        total = np.zeros(np.shape(values)[1:])
        for row in np.asarray(values, dtype=np.float64):  # in order: NumPy's pairwise sum depends on the shape
            total = total + row
        return total / len(values)
    return sum(map(fraction, values), Fraction(0)) / len(values)
