"""Grid: one question asked of one note under many markets, with common random numbers, as one table.

An axis sets, shifts or scales a parameter of the model; the grid asks at every combination. The question is `run`:
`cn.simulate` unless another function of a note and a model is given.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from convnote.errors import TermsError, as_given, must_be
from convnote.inputs import Number
from convnote.market.model_base import MarketModel
from convnote.market.model_walks import TWO_FACTORS, kind_of
from convnote.note import ConvertibleNote
from convnote.pricing import Valuation, price
from convnote.simulation import Outcomes, simulate
from convnote.tables import Table

#: Figures of a valuation in the table of a grid.
_VALUED = ("price", "clean", "delta", "gamma", "vega", "rho", "theta", "cs01", "standard_error")
#: Its other fields, which `Grid.array` computes.
_ON_DEMAND = (
    *("accrued", "per_100", "conversion_value", "parity", "bond_floor", "premium", "premium_points", "investment_premium"),
    *("parity_delta", "speed", "charm", "color", "volga", "vanna", "credit_spread01", "phi", "borrow", "recovery01"),
    *("recovery01_at_fixed_spread", "fx_delta", "effective_duration", "convexity", "spread_duration", "jump_to_default"),
    *("expected_life", "soft_call_probability", "lower", "upper", "gap"),
)
#: Endings, each given by its probability.
_ENDINGS = ("conversion", "call", "put", "maturity", "default", "withdrawal")


class Axis(NamedTuple):
    """One axis: a parameter of the model, how its values are used ("set", "shift" or "scale"), and the values."""

    parameter: str
    use: str
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The heading of the axis's column."""
        return {"set": "", "shift": "shift of ", "scale": "scale of "}[self.use] + self.parameter

    def applied(self, model: Any, value: Any) -> Any:
        """The model with this parameter changed. A new spot leaves the hazard the same function of the share price."""
        old = getattr(model, self.parameter)
        if self.use == "shift":
            value = old.shifted(value) if hasattr(old, "shifted") else old + value
        elif self.use == "scale":
            value = old.scaled(value) if hasattr(old, "scaled") else old * value
        if self.parameter in ("spot", "exchange_rate"):
            return model.at(model.as_of, **{self.parameter: value})
        return replace(model, **{self.parameter: value})


