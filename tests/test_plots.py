"""Pictures show the figures of the rules, with labels and units, and leave no trace but the figure."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

import convnote as cn
from convnote import plots

mpl.use("Agg")
from matplotlib import dates as mdates
from matplotlib import pyplot as plt

from tests.notes_made_whole import green_plains

NOTE = cn.load("amazon-peacs-2010")
MODEL = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.55, rate=0.05, hazard_rate=0.03, recovery=0.3, change_rate=0.02)
OUTCOMES = cn.simulate(NOTE, MODEL, paths=2_000, seed=7)
STRAIGHT = dataclasses.replace(NOTE, conversion=None, reset=None, withdrawal=None, adjustment=None)
LATER = cn.Lognormal(as_of="2002-03-01", spot=30.0, volatility=0.45, rate=0.04, hazard_rate=0.04, recovery=0.3)
VALUE = cn.price(NOTE, LATER, state=cn.replay(NOTE, cn.scenario("as-it-was"), until="2002-03-01").state, ignore=["WDR"])

PICTURES: dict[str, Callable[..., Any]] = {
    "timeline": lambda **given: plots.timeline(NOTE, **given),
    "payoff": lambda **given: plots.payoff(NOTE, **given),
    "make_whole_surface": lambda **given: plots.make_whole_surface(green_plains(), **given),
    "parity_history": lambda **given: plots.parity_history(NOTE, cn.scenario("as-it-was"), **given),
    "trigger_window": lambda **given: plots.trigger_window(NOTE, cn.scenario("hover"), **given),
    "outcome_fan": lambda **given: plots.outcome_fan(OUTCOMES, **given),
    "price_profile": lambda **given: plots.price_profile(VALUE, **given),
    "greeks": lambda **given: plots.greeks(VALUE, **given),
    "critical_prices": lambda **given: plots.critical_prices(VALUE, **given),
    "decomposition": lambda **given: plots.decomposition(VALUE, **given),
    "endings_by_year": lambda **given: plots.endings_by_year(OUTCOMES, **given),
}


@pytest.fixture(autouse=True)
def _no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def words(ax: Any) -> str:
    """All that is written in the figure of an Axes."""
    return "\n".join(text.get_text() for text in ax.figure.findobj(mpl.text.Text))


def line(ax: Any, label: str) -> tuple[np.ndarray, np.ndarray]:
    found = [each for each in ax.get_lines() if each.get_label().startswith(label)]
    assert len(found) == 1, [each.get_label() for each in ax.get_lines()]
    return found[0].get_xdata(), found[0].get_ydata()


# --- every picture ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_600_pixels_wide_and_nothing_is_cut_off(name: str) -> None:
    ax = PICTURES[name]()
    figure = ax.figure
    figure.canvas.draw()
    assert figure.bbox.width == 600
    outside = figure.get_tightbbox()
    assert outside.x0 >= -0.01 and outside.y0 >= -0.01
    assert outside.x1 <= figure.get_figwidth() + 0.01 and outside.y1 <= figure.get_figheight() + 0.01


@pytest.mark.parametrize("name", PICTURES)
def test_letters_are_large_enough_at_that_width(name: str) -> None:
    ax = PICTURES[name]()
    ax.figure.canvas.draw()
    sizes = [text.get_fontsize() for text in ax.figure.findobj(mpl.text.Text) if text.get_text() and text.get_visible()]
    assert min(sizes) * ax.figure.dpi / 72 >= 11  # pixels


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_where_it_is_asked_for_and_leaves_no_trace(name: str) -> None:
    before = dict(mpl.rcParams)
    _, ax = plt.subplots()
    other = plt.figure()
    known = plt.get_fignums()
    assert PICTURES[name](ax=ax) is ax
    assert plt.get_fignums() == known and plt.gcf() is other and dict(mpl.rcParams) == before
    assert PICTURES[name]().figure.number not in known and len(plt.get_fignums()) == len(known) + 1


@pytest.mark.parametrize("name", PICTURES)
def test_axes_are_labelled(name: str) -> None:
    ax = PICTURES[name]()
    assert ax.get_xlabel() and ax.get_title(loc="left")
    unit = {"timeline": "", "make_whole_surface": "shares per 1,000", "endings_by_year": "(%)", "greeks": "%"}.get(name, "EUR")
    assert unit in ax.get_ylabel()


@pytest.mark.parametrize("name", PICTURES)
def test_what_differs_in_colour_differs_in_black_and_white(name: str) -> None:
    ax = PICTURES[name]()
    for each in ax.figure.axes:
        keyed = [drawn for drawn in each.get_lines() if not drawn.get_label().startswith("_")]
        styles = [(drawn.get_linestyle(), drawn.get_marker()) for drawn in keyed]
        assert len(set(styles)) == len(styles), styles
    bars = {(patch.get_facecolor(), patch.get_hatch()) for patch in ax.patches}
    assert len({hatch for _, hatch in bars}) == len(bars)


# --- the figures in them ----------------------------------------------------------------------------------------------


def test_timeline_has_the_days_of_the_note() -> None:
    ax = plots.timeline(NOTE)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    ends = {}
    for bar in ax.patches:
        row = labels[round(bar.get_y() + bar.get_height() / 2)].splitlines()[0]
        start, width = bar.get_x(), bar.get_width()
        ends.setdefault(row, []).append((mdates.num2date(start).date(), mdates.num2date(start + width).date()))
    assert ends == {
        "conversion": [(date(2000, 2, 16), date(2010, 2, 16))],
        "withdrawal of conversion": [(date(2000, 2, 16), date(2003, 2, 19))],
        "redemption (thin: notice)": [(date(2002, 12, 22), date(2003, 2, 20)), (date(2003, 2, 20), date(2010, 2, 16))],
        "repurchase on a change": [(date(2000, 2, 16), date(2010, 2, 16))],
    }
    assert [mdates.num2date(day).date().year for day in ax.get_lines()[0].get_xdata()] == list(range(2001, 2011))
    assert "WDR-1, WDR-2" in words(ax) and "a right of the Company" in words(ax)


@pytest.mark.parametrize("size", [(6.4, 4.8), (3.9, 4.2), (12, 4)])
def test_timeline_loses_no_name_on_axes_of_ones_own(size: tuple[float, float]) -> None:
    figure, places = plt.subplots(1, 2 if size[0] > 8 else 1, figsize=size, squeeze=False)
    ax = plots.timeline(NOTE, ax=places[0, 0])
    figure.canvas.draw()
    inside = ax.get_window_extent()
    for text in [*ax.get_yticklabels(), *ax.get_legend().get_texts()]:
        box = text.get_window_extent()
        assert text.get_text() and inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
    title = ax._left_title.get_window_extent()
    assert title.x1 <= inside.x1 + 8 and title.y1 <= figure.bbox.y1


def test_timeline_shows_a_put_and_leaves_out_what_the_note_has_not() -> None:
    page = words(plots.timeline(cn.load("afv-2003")))
    assert "PUT-1" in page and "RST-1" not in page and "WDR-1" not in page and "FCH-1" not in page


def test_timeline_shows_until_when_a_call_needs_closes_and_when_conversion_ends() -> None:
    ax = plots.timeline(cn.load("amazon-2009"))
    dotted = [bar for bar in ax.patches if bar.get_hatch() == "...."]
    assert [mdates.num2date(bar.get_x() + bar.get_width()).date() for bar in dotted] == [date(2002, 2, 6)]
    assert "RED-1, SFT-1" in words(ax) and "only after closes at a level" in words(ax)
    ax = plots.timeline(cn.load("toray-2019"))
    bars = [bar for bar in ax.patches if abs(bar.get_y() + bar.get_height() / 2 - 1) < 0.1]
    # in windows until it is free, and then until it ends
    assert [mdates.num2date(bar.get_x() + bar.get_width()).date() for bar in bars] == [date(2019, 5, 31), date(2019, 8, 16)]
    assert [bar.get_hatch() for bar in bars] == ["....", None] and "only in windows" in words(ax)
    page = words(plots.timeline(cn.load("gpre-2027")))
    assert "MWT-1" in page and "only after closes at a level" in page and "CCP-1" not in page
    assert "CCP-1" in words(plots.timeline(cn.load("qiagen-2031"))) and "MND-1" in words(
        plots.timeline(cn.load("mandatory-2022"))
    )


def test_payoff_of_a_note_whose_price_at_maturity_has_the_last_interest_in_it() -> None:
    label = plots.payoff(cn.load("everbright-2023")).get_lines()[0].get_label()
    assert label == "at maturity: 105.00 or the shares"


def test_make_whole_surface_against_the_printed_table() -> None:
    ax = plots.make_whole_surface(green_plains())
    prices, rates = line(ax, "2023-03-15")
    at = dict(zip(prices.tolist(), rates.tolist(), strict=True))
    assert (
        at[31.62] == pytest.approx(31.6206 + 7.2127)
        and at[23.0] == pytest.approx(43.4782)
        and at[350.0] == pytest.approx(31.6206)
    )
    assert np.interp(40, *line(ax, "2022-03-15")) == pytest.approx(31.6206 + 5.3005 + (3.9390 - 5.3005) * 2 / 6.27, abs=1e-3)
    assert len([each for each in ax.get_lines() if each.get_label().startswith("20")]) == 7
    assert "rate 31.6206" in words(ax) and "cap 43.4782" in words(ax)
    bare = dataclasses.replace(green_plains().make_whole_change, cap_rate=None, on_call=False)
    ax = plots.make_whole_surface(dataclasses.replace(green_plains(), make_whole_change=bare))
    assert "cap" not in words(ax) and "call" not in words(ax)


def test_payoff_against_figures_worked_out_by_hand() -> None:
    ax = plots.payoff(NOTE, closes=[0, 50, 104.947, 200])
    # 1,000 / 104.947 x 200 = 1,905.72; the last coupon 68.75; four days of accrued interest 0.7534; 206.25 + 1,000
    assert line(ax, "at maturity")[1] == pytest.approx([1068.75, 1068.75, 1068.75, 1974.4738], abs=1e-4)
    assert line(ax, "at a call for 2003-02-20")[1] == pytest.approx([1000.7534, 1000.7534, 1000.7534, 1905.7238], abs=1e-4)
    assert line(ax, "at a withdrawal")[1] == pytest.approx([1206.25, 1206.25, 1206.25, 1905.7238], abs=1e-4)
    lower = plots.payoff(NOTE, closes=[84.883, 169.766], conversion_price="84.883", straight=80)
    assert line(lower, "the shares alone")[1] == pytest.approx([1000, 2000])
    assert line(lower, "at a withdrawal")[1] == pytest.approx([1006.25, 2000])


def test_what_is_put_on_a_date_is_not_called_repurchased() -> None:
    # AFV's note has a put in year three and no fundamental change; at a low share it is put
    model = cn.Lognormal(as_of="2003-01-01", spot=60, volatility=0.2, rate=0.05)
    outcomes = cn.simulate(cn.load("afv-2003"), model, paths=500, seed=1)
    page = words(plots.endings_by_year(outcomes))
    assert "put, " in page and "repurchased" not in page
    assert outcomes.summary().events["put"] and not any(outcomes.summary().events["repurchased"].values())


def test_parity_history_against_published_closes() -> None:
    ax = plots.parity_history(NOTE, cn.scenario("as-it-was"))
    days, worth = line(ax, "conversion value")
    at = dict(zip(days.astype(str), worth, strict=True))
    # principal / price in force x USD close / USD per EUR: the reset lies between the second and the third
    assert at["2000-03-27"] == pytest.approx(1000 / 104.947 * 73.125 / 0.9712, rel=1e-6)
    assert at["2001-02-15"] == pytest.approx(1000 / 104.947 * 14.50 / 0.9090, rel=1e-6)
    assert at["2001-04-02"] == pytest.approx(1000 / 84.883 * 9.10 / 0.8772, rel=1e-6)
    assert at["2009-12-23"] == pytest.approx(1000 / 84.883 * 138.94 / 1.4276, rel=1e-6)
    assert "price 84.883" in words(ax)
    assert "bond floor" not in words(ax)  # no rate was given
    _, floor = line(plots.parity_history(NOTE, cn.scenario("as-it-was"), curve=0.08), "bond floor, at 8.00%")
    assert floor[0] < 1000 and len(floor) == len(worth) - 1  # nothing is left to discount on the last day


def test_parity_history_follows_a_split_and_ends_with_a_withdrawal() -> None:
    split = plots.parity_history(NOTE, cn.scenario("as-it-was"), events=[cn.Split("2000-06-01", 2, 1)])
    assert "price 52.4735" in words(split) and "price 42.4415" in words(split)
    rally = plots.parity_history(NOTE, cn.scenario("rally"))
    days, worth = line(rally, "conversion value")
    assert str(days[np.isfinite(worth)][-1]) == "2000-08-04"  # the Business Day before 2000-08-07
    assert "last conversion" in words(rally)


def test_trigger_window_counts_closes_above() -> None:
    ax = plots.trigger_window(NOTE, cn.scenario("hover"))
    under = ax.figure.axes[-1]
    days, counts = under.get_lines()[0].get_data()
    closes = dict(zip(cn.scenario("hover").dates.astype(str), cn.scenario("hover").closes, strict=True))
    assert str(days[0]) == "2000-02-16" and str(days[-1]) == "2003-02-19"
    for place in (0, 17, 300, 421, len(days) - 1):  # counted here by looking at the closes one by one
        last30 = days[max(0, place - 29) : place + 1].astype(str)
        assert counts[place] == sum(closes[day] > 167.915 for day in last30)
    assert counts.max() == 20 and str(days[counts.argmax()]) == "2001-10-19" and (counts == 20).sum() == 1
    assert "met first on 2001-10-19" in words(ax)
    assert "never 20 of 30: at most 19" in words(plots.trigger_window(NOTE, cn.scenario("hover", seed=2)))


def test_trigger_window_says_how_far_the_real_share_stayed_away() -> None:
    page = words(plots.trigger_window(NOTE, cn.scenario("as-it-was")))
    assert "highest 75.293, 2000-03-27" in page and "at most 0" in page and "trigger 167.915 (WDR-1)" in page


@pytest.mark.parametrize(
    ("name", "right", "rule", "multiple"),
    [
        ("gpre-2027", "redemption", "SFT-1", "1.40"),
        ("everbright-2023", "revision", "DWN-1", "0.80"),
        ("everbright-2023", "conditional_put", "CPT-1", "0.70"),
        ("toray-2019", None, "CNT-1", "1.30"),
    ],
)
def test_trigger_window_of_other_rights_counts_the_closes_of_their_conditions(
    name: str, right: str | None, rule: str, multiple: str
) -> None:
    note, history = cn.load(name), cn.scenario(name)
    ax = plots.trigger_window(note, history, right=right)
    (_, closes), (days, level) = (each.get_data() for each in ax.get_lines()[:2])
    assert str(ax.get_lines()[1].get_label()).endswith(f"({rule})")
    under = ax.figure.axes[-1]
    counts = under.get_lines()[0].get_ydata()
    period = int(under.get_yticks().max())
    for place in (0, len(days) // 3, len(days) // 2, len(days) - 1):  # counted here, at the price in force on each day
        last = range(max(0, place - period + 1), place + 1)
        low = rule in ("DWN-1", "CPT-1")
        assert counts[place] == sum(closes[at] < level[at] if low else closes[at] >= level[at] for at in last)
        price = cn.replay(note, history, until=str(days[place])).state.conversion_price
        assert level[place] == pytest.approx(float(multiple) * float(price), rel=1e-12)
    assert 0 < counts.max() <= period and "met first on" in words(ax)


def test_trigger_window_bars_only_the_quarter_ends_that_open_conversion() -> None:
    note, history = cn.load("rcl-2021"), cn.scenario("rcl-2021")
    opened = cn.replay(note, history, events=[]).of_kind("conversion-opens")
    assert f"met first on {opened[0].date - timedelta(days=1)}" in words(plots.trigger_window(note, history))


def test_trigger_moves_with_a_split() -> None:
    ax = plots.trigger_window(NOTE, cn.scenario("hover"), events=[cn.Split("2000-06-01", 2, 1)], last="2000-12-29")
    days, trigger = line(ax, "trigger")
    after = days >= np.datetime64("2000-06-01")
    assert set(trigger[~after]) == {167.915} and set(trigger[after]) == {83.9575}
    assert str(days[-1]) == "2000-12-29"


def test_endings_are_those_of_the_paths_year_by_year() -> None:
    ax = plots.endings_by_year(OUTCOMES)
    years, statuses = OUTCOMES.end_date.astype("datetime64[Y]").astype(int) + 1970, OUTCOMES.status
    bars = {container.get_label().split(",")[0]: container for container in ax.containers}
    assert set(bars) == set(statuses) and len(bars) == 5
    for status, container in bars.items():
        for bar in container:
            year = round(bar.get_x() + bar.get_width() / 2)
            assert bar.get_height() == pytest.approx(100 * np.mean((years == year) & (statuses == status)), abs=1e-9)
    assert len({each.patches[0].get_hatch() for each in ax.containers}) == 5
    summed = cn.simulate(NOTE, MODEL, paths=2_000, seed=7, keep="summary")
    for source in (summed, summed.summary()):
        again = plots.endings_by_year(source)
        assert [bar.get_height() for bar in again.patches] == [bar.get_height() for bar in ax.patches]


def test_fan_has_the_quantiles_of_the_paths_that_ended_in_a_year() -> None:
    ax = plots.outcome_fan(OUTCOMES)
    years = OUTCOMES.end_date.astype("datetime64[Y]").astype(int) + 1970
    medians = dict(zip(*ax.get_lines()[0].get_data(), strict=True))
    assert set(medians) == set(range(2000, 2011)) | {2011.4}
    for year, median in medians.items():
        chosen = OUTCOMES.present_value[years == year] if year <= 2010 else OUTCOMES.present_value
        assert median == sorted(chosen)[len(chosen) // 2] or median == pytest.approx(np.median(chosen))
    assert f"mean of all, {OUTCOMES.summary().present_value:,.2f} (control variates)" in words(ax) and "EUR on 1,000" in words(ax)
    few = cn.simulate(NOTE, MODEL, paths=100, seed=7)
    assert len(plots.outcome_fan(few).get_lines()[0].get_xdata()) < len(medians)  # too few paths for quantiles


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "rule"),
    [
        (lambda: plots.payoff(STRAIGHT), "CNV-1"),
        (lambda: plots.make_whole_surface(NOTE), "MWT-1"),
        (lambda: plots.parity_history(STRAIGHT, cn.scenario("as-it-was")), "CNV-1"),
        (lambda: plots.trigger_window(STRAIGHT, cn.scenario("as-it-was")), "WDR-1"),
        (lambda: plots.trigger_window(NOTE, cn.scenario("as-it-was"), right="redemption"), "SFT-1"),
        (lambda: plots.trigger_window(NOTE, cn.scenario("as-it-was"), right="calls"), None),
        (lambda: plots.trigger_window(NOTE, cn.scenario("hover"), first="2003-03-03"), "WDR-1"),
        (lambda: plots.outcome_fan(cn.simulate(NOTE, MODEL, paths=10, keep="summary")), None),
    ],
)
def test_what_the_note_has_not_is_refused_with_its_rule(draw: Callable[[], Any], rule: str | None) -> None:
    known = plt.get_fignums()
    with pytest.raises(cn.ConvnoteError) as caught:
        draw()
    assert caught.value.rule == rule and plt.get_fignums() == known


def test_pictures_are_found_where_people_look_and_loaded_when_used() -> None:
    loaded = "print('matplotlib' in sys.modules)"
    program = f"import convnote as cn, sys; assert 'plots' in dir(cn); {loaded}; cn.plots; {loaded}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
    with pytest.raises(AttributeError, match="no attribute 'plot'"):
        _ = cn.plot


# --- a valuation ------------------------------------------------------------------------------------------------------


def test_the_profile_is_the_value_at_each_share_price() -> None:
    ax = plots.price_profile(VALUE, spots=[20.0, 30.0, 90.0])
    _, values = line(ax, "value")
    assert values.tolist() == pytest.approx([VALUE.at_spot(spot).price for spot in (20.0, 30.0, 90.0)])
    _, shares = line(ax, "conversion value")
    assert shares[1] == pytest.approx(30.0 * 1000 / 84.883)
    assert line(ax, "bond floor")[1][0] == pytest.approx(VALUE.bond_floor)


def test_greeks_are_in_the_units_of_the_legend() -> None:
    ax = plots.greeks(VALUE, spots=[20.0, 30.0, 90.0])
    assert line(ax, "delta")[1][1] == pytest.approx(100 * VALUE.parity_delta)
    assert line(ax, "vega")[1][1] == pytest.approx(VALUE.vega / 10)


def test_critical_prices_are_those_of_the_valuation() -> None:
    ax = plots.critical_prices(VALUE)
    days, calls = line(ax, "the Company calls above")
    assert (np.diff(days) == np.timedelta64(1, "D")).all()
    assert calls == pytest.approx(VALUE.critical_price(days).call, nan_ok=True)
    straight = cn.price(STRAIGHT, LATER)
    with pytest.raises(cn.TermsError, match=r"no right is used|does not convert"):
        plots.greeks(straight)


def test_the_parts_add_up_to_the_value() -> None:
    ax = plots.decomposition(VALUE, spots=[20.0, 30.0, 90.0])
    parts = [line(ax, name)[1] for name in ("bond floor", "right to convert", "the Company's call")]
    assert sum(parts) == pytest.approx(line(ax, "value")[1])
    assert (parts[2] <= 1e-9).all()


def test_share_prices_of_a_picture_ascend() -> None:
    with pytest.raises(cn.TermsError, match=r"spots: got .*ascending"):
        plots.price_profile(VALUE, spots=[30.0, 20.0])
