"""Laws of a withdrawal (WDR-1), of additional shares on a call (MWT-1) and of accretion (ACC-2), over drawn notes and markets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.provisions import Accretion, MakeWholeChange, Withdrawal
from tests.pricing.figures import bumped
from tests.pricing.test_laws import markets, notes

#: what the default grid may be off, as a fraction of the value (see `cn.price`)
SLACK = {"withdrawal": 5e-4, "table": 5e-4, "accretion": 5e-4}
#: steps a year that `cn.price` takes by default where V is read from the grid of today
STEPS = {"withdrawal": 16, "table": 16, "accretion": 8}
TERMS = pytest.mark.parametrize("terms", sorted(SLACK))
#: the law over a few notes, and over many
EXAMPLES = pytest.mark.parametrize("examples", [4, pytest.param(60, marks=pytest.mark.slow)], ids=["few", "many"])


@st.composite
def drawn(draw: st.DrawFn, terms: str) -> cn.ConvertibleNote:
    """A drawn note with one of the terms."""
    note = draw(notes())
    assert note.conversion is not None
    last = note.maturity_date
    if terms == "withdrawal":
        notice = draw(st.sampled_from([0, 15, 30]))
        right = Withdrawal(
            trigger=int(note.conversion.price) * draw(st.integers(90, 180)) // 100,
            days=1,
            period=1,
            notice_within=0,
            before=date(2003 + draw(st.integers(2, 8)), 1, 1),
            notice_at_least=notice,
            notice_at_most=notice,
            last_conversion=f"{min(notice, draw(st.integers(0, 2)))} calendar days before",
            make_whole_amount=draw(st.integers(0, 20)),
            make_whole_to=draw(st.sampled_from(["outstanding", "converted", "both"])),
        )
        return replace(note, withdrawal=right)
    if terms == "table":
        assume(note.redemption is not None)
        ratio, price = 100 / float(note.conversion.price), int(note.conversion.price)
        low, mid = draw(st.integers(5, 25)) * ratio / 100, draw(st.integers(0, 5)) * ratio / 100
        table = MakeWholeChange(
            prices=[price * 8 // 10, price, 2 * price],
            dates=[date(2003, 1, 1), last],
            shares=[[f"{low:.4f}", f"{mid:.4f}", "0"], [f"{low:.4f}", "0", "0"]],
            on_call=True,
        )
        return replace(note, make_whole_change=table)
    growth = draw(st.integers(1, 6)) / 100
    accretion = Accretion(
        issue_price=f"{100 / (1 + growth) ** (last.year - 2003):.2f}",
        yield_=growth,
        frequency=1,
        day_count="30/360",
    )
    interest = replace(note.interest, rate=0, frequency=0)
    conversion = replace(note.conversion, accrued="record-date")
    return replace(note, interest=interest, conversion=conversion, accretion=accretion)


def without(note: cn.ConvertibleNote, terms: str) -> cn.ConvertibleNote:
    return replace(note, **{{"withdrawal": "withdrawal", "table": "make_whole_change", "accretion": "put"}[terms]: None})


def over(examples: int, *strategies: Any) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """A law over a number of examples."""
    few = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    return lambda law: few(given(*strategies)(law))


@TERMS
@EXAMPLES
def test_a_value_is_that_of_a_finer_grid_and_no_less_than_conversion(terms: str, examples: int) -> None:
    @over(examples, drawn(terms), markets(default_jump=1.0))
    def law(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
        assume(market.as_of < note.maturity_date)
        value = cn.price(note, market)
        figures = (value.price, value.delta, value.gamma, value.theta, value.vega, value.rho, value.cs01, value.expected_life)
        assert np.isfinite(figures).all()
        assert sum(value.probabilities.values()) == pytest.approx(1.0)
        assert all(-1e-3 <= chance <= 1.001 for chance in value.probabilities.values())
        assert 0.0 <= value.expected_life <= 1.001 * (note.maturity_date - market.as_of).days / 365
        assert value.price >= value.conversion_value - SLACK[terms] * value.price
        assert value.price == pytest.approx(cn.price(note, market, options={"nodes": 1025, "steps": 16}).price, rel=SLACK[terms])

    law()


@TERMS
@EXAMPLES
def test_a_further_right_of_the_company_never_raises_and_of_the_holders_never_lowers(terms: str, examples: int) -> None:
    @over(examples, drawn(terms), markets(default_jump=1.0))
    def law(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
        assume(market.as_of < note.maturity_date)
        value, plain = (cn.price(each, market).price for each in (note, without(note, terms)))
        slack = 2 * SLACK[terms] * value
        assert value <= plain + slack if terms == "withdrawal" else value >= plain - slack
        assert value <= cn.price(replace(note, redemption=None, make_whole_change=None), market).price + slack or terms == "table"
        assert value >= cn.price(replace(note, put=None), market).price - slack

    law()


@TERMS
@EXAMPLES
def test_more_recovery_never_lowers_and_more_hazard_lowers_a_bond(terms: str, examples: int) -> None:
    @over(examples, drawn(terms), markets(default_jump=1.0), st.integers(5, 40))
    def law(note: cn.ConvertibleNote, market: cn.Lognormal, points: int) -> None:
        assume(market.as_of < note.maturity_date)
        value, more = (cn.price(note, replace(market, recovery=market.recovery + by)).price for by in (0.0, points / 100))
        assert more >= value - 2 * SLACK[terms] * value
        bare = replace(note, conversion=None, redemption=None, withdrawal=None, make_whole_change=None)
        low, high = (
            cn.price(bare, replace(market, hazard_rate=market.hazard_rate + by, recovery=0.0)).price
            for by in (0.0, points / 1000)
        )
        assert high < low

    law()


@pytest.mark.parametrize("terms", ["accretion", "table"])  # those of a withdrawal are bumps
@EXAMPLES
def test_a_sensitivity_is_a_bump_of_the_same_grid(terms: str, examples: int) -> None:
    """On a fine grid: beside a put the bump, not the sensitivity, depends on where the nodes lie."""

    @over(examples, drawn(terms), markets(default_jump=1.0), st.sampled_from(["volatility", "rate", "hazard_rate", "recovery"]))
    def law(note: cn.ConvertibleNote, market: cn.Lognormal, name: str) -> None:
        assume(market.as_of < note.maturity_date)
        market = replace(market, recovery=max(market.recovery, 0.1), hazard_rate=max(market.hazard_rate, 0.01))
        value = cn.price(note, market, options={"nodes": 1025, "steps": 8})
        units = {"volatility": value.vega, "rate": value.rho, "hazard_rate": 1e4 * value.cs01, "recovery": 100 * value.recovery01}
        assert units[name] == pytest.approx(bumped(value, name, 2e-4), rel=5e-3, abs=5e-3 * value.price)

    law()


def is_worth_more_at_a_higher_share(note: cn.ConvertibleNote) -> bool:
    """Whether the shares of a called Note are: elsewhere its bound bends where they fall below the call price, too."""
    table = note.make_whole_change
    if table is None:
        return True
    share = np.linspace(float(table.prices[0]), float(table.prices[-1]), 200)
    ratio = 100 / float(note.conversion.price)
    more = np.interp(share, [float(each) for each in table.prices], [float(each) for each in table.shares[0]])
    return bool((np.diff((ratio + more) * share) >= 0).all())


@TERMS
@EXAMPLES
def test_gamma_settles_when_the_grid_doubles(terms: str, examples: int) -> None:
    """Within 1% of itself, but beside a corner of V, where it has no limit."""

    @over(examples, drawn(terms), markets(default_jump=1.0))
    def law(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
        assume(market.as_of < note.maturity_date and is_worth_more_at_a_higher_share(note))
        value, fine = (cn.price(note, market, options={"nodes": 1024 * by + 1, "steps": by * STEPS[terms]}) for by in (1, 2))
        scale = max(abs(fine.gamma), 0.02 * fine.shares / fine.spot)
        near = fine.solved.read(fine.spot * np.array([0.97, 1.03]))
        gammas = (near.v_xx - near.v_x) / (fine.spot * np.array([0.97, 1.03])) ** 2
        assume((np.abs(gammas - fine.gamma) < 0.5 * scale).all())
        assert value.gamma == pytest.approx(fine.gamma, abs=0.01 * scale)

    law()
