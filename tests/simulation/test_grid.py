"""A grid of shocks: one table, common random numbers, bad axes refused."""

from __future__ import annotations

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import to_date

NOTE = cn.load("amazon-peacs-2010")
MODEL = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05, hazard_rate=0.03, recovery=0.4)
FEW = {"paths": 400, "seed": 5, "keep": "summary"}


def market(_: cn.ConvertibleNote, model: cn.Lognormal) -> dict[str, float]:
    """What the grid made of the model, read by its own methods."""
    year = [model.start + 365]
    return {
        "spot": model.spot,
        "rate": float(model.integrated_rate(year)[0]),
        "sigma": float(np.sqrt(model.variance(year)[0])),
    }


def test_every_combination_is_asked_once_the_last_axis_fastest():
    table = cn.grid(NOTE, MODEL, spot=[60, 80], volatility=[0.4, 0.5, 0.6], run=market)
    assert table.shape == (2, 3)
    assert table.array("spot").tolist() == [[60] * 3, [80] * 3]
    assert np.allclose(table.array("sigma"), [[0.4, 0.5, 0.6]] * 2, rtol=1e-12)
    assert table[1, 2]["sigma"] == pytest.approx(0.6, rel=1e-12)


def test_shifts_add_and_scales_multiply_curves_too():
    curve = cn.Curve(["2000-01-01", "2000-08-16"], [0.03, 0.05])
    model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=curve)
    # 182 days at 3% and 183 at 5%.
    year = (182 * 0.03 + 183 * 0.05) / 365
    table = cn.grid(NOTE, model, shift={"rate": [0, 0.01]}, scale={"volatility": [1, 1.2]}, run=market)
    assert np.allclose(table.array("rate"), [[year] * 2, [year + 0.01] * 2], rtol=1e-12)
    assert np.allclose(table.array("sigma"), [[0.5, 0.6]] * 2, rtol=1e-12)
    assert str(table).split("\n")[0].split() == "shift of rate scale of volatility spot rate sigma".split()


def test_the_same_random_numbers_at_every_point():
    table = cn.grid(NOTE, MODEL, spot=[72.1, 72.1], options=FEW)
    alone = cn.simulate(NOTE, MODEL, **FEW).summary()
    assert table.array("present_value").tolist() == [alone.present_value] * 2
    ends = next(iter(table.rows()))
    chances = sum(
        value for name, value in ends.items() if name not in ("spot", "present_value", "standard_error", "expected_life")
    )
    assert chances == pytest.approx(1, abs=1e-12)


def test_a_hazard_that_depends_on_the_share_stays_the_same_function_of_it():
    model = cn.Lognormal(as_of="2000-02-16", spot=80, volatility=0.5, rate=0.05, hazard_rate=0.03, hazard_exponent=-1)
    table = cn.grid(NOTE, model, spot=[40], run=lambda note, shocked: float(shocked.hazard_scale(np.array([40.0]))[0]))
    assert table.array("value").tolist() == [2.0]  # (40/80)^-1


def test_rate_of_exchange_is_an_axis_where_the_model_has_one():
    model = cn.CrossCurrency(
        as_of="2000-02-16", spot=70.6875, volatility=0.5, rate=0.05, foreign_rate=0.06,
        exchange_rate=0.9804, exchange_volatility=0.1, correlation=0.2,
    )  # fmt: skip
    table = cn.grid(NOTE, model, exchange_rate=[0.9, 1.1], run=lambda note, shocked: shocked.exchange_rate)
    assert table.array("value").tolist() == [0.9, 1.1]


def test_the_table_has_one_row_a_point_and_the_frame_is_indexed_by_the_axes():
    pytest.importorskip("pandas", reason="frames need pandas")
    frame = cn.grid(NOTE, MODEL, spot=[60, 80], rate=[0.03, 0.05], options=FEW).to_frame()
    assert list(frame.index.names) == ["spot", "rate"]
    assert len(frame) == 4
    assert (frame["present_value"] > 0).all()


@pytest.mark.parametrize(
    ("axes", "says"),
    [
        ({}, "at least one axis"),
        ({"spot": []}, "grid spot: expected at least one value"),
        ({"exchange_rate": [1.0]}, "grid exchange_rate: got .*no parameter of Lognormal"),
        ({"rate": [0.05], "shift": {"rate": [0.01]}}, "grid shift of rate: got .*one axis for a parameter"),
        ({"volatility": [-0.1]}, "volatility: got -0.1"),
    ],
)
def test_bad_axes_are_refused_with_field_and_value(axes, says):
    with pytest.raises(cn.ConvnoteError, match=says):
        cn.grid(NOTE, MODEL, run=market, **axes)


def test_an_answer_without_a_figure_is_refused():
    with pytest.raises(cn.TermsError, match="grid run"):
        cn.grid(NOTE, MODEL, spot=[60], run=lambda note, model: to_date(0)).array("value")


def test_a_grid_keeps_sums_unless_paths_are_asked_for():
    note = cn.load("amazon-peacs-2010")
    model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.53, rate=0.051)
    sums, paths = (cn.grid(note, model, spot=[71], options={"paths": 5, **keep}) for keep in ({}, {"keep": "paths"}))
    with pytest.raises(cn.TermsError):
        sums[0].present_value  # noqa: B018
    assert len(paths[0].present_value) == 5
    assert sums.array("present_value") == pytest.approx(paths.array("present_value"), rel=1e-12)


@pytest.mark.parametrize("options", ["x", {"a": 1}, 3, [1]])
def test_options_that_the_question_does_not_take_are_refused(options):
    model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.53, rate=0.051)
    with pytest.raises(cn.TermsError, match="grid options"):
        cn.grid(cn.load("amazon-peacs-2010"), model, spot=[71], options=options)
