"""Scenarios: dated closes as written, every trading day in between, the same on every machine."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from convnote.calendars import calendar, day_number, to_date
from convnote.errors import MarketError
from convnote.market import MarketHistory, available_scenarios, scenario

TRIGGER = Fraction("167.915")

#: USD close and USD per EUR of each dated day
PUBLISHED = """
2000-02-16 70.6875 .9804 · 2000-03-27 73.125 .9712 · 2000-06-30 36.3125 .9556 · 2000-09-29 38.4375 .8765
2000-12-29 15.5625 .9305 · 2001-01-19 19.9375 .9400 · 2001-02-15 14.50 .9090 · 2001-04-02 9.10 .8772
2001-06-29 14.15 .8480 · 2001-09-28 5.97 .9131 · 2001-12-31 10.82 .8813 · 2002-01-18 10.16 .8810
2002-02-15 13.41 .8705 · 2002-06-28 16.25 .9975 · 2002-12-31 18.89 1.0487 · 2003-06-30 36.32 1.1427
2003-12-31 52.62 1.2630 · 2004-06-30 54.40 1.2155 · 2004-12-31 44.29 1.3621 · 2005-06-30 33.09 1.2092
2005-12-30 47.15 1.1797 · 2006-06-30 38.68 1.2713 · 2006-12-29 39.46 1.3170 · 2007-06-29 68.41 1.3505
2007-12-31 92.64 1.4721 · 2008-06-30 73.33 1.5764 · 2008-11-20 35.03 1.2542 · 2008-12-31 51.28 1.3917
2009-06-30 83.66 1.4134 · 2009-11-06 126.20 1.4862 · 2009-12-23 138.94 1.4276 · 2009-12-31 134.52 1.4406
2010-02-16 117.53 1.3649
"""

TWO_CLOSES = """
name = "two"
description = "two dated closes"
[[closes]]
date = 2000-02-16
close = 100
[[closes]]
date = 2000-02-23
close = 150.125
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def of_30(history: MarketHistory) -> dict[str, int]:
    """For each close from the issue to the last day of a withdrawal: how many of the last 30 exceeded the trigger."""
    life = history.between("2000-02-16", "2003-02-19")
    above = [close > TRIGGER for close in life.exact_closes]
    return {str(day): sum(above[max(0, end - 29) : end + 1]) for end, day in enumerate(life.dates)}


# --- the bundled ones ------------------------------------------------------------------------------------------------


def test_the_bundled_scenarios_cover_every_session_of_the_note() -> None:
    assert available_scenarios("amazon-peacs-2010") == ["as-it-was", "collapse", "hover", "rally"]
    sessions = calendar("NASDAQ").between(day_number("2000-02-11"), day_number("2010-02-16"))
    for name in available_scenarios("amazon-peacs-2010"):
        history = scenario(name)
        assert history.days.tolist() == list(sessions)
        assert history.source.startswith(f"scenario {name}: ") and "interpolated" in history.source


@pytest.mark.parametrize("entry", PUBLISHED.replace("·", "\n").strip().splitlines())
def test_as_it_was_has_the_published_closes(entry: str) -> None:
    day, close, rate = entry.split()
    assert scenario("as-it-was").exact_close(day_number(day)) == Fraction(close) / Fraction(rate)


def test_as_it_was_never_exceeds_its_highest_close_of_march_2000_before_a_withdrawal_could_end() -> None:
    history = scenario("as-it-was").between("2000-02-16", "2003-02-19")
    assert max(history.exact_closes) == Fraction("73.125") / Fraction("0.9712")
    assert max(of_30(history).values()) == 0


def test_rally_meets_the_trigger_in_2000_and_stays_above() -> None:
    counts = of_30(scenario("rally"))
    assert max(count for day, count in counts.items() if day < "2001") == 30
    later = scenario("rally").between("2001-01-02", "2010-02-16")
    assert min(later.exact_closes) > TRIGGER


def test_collapse_lies_below_the_floor_of_the_reset_before_both_resets() -> None:
    history, nasdaq = scenario("collapse"), calendar("NASDAQ")
    for reset in ("2001-02-16", "2002-02-16"):
        assert max(history.window(day_number(reset) - 1, 20, nasdaq)) < Fraction("84.883")
    assert max(history.between("2001-02-16", "2010-02-16").exact_closes) < 10


def test_hover_meets_20_of_30_on_a_single_day_and_with_another_seed_just_misses_it() -> None:
    counts = of_30(scenario("hover"))
    assert max(counts.values()) == 20 and [day for day, count in counts.items() if count == 20] == ["2001-10-19"]
    assert max(of_30(scenario("hover", seed=2)).values()) == 19
    closes = scenario("hover").between("2000-08-15", "2003-01-28").exact_closes
    crossings = sum((left > TRIGGER) != (right > TRIGGER) for left, right in zip(closes, closes[1:], strict=False))
    assert crossings >= 59  # 60 dated closes lie on either side in turn


