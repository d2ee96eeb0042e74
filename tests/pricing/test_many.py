"""Many markets at once give what each gives alone, whatever the boundary, and what cannot be put side by side is priced alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.errors import PricingError
from tests.pricing.figures import afv, afv_bare, model, ten_model, ten_years


def markets(base: cn.Lognormal, count: int) -> list[cn.Lognormal]:
    """Markets drawn around a base."""
    draw = np.random.default_rng(7).uniform
    return [
        replace(
            base,
            spot=float(draw(40, 140)),
            volatility=float(draw(0.2, 0.6)),
            rate=float(draw(0.01, 0.08)),
            hazard_rate=float(draw(0.0, 0.08)),
            recovery=float(draw(0.0, 0.5)),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("note", "base"),
    [
        (ten_years(), ten_model()),
        (ten_years(), ten_model(as_of="2008-03-01", day_count="act/365f")),
        (afv(), model()),
        (afv_bare(), model()),
        (afv(), model(dividend_yield=0.04)),
        (afv_bare(), model(dividend_yield=0.04)),
        (replace(afv(), conversion=replace(afv().conversion, accrued="paid")), model()),
        (afv(), model(default_jump=0.5)),
    ],
    ids=["first", "callable now", "call and put", "neither", "yield", "yield, neither", "accrued paid", "half a jump"],
)
def test_side_by_side_as_alone(note: cn.ConvertibleNote, base: cn.Lognormal) -> None:
    models = markets(base, 12)
    found = cn.price_many(note, models)
    for place, market in enumerate(models):
        value = cn.price(note, market)
        assert found.price[place] == pytest.approx(value.price, rel=5e-5)
        assert found.delta[place] == pytest.approx(value.delta, abs=2e-4)
        assert found.gamma[place] == pytest.approx(value.gamma, abs=1e-5)


def test_models_of_all_kinds_keep_their_places() -> None:
    models: list[Any] = [*markets(model(), 9), model(as_of="2004-01-01"), model(hazard_rate=0.02, hazard_exponent=-1.0)]
    models.insert(3, replace(model(), rate=cn.Curve(["2003-01-01", "2005-01-01"], [0.04, 0.06])))
    found = cn.price_many(afv(), models)
    assert found.price == pytest.approx([cn.price(afv(), each).price for each in models], rel=5e-5)


@pytest.mark.parametrize("models", [3, "models", {"a": model()}])
def test_models_are_a_list(models: Any) -> None:
    with pytest.raises(PricingError, match=r"price_many.models: got .*; expected a list of models"):
        cn.price_many(afv(), models)


def test_what_a_price_refuses_is_refused_for_many() -> None:
    with pytest.raises(PricingError, match=r"a day before maturity"):
        cn.price_many(afv(), [model(as_of="2008-01-01")] * 9)
    with pytest.raises(PricingError, match=r"price.model: got 3"):
        cn.price_many(afv(), [3])  # type: ignore[list-item]
    assert cn.price_many(afv(), []).price.shape == (0,)
