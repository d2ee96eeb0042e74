"""How numbers are represented: the only file that decides between Decimal, Fraction and float64.

There are three kinds. *Printed* numbers are `Decimal`: the figures of an indenture and of payments. *Exact* computation uses
`Fraction`, because an adjusted price such as 100·2/3 does not terminate in decimal and the floor of its first 34 digits
can be a share short. *Fast* computation uses float64 arrays. A rule is written once with `+ - * /`, comparisons
and the functions below; `numbers_of(...)` chooses the kind from the arguments and converts the answer back.

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
#: Tie guards for float64, sound if float error < guard < distance to the nearest non-tie: amounts are below
#: about 1e6 per denomination and closes lie on a quote grid of 1e-4 or coarser.
ROUNDING_GUARD = 1e-8
RELATIVE_GUARD = 1e-12
#: Four units in the last place: the largest error of a quotient of two float64 figures, each rounded once.
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
    """Wrap a function so that its results do not depend on the caller's decimal context."""

    @wraps(ask)
    def asked(*given: P.args, **named: P.kwargs) -> R:
        with exact():
            return ask(*given, **named)

    return asked


#: Largest exponent of ten and number of digits accepted: beyond them exact computation would not finish.
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
    kind = type(value)  # the usual types first: isinstance against an abstract number class is the slowest step here
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
        if len(value) > _MOST_DIGITS or not _TEXT.fullmatch(value.strip()):  # length first: a long text is never parsed
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
    # the size in memory bounds the digits at once; `as_tuple` would first build them all
    if (value and abs(value.adjusted()) > REACH) or getsizeof(value) > _MOST_BYTES:
        raise TermsError(_ORDINARY, field=field, value=as_given(value))
    return Fraction(*value.as_integer_ratio())


def stated(value: Any, field: str = "number") -> Fraction:
    """A number as recorded: as `fraction`, but text may not be a ratio and a `Fraction` must be of ordinary size.

    Raises `TermsError` for text with a "/", and for a fraction whose numerator or denominator has more than 1,300 binary digits.
    """
    if isinstance(value, str) and "/" in value[:_MOST_DIGITS]:
        raise TermsError("expected a finite number", field=field, value=as_given(value))
    number = fraction(value, field)
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > _MOST_BITS:
        raise TermsError(_ORDINARY, field=field, value="a fraction of very many digits")
    return number


_MOST_BITS = 1_300