# --- in between ------------------------------------------------------------------------------------------------------


def test_the_logarithm_moves_by_the_same_amount_on_every_trading_day(tmp_path: Path) -> None:
    # 2000-02-21 is a holiday: four steps from the 16th to the 23rd, so each multiplies by 1.50125 ** (1/4)
    history = scenario(write(tmp_path, TWO_CLOSES))
    assert [str(day) for day in history.dates] == ["2000-02-16", "2000-02-17", "2000-02-18", "2000-02-22", "2000-02-23"]
    assert history.exact_closes[0] == 100 and history.exact_closes[-1] == Fraction("150.125")
    middle = [f"{100 * 1.50125 ** (step / 4):.2f}" for step in (1, 2, 3)]
    assert history.exact_closes[1:4] == [Fraction(close) for close in middle]


def test_close_and_rate_move_each_by_itself_on_its_own_grid(tmp_path: Path) -> None:
    text = TWO_CLOSES.replace("close = 100\n", "close_usd = 64\nusd_per_eur = 0.9\n")
    text = text.replace("close = 150.125", "close_usd = 100\nusd_per_eur = 1.2")
    history = scenario(write(tmp_path, text))
    assert history.exact_closes[2] == Fraction(80) / Fraction(f"{math.sqrt(1.08):.4f}")


def test_the_quote_grid_is_a_setting_and_dated_closes_stay_as_written(tmp_path: Path) -> None:
    history = scenario(write(tmp_path, "quote = 0.5\n" + TWO_CLOSES))
    # 100 x 1.50125 ** (1/4, 2/4, 3/4) = 110.692, 122.525, 135.624
    assert history.exact_closes == [100, Fraction(221, 2), Fraction(245, 2), Fraction(271, 2), Fraction("150.125")]


def test_a_run_may_be_cut(tmp_path: Path) -> None:
    history = scenario(write(tmp_path, "first_day = 2000-02-17\nlast_day = 2000-02-21\n" + TWO_CLOSES))
    assert [str(day) for day in history.dates] == ["2000-02-17", "2000-02-18"]


def test_noise_is_a_bridge_of_the_stated_bits(tmp_path: Path) -> None:
    # the same noise by another road: NumPy arrays, and the normal quantile of SciPy
    closes = [("2000-02-16", 72.10), ("2001-02-16", 31.25), ("2002-02-15", 55.5)]
    rows = "".join(f"[[closes]]\ndate = {day}\nclose = {close}\n" for day, close in closes)
    text = 'name = "bridge"\ndescription = "noise"\n[noise]\nvolatility = 0.4\nseed = 11\n' + rows
    history = scenario(write(tmp_path, text))
    places = [int(np.flatnonzero(history.dates == np.datetime64(day))[0]) for day, _ in closes]
    bits = np.random.PCG64(np.random.SeedSequence(11)).random_raw(len(history))
    moves = 0.4 / math.sqrt(252) * ndtri(((bits >> np.uint64(11)).astype(float) + 0.5) / 2**53)
    for start, end, (_, first), (_, last) in zip(places, places[1:], closes, closes[1:], strict=False):
        walk = np.concatenate([[0.0], np.cumsum(moves[start + 1 : end + 1])])
        share = np.arange(end - start + 1) / (end - start)
        price = np.exp(np.log(first) + share * np.log(last / first) + walk - share * walk[-1])
        assert np.array_equal(np.round(price, 2)[1:-1], history.closes[start + 1 : end])
        assert history.closes[start] == first and history.closes[end] == last


def test_noise_has_the_stated_volatility_and_returns_to_dated_closes() -> None:
    calm, wild = scenario("collapse"), scenario("collapse", volatility=0.4, seed=5)
    assert wild.exact_close(day_number("2001-09-28")) == calm.exact_close(day_number("2001-09-28")) == Fraction("1.40")
    year = slice(3, 97)  # before the price is so low that its grid is coarse
    moves = np.diff(np.log(wild.closes[year])) - np.diff(np.log(calm.closes[year]))
    assert abs(moves.std() * math.sqrt(252) - 0.4) < 3 * 0.4 / math.sqrt(2 * 93)


