"""What public functions take, as types: a number or many, a day or many, in the forms in which people have them.

One number or day may be given in any exact form; where a function takes many, an array, a list or a pandas Series will do.
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
#: A number or many.
NumbersLike: TypeAlias = Number | npt.ArrayLike | Sequence[Number]
#: One day: a date or YYYY-MM-DD asks exactly, a datetime64 in float64.
DateLike: TypeAlias = date | str | np.datetime64
#: A day or many.
DatesLike: TypeAlias = DateLike | npt.ArrayLike | Sequence[DateLike]
#: float64, of any shape.
Floats: TypeAlias = npt.NDArray[np.float64]
#: What may be None, though whoever has read the paper knows that it is not: `note.conversion.price` needs no cast. Code that does
#: not know which note it has compares with None first.
MaybeNone: TypeAlias = Any
