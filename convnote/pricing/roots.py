"""Where a function of one number is zero: all roots between points at which it is known, and ranges on which it stays zero."""

from __future__ import annotations

from collections.abc import Callable

from scipy.optimize import minimize_scalar

#: how near to a root the function is compared, as a fraction of the way to the next point, and how often that way is halved
BESIDE, HALVINGS = 1e-3, 20


def reached(function: Callable[[float], float], gaps: dict[float, float], exact: float) -> list[tuple[float, float]]:
    """Where a function is zero to within `exact`, as ascending ranges; the ends of a range are the same for a single root.

    `gaps` holds the function at the points where it is known.
    """
    places = sorted(gaps)
    levels = [gap if abs(gap) > exact else 0.0 for gap in map(gaps.__getitem__, places)]
    found, i = [], 0
    while i < len(places):
        j = i
        if levels[i] == 0.0:
            while j + 1 < len(places) and levels[j + 1] == 0.0:
                j += 1
            low = _edge(function, places[i], places[i - 1], exact) if i else places[i]
            found.append((low, _edge(function, places[j], places[j + 1], exact) if j + 1 < len(places) else places[j]))
        elif i + 1 < len(places) and levels[i] * levels[i + 1] < 0.0:
            root = _between(function, (places[i], levels[i]), (places[i + 1], levels[i + 1]), exact)
            found.append((root, root))
        i = j + 1
    return found


def _edge(function: Callable[[float], float], inside: float, outside: float, exact: float) -> float:
    """Up to where a function stays zero, from `inside`, where it is, towards `outside`, where it is not."""

    def stays(at: float) -> bool:
        return abs(function(at)) <= exact

    if not stays(inside + BESIDE * (outside - inside)):
        return inside  # a root
    for _ in range(HALVINGS):
        middle = 0.5 * (inside + outside)
        inside, outside = (middle, outside) if stays(middle) else (inside, middle)
    return inside


def add_extreme(function: Callable[[float], float], gaps: dict[float, float]) -> None:
    """Add to the known `gaps`, all of one sign, the extreme nearest to zero, if it lies between two known points."""
    places = sorted(gaps)
    best = min(range(len(places)), key=lambda i: abs(gaps[places[i]]))
    if not 0 < best < len(places) - 1:
        return
    ends, sign = (places[best - 1], places[best + 1]), 1.0 if gaps[places[best]] > 0.0 else -1.0
    at = minimize_scalar(
        lambda y: sign * function(y), bounds=ends, method="bounded", options={"xatol": 1e-6 * (ends[1] - ends[0])}
    )
    gaps[float(at.x)] = sign * float(at.fun)


def _between(function: Callable[[float], float], below: tuple[float, float], above: tuple[float, float], exact: float) -> float:
    """The root between two points, each with its value, of different signs, by regula falsi with halved weights (Illinois)."""
    (low, gap), (high, other) = below, above
    side = 0
    for _ in range(200):
        middle = (low * other - high * gap) / (other - gap)
        at = function(middle)
        if abs(at) <= exact or high - low < 1e-15:
            return middle
        if (at > 0) == (gap > 0):
            low, gap = middle, at
            other = other / 2 if side == 1 else other
            side = 1
        else:
            high, other = middle, at
            gap = gap / 2 if side == -1 else gap
            side = -1
    return middle
