"""The section on the value of a note, if a model of the share is given."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from convnote.errors import TermsError
from convnote.note import ConvertibleNote
from convnote.reports import pieces

#: figures of the valuation that come from a rule of the note
_RULES = {"accrued": "INT-4", "clean": "INT-4", "parity": "CNV-3", "bond floor": "PRN-1"}
#: arguments of `cn.price` other than note and model
_ASKED = ("credit", "ignore", "method", "options", "policy", "state")


def worth(note: ConvertibleNote, model: Any, asked: Mapping[str, Any]) -> str:
    """Figures in desk units, the model and its conventions in words, and plots; "" without a model."""
    unknown = sorted(set(asked) - set(_ASKED))
    if unknown:
        raise TermsError(f"allowed: {', '.join(_ASKED)}", field=f"report {unknown[0]}", value=asked[unknown[0]])
    if model is None:
        if asked:
            name = next(iter(asked))
            raise TermsError("expected a model of the share to value the note", field=f"report {name}", value=asked[name])
        return ""
    from convnote.pricing import price

    value = price(note, model, **asked)
    rows = [
        (escape(name), pieces.link(figure, _RULES[name]) if name in _RULES else escape(f"{figure:,.6g}"), escape(unit))
        for name, figure, unit in value.table().rows
    ]
    words = [f"{value.as_of}, share at {note.currency} {value.spot:,.6g}", _market(model), *value.notes]
    words += [f"ignored: {each}" for each in value.ignored]
    said = "".join(f"<li>{pieces.words(each)}</li>" for each in words)
    drawn = [pieces.picture(lambda ax: pieces.plots().price_profile(value, ax=ax), f"What it is worth on {value.as_of}", 4.0)]
    boundary = value.critical_price()
    if any(np.isfinite(each).any() for each in boundary[1:]):
        drawn.append(pieces.picture(lambda ax: pieces.plots().critical_prices(value, ax=ax), "When rights are used", 4.0))
    return "\n".join([*drawn, pieces.table(("figure", "value", "unit"), rows, figures=(1,)), f"<ul>{said}</ul>"])


def _market(model: Any) -> str:
    """The model's parameters in words, without those equal to 0."""
    names = ("volatility", "rate", "dividend_yield", "borrow", "hazard_rate", "recovery", "default_jump", "hazard_exponent")
    given = [(name, getattr(model, name, 0.0)) for name in names]
    told = [
        f"{name.replace('_', ' ')} {each:g}" if isinstance(each, float) else f"{name.replace('_', ' ')} by a curve"
        for name, each in given
        if not (isinstance(each, float) and each == 0.0)
    ]
    return f"{type(model).__name__}: {', '.join(told)}"