def decimal(value: Any, field: str = "number") -> Decimal:
    """Any exact number as a `Decimal`: exact if it terminates, else to 34 digits.

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
    """The quotient of two integers as a `Decimal`: exact if it terminates, else to 34 digits.

    >>> quotient(25_162_500, 365_000), quotient(206_250, 1000)
    (Decimal('68.93835616438356164383561643835616'), Decimal('206.25'))
    """
    if denominator == 1:
        return Decimal(numerator)
    # A whole quotient is returned exactly: the context's division would round one of more than 34 digits.
    number, rest = divmod(numerator, denominator)
    return _DIVIDING.divide(Decimal(numerator), Decimal(denominator)) if rest else Decimal(number)


def meant(value: Any) -> str:
    """The decimal fraction probably meant by a percentage, for an error message.

    >>> meant(Decimal("6.875")), meant(102.75)
    ('6.875% is 0.06875', '102.75% is 1.0275')
    """
    percent = decimal(float(value) if is_fast(value) else value)
    return f"{percent:f}% is {decimal(fraction(percent) / 100):f}"


def is_fast(value: Any) -> bool:
    """True for a NumPy float or array (or a pandas column), for which the answer is computed in float64."""
    if type(value) in _PLAIN:  # the usual case: looking up a missing attribute takes ten times as long
        return False
    return isinstance(value, (np.ndarray, np.floating)) or hasattr(value, "__array__")


_PLAIN = frozenset({Fraction, Decimal, int, float, str, type(None)})


class Numbers:
    """One number type: `numbers(x)` converts x to the type computed in, `numbers.publish(y)` to the type returned."""

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
    """`Fraction` in, `Fraction` out: no digit is lost between two rules."""

    def __call__(self, value: Any) -> Fraction:
        return fraction(value)


def floats(value: Any, field: str = "number") -> Any:
    """A number or an array in float64, of the same shape. Raises `TermsError` for anything but numbers.

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
    """True for one finite number that float64 can hold; False for a bool and for anything else.

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
    """The number type for these arguments: float64 if any of them is a NumPy value, else exact.

    `term` is a setting that the answer depends on: a float64 one makes the answer float64, a Fraction changes nothing.

    >>> numbers_of(84.883) is EXACT, numbers_of(np.array([84.883])) is FAST, numbers_of(Fraction(1, 3)) is INNER
    (True, True, True)
    >>> numbers_of(1000, term=Fraction(1, 3)) is EXACT
    True
    """
    if len(values) == 1 and term is None and type(values[0]) is Fraction:  # the usual case in a replay
        return INNER
    if any(map(is_fast, values)) or is_fast(term):
        return FAST
    return INNER if any(isinstance(value, Fraction) for value in values) else EXACT


def keeps_index(ask: Callable[P, R]) -> Callable[P, R]:
    """Wrap a function so that a pandas Series gives a Series with the same index, if the result is an array of that length.

    Applies to each array in a result of several parts. Does not import pandas.
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
    """`value` rounded to a multiple of `unit`, ties away from zero: Decimal for an exact value, else float64 of the same shape.

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


#: Precise enough for any amount: the value is already a whole number of units.
_ROUNDING = Context(prec=10_000, rounding=ROUND_HALF_EVEN)


@lru_cache(maxsize=256)
def ratio_of(setting: Any) -> tuple[int, int]:
    """An exact number of the terms, such as a cent or a denomination, as (numerator, denominator); called for each payment.

    >>> ratio_of(Decimal("0.01"))
    (1, 100)
    """
    return fraction(setting).as_integer_ratio()


def whole(value: Any) -> Any:
    """A positive number of shares rounded down: an int, or float64 whole numbers in the shape of an array.

    >>> whole(Fraction(690_000_000_000, 84_883)), whole(np.array([2.9999999999]))
    (8128836, array([3.]))
    """
    if is_fast(value):
        # Beyond 1e7 shares the rounding error of a quotient exceeds the guard: 370,000,000 / 0.37 must not lose a share.
        return np.floor(value + np.maximum(ROUNDING_GUARD, value * QUOTIENT_GUARD))
    return math.floor(fraction(value))


def whole_up(value: Any) -> Any:
    """A positive number of shares rounded up: an int, or float64 whole numbers in the shape of an array.

    >>> whole_up(Fraction(7, 2)), whole_up(np.array([3.0000000001, 3.5]))
    (4, array([3., 4.]))
    """
    if is_fast(value):
        return np.ceil(value - np.maximum(ROUNDING_GUARD, value * QUOTIENT_GUARD))
    return math.ceil(fraction(value))


def exceeds(left: Any, right: Any) -> Any:
    """left > right by more than the float64 guard; a bool, or a bool array of the broadcast shape.

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
    """`yes` where the condition holds, else `no`; a plain bool selects without NumPy."""
    return np.where(condition, yes, no) if isinstance(condition, np.ndarray) else (yes if condition else no)


def anywhere(condition: Any) -> bool:
    """Whether a condition holds: a bool as it is, an array if any of its entries is true.

    >>> anywhere(2 > 1), anywhere(np.array([1, 2]) > 2)
    (True, False)
    """
    return bool(condition.any()) if isinstance(condition, np.ndarray) else bool(condition)


def average(values: Sequence[Any]) -> Any:
    """The mean over the first axis of [time] or [time, path] values, summed in time order; exact values give a Fraction.

    >>> average([Decimal("1"), Decimal("2"), 4])
    Fraction(7, 3)
    """
    if is_fast(values):
        total = np.zeros(np.shape(values)[1:])
        for row in np.asarray(values, dtype=np.float64):  # in order: NumPy's pairwise sum depends on the shape
            total = total + row
        return total / len(values)
    return sum(map(fraction, values), Fraction(0)) / len(values)