@dataclass(frozen=True)
class Grid:
    """The answers at every combination of the axes, the last axis running fastest."""

    axes: tuple[Axis, ...]
    answers: tuple[Any, ...]
    #: the note asked about
    note: ConvertibleNote | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    def __getitem__(self, place: Any) -> Any:
        """The answer at `place`: one index per axis."""
        places = place if isinstance(place, tuple) else (place,)
        return self.answers[
            int(np.ravel_multi_index(tuple(range(n)[i] for i, n in zip(places, self.shape, strict=True)), self.shape))
        ]

    def array(self, figure: str) -> np.ndarray:
        """One figure of every answer, float64 of the grid's shape; of valuations, only that figure is computed.

        A valuation has all its fields, in its units, and the chance of each ending by its name, such as "default".
        Raises `TermsError` for a figure that an answer does not have.
        """
        return np.array([_figure(answer, figure) for answer in self.answers]).reshape(self.shape)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row per combination: the values of the axes and the figures of the answer."""
        for values, answer in zip(product(*(axis.values for axis in self.axes)), self.answers, strict=True):
            yield {**{axis.name: value for axis, value in zip(self.axes, values, strict=True)}, **figures(answer)}

    def table(self) -> Table:
        """All rows as a table; an event that never happened in a row is 0 there."""
        rows = list(self.rows())
        columns = list(dict.fromkeys(name for row in rows for name in row))
        return Table.of(columns, [[row.get(name, 0.0) for name in columns] for row in rows])

    def to_frame(self) -> Any:
        """The table as a pandas frame, indexed by the axes. Needs pandas."""
        frame = self.table().frame().set_index([axis.name for axis in self.axes])
        return frame if self.note is None else self.note.marked(frame)

    def _omissions(self) -> list[str]:
        return [] if self.note is None else self.note.caveats()

    def __str__(self) -> str:
        return "\n".join([*self._omissions(), self.table().text()])

    def _repr_html_(self) -> str:
        return self.table().html(*self._omissions())


def figures(answer: Any) -> dict[str, float]:
    """The figures of one answer: means and ending probabilities of a simulation, value and Greeks of a valuation.

    A number is its own figure; a mapping keeps its own names. Raises `TermsError` for an answer without figures.
    """
    if isinstance(answer, Outcomes):
        summary = answer.summary()
        found = {
            "present_value": summary.present_value,
            "standard_error": summary.standard_error,
            "expected_life": summary.expected_life,
        }
        for words, chance in summary.endings.items():
            end = words.rpartition("then ")[2]
            found[end] = found.get(end, 0.0) + chance
        return found
    if isinstance(answer, Mapping):
        return {str(name): float(value) for name, value in answer.items()}
    if np.ndim(answer) == 0 and isinstance(answer, (int, float, np.number)):
        return {"value": float(answer)}
    valued = {name: float(getattr(answer, name)) for name in _VALUED if getattr(answer, name, None) is not None}
    if not valued:
        raise TermsError(
            "expected a simulation, a valuation, a number or a mapping of numbers", field="grid run", value=repr(answer)
        )
    return valued


def _figure(answer: Any, name: str) -> float:
    """One of the `figures` of an answer. Those of a valuation are computed on demand: a price alone needs no sensitivity."""
    if isinstance(answer, Valuation):
        known: tuple[str, ...] = (*_VALUED, *_ON_DEMAND, *_ENDINGS)
        value = None
        if name in known:
            value = answer.probabilities[name] if name in _ENDINGS else getattr(answer, name)
        found = {} if value is None else {name: float(value)}
    else:
        found = figures(answer)
        known = tuple(found)
    if name not in found:
        has = ", ".join(each for each in known if each != name)
        raise TermsError(f"not a figure of this answer; allowed: {has}", field="grid figure", value=as_given(name))
    return found[name]


def grid(
    note: ConvertibleNote,
    model: MarketModel,
    *,
    spot: Sequence[Number] | None = None,
    volatility: Sequence[Number] | None = None,
    rate: Sequence[Number] | None = None,
    hazard_rate: Sequence[Number] | None = None,
    exchange_rate: Sequence[Number] | None = None,
    values: Mapping[str, Sequence[Number]] | None = None,
    shift: Mapping[str, Sequence[Number]] | None = None,
    scale: Mapping[str, Sequence[Number]] | None = None,
    run: Callable[..., Any] = simulate,
    options: Mapping[str, object] | None = None,
    progress: bool = False,
) -> Grid:
    """`run(note, model, **options)` at every combination of the axes, each time with the same seed.

    `spot`, `volatility`, `rate`, `hazard_rate` (the credit spread, as an intensity) and `exchange_rate` set a parameter of the
    model; `values` sets any other, `shift` adds to one and `scale` multiplies one, by name; curves are shifted and scaled whole.
    A simulation keeps sums, not paths, unless `options` say `"keep": "paths"`. `progress` shows a bar, one step per combination.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)
    >>> few = {"paths": 500, "seed": 3}
    >>> table = grid(note, model, spot=[60, 80], shift={"rate": [0, 0.01]}, options=few)
    >>> table.shape, bool((table.array("present_value")[1] > table.array("present_value")[0]).all())
    ((2, 2), True)

    Raises `TermsError` for an axis that is empty, given twice or not a parameter of the model; the model refuses bad values.
    """
    named = {"spot": spot, "volatility": volatility, "rate": rate, "hazard_rate": hazard_rate, "exchange_rate": exchange_rate}
    must_be(note, ConvertibleNote, "grid note", "expected a ConvertibleNote (see cn.load)")
    must_be(model, MarketModel, "grid model", "expected a market model (see cn.Lognormal)")
    if not callable(run):
        raise TermsError("expected a function of a note and a model", field="grid run", value=as_given(run))
    axes = [_axis(name, "set", each) for name, each in named.items() if each is not None]
    axes += [
        _axis(name, use, each)
        for word, use, given in (("values", "set", values), ("shift", "shift", shift), ("scale", "scale", scale))
        for name, each in _named(given, word, "expected a mapping of parameters to values").items()
    ]
    options = _named(options, "options", "expected a mapping of arguments")
    if run is simulate:
        options = {"keep": "summary", **options}
    try:
        inspect.signature(run).bind(note, model, **options)
    except (TypeError, ValueError) as fault:  # ValueError: its signature cannot be read
        if isinstance(fault, TypeError):
            raise TermsError(f"not what the function takes: {fault}", field="grid options", value=as_given(options)) from None
    _check(model, axes)
    answers = []
    solved: dict[Any, Valuation] = {}
    for point in _points(axes, progress):
        shocked = model
        for axis, value in zip(axes, point, strict=True):
            shocked = axis.applied(shocked, value)
        answers.append(_priced(note, shocked, options, solved) if run is price else run(note, shocked, **options))
    return Grid(tuple(axes), tuple(answers), note)


def _axis(parameter: Any, use: str, values: Any) -> Axis:
    must_be(parameter, str, "grid axis", "expected the name of a parameter of the model")
    if (
        isinstance(values, (str, bytes))
        or not isinstance(values, Iterable)
        or (isinstance(values, np.ndarray) and values.ndim != 1)
    ):
        raise TermsError("expected a list of values", field=f"grid {parameter}", value=as_given(values))
    return Axis(parameter, use, tuple(values))


def _named(given: Any, word: str, needed: str) -> dict[str, Any]:
    if given is None:
        return {}
    must_be(given, Mapping, f"grid {word}", needed)
    for name in given:
        must_be(name, str, f"grid {word}", f"{needed}, by name")
    return dict(given)


def _points(axes: Sequence[Axis], progress: bool) -> Iterator[tuple[Any, ...]]:
    """Every combination of the axes, the last running fastest."""
    points = product(*(axis.values for axis in axes))
    if not progress:
        return points
    from tqdm.auto import tqdm

    return iter(tqdm(points, total=math.prod(len(axis.values) for axis in axes), unit="cell", desc="grid"))


def _priced(note: ConvertibleNote, model: Any, options: Mapping[str, Any], solved: dict[Any, Valuation]) -> Valuation:
    """A valuation; models that differ only in the spot share one solve."""
    moves = ("spot", "exchange_rate", "hazard_spot")
    key = (model.hazard_level, *(repr(getattr(model, each.name)) for each in fields(model) if each.name not in moves))
    if kind_of(model) == TWO_FACTORS:
        return price(note, model, **options)
    if key not in solved:
        solved[key] = price(note, model, **options)
    return solved[key].at_spot(model.contract_spot)


def _check(model: Any, axes: Sequence[Axis]) -> None:
    faults = []
    parameters = [axis.parameter for axis in axes]
    if not axes:
        faults.append(TermsError("expected at least one axis, such as spot=[60, 80]", field="grid"))
    for axis in axes:
        if not hasattr(model, axis.parameter):
            faults.append(TermsError(f"no parameter of {type(model).__name__}", field=f"grid {axis.name}", value=axis.values))
        if not axis.values:
            faults.append(TermsError("expected at least one value", field=f"grid {axis.name}"))
        if parameters.count(axis.parameter) > 1:
            faults.append(TermsError("one axis for a parameter", field=f"grid {axis.name}", value=axis.values))
    if faults:
        raise TermsError.of(faults)
