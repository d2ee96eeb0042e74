"""Argument types of public functions: one or many numbers, one or many days, in the forms commonly used.

One number or day may be given in any exact form; several may be given as an array, a list or a pandas Series.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: One number: exact as printed ("104.947", Decimal, Fraction, int), or float64.
Number: TypeAlias = int | float | str | Decimal | Fraction | np.integer | np.floating
#: One number, or one for each path of a simulation: float64 [path].
Amount: TypeAlias = Number | np.ndarray
#: One number or several.
NumbersLike: TypeAlias = Number | npt.ArrayLike | Sequence[Number]
#: One day: a date or YYYY-MM-DD gives an exact answer, a datetime64 a float64 answer.
DateLike: TypeAlias = date | str | np.datetime64
#: One day or several.
DatesLike: TypeAlias = DateLike | npt.ArrayLike | Sequence[DateLike]
#: float64, of any shape.
Floats: TypeAlias = npt.NDArray[np.float64]
#: An attribute that may be None, typed so that `note.conversion.price` needs no cast for a note known to have it. Code for an
#: arbitrary note compares with None first.
MaybeNone: TypeAlias = Any