def test_a_seed_gives_the_same_closes_and_another_seed_others() -> None:
    assert scenario("hover").exact_closes == scenario("hover", seed=22).exact_closes
    assert scenario("hover").exact_closes != scenario("hover", seed=23).exact_closes


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("name = ", "nmae = "), r"mine.toml: nmae: unknown key; allowed: name, .*\n.*mine.toml: name: a text is required"),
        (('"two"', "2"), "name: got 2; a text is required"),
        (("2000-02-16", '"2000-02-16"'), r"closes\[1\].date: got '2000-02-16'; a date is written YYYY-MM-DD, without quotes"),
        (("2000-02-16", "2000-02-16T12:00:00"), r"closes\[1\].date: .*without a time of day"),
        (("2000-02-16", "2000-02-19"), r"closes\[1\].date: got 2000-02-19; no trading day of NASDAQ; "
         r"the nearest are 2000-02-18 and 2000-02-22"),
        (("2000-02-16", "1900-02-16"), r"closes\[1\].date: got 1900-02-16; expected a date from 1970 to 2099"),
        (("2000-02-16", "2000-02-24"), r"closes\[2\].date: got 2000-02-23; dates must ascend, and 2000-02-24"),
        (("2000-02-16", "2000-02-23"), r"closes\[2\].date: got 2000-02-23; dates must ascend"),
        (("date = 2000-02-16", ""), r"closes\[1\].date: a date is required"),
        (("close = 100", "close = -1.5"), r"closes\[1\].close: got -1.5; must be above 0"),
        (("close = 100", "close = 0"), r"closes\[1\].close: got 0; must be above 0"),
        (("close = 100", "close = nan"), r"closes\[1\].close: got NaN; expected a finite number"),
        (("close = 100", "close = inf"), r"closes\[1\].close: got Infinity; expected a finite number"),
        (("close = 100", "close = true"), r"closes\[1\].close: got True; a number is required"),
        (("close = 100", 'close = "100"'), r"closes\[1\].close: got '100'; a number is required"),
        (("close = 100", ""), r"closes\[1\].close: a number is required"),
        (("close = 100", "price = 100"), r"closes\[1\].price: unknown key; allowed: date, close"),
        (("close = 100", "close_usd = 100"), r"closes: either all in one currency"),
        (("close = 100", "close = 100\nusd_per_eur = 1"), r"closes: either all in one currency"),
        (('name = "two"', 'name = "two"\ncalendar = "NASDQ"'), "mine.toml: calendar: got 'NASDQ'; allowed: FED, TARGET"),
        (('name = "two"', 'name = "two"\nquote = 0'), "mine.toml: quote: got 0; must be above 0"),
        (('name = "two"', 'name = "two"\nfirst_day = 2000-02-15'), "first_day: got 2000-02-15; the dated closes reach from"),
        (('name = "two"', 'name = "two"\nfirst_day = 2000-02-22\nlast_day = 2000-02-18'), "last_day: got 2000-02-18"),
        (('name = "two"', 'name = "two"\nnoise = 3'), "noise: got 3; expected a table"),
        (("[[closes]]", "[noise]\nvolatility = -1\nseed = 1\n[[closes]]"), "noise.volatility: got -1; must not be negative"),
        (("[[closes]]", "[noise]\nvolatility = 0.2\n[[closes]]"), "noise.seed: a whole number, 0 or more, is required"),
        (("[[closes]]", "[noise]\nvolatility = 0.2\nseed = 1.5\n[[closes]]"), r"noise.seed: got 1.5; a whole number"),
        (("[[closes]]", "[noise]\nvolatility = 0.2\nseed = 1\nvol = 1\n[[closes]]"), "noise.vol: unknown key"),
        (("[[closes]]", "[[close]]"), r"close: unknown key.*\n.*closes: got 1 entries; at least two entries"),
        (("[[closes]]\ndate = 2000-02-23\nclose = 150.125\n", ""), "closes: got 1 entries; at least two"),
        (("[[closes]]", "[[closes"), "cannot be read: .*line 4"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_file_and_key(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert change[0] in TWO_CLOSES
    path = write(tmp_path, TWO_CLOSES.replace(*change, 1))
    with pytest.raises(MarketError, match=said):
        scenario(path)


def test_all_faults_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    text = TWO_CLOSES.replace("100", "-1").replace("2000-02-23", "2000-02-26").replace("name", "names")
    with pytest.raises(MarketError) as caught:
        scenario(write(tmp_path, text))
    assert [fault.split(": ")[1] for fault in caught.value.faults] == [
        "names", "name", "closes[1].close", "closes[2].date",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [1.5, -1, "7", True])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(MarketError, match=r"noise.seed: got .*a whole number"):
        scenario("hover", seed=seed)


def test_noise_asked_of_a_calm_scenario_needs_a_seed() -> None:
    with pytest.raises(MarketError, match=r"collapse.toml: noise.seed: a whole number, 0 or more, is required"):
        scenario("collapse", volatility=0.3)


def test_an_unknown_name_lists_the_bundled_ones(tmp_path: Path) -> None:
    with pytest.raises(MarketError, match=f"got 'raly'; bundled are {', '.join(available_scenarios())}"):
        scenario("raly")
    with pytest.raises(MarketError, match="cannot be read: No such file"):
        scenario(tmp_path / "none.toml")


def test_figures_written_as_whole_numbers_or_decimals_are_exact(tmp_path: Path) -> None:
    text = TWO_CLOSES.replace("150.125", "150.1250000001")
    history = scenario(write(tmp_path, text))
    assert history.exact_close(int(day_number("2000-02-23"))) == Fraction(Decimal("150.1250000001"))
    assert str(to_date(int(history.days[0]))) == "2000-02-16"
