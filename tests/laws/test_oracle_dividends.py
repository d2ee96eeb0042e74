"""Protection against dividends agrees with its slow twin, over lives of splits, dividends and new shares."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

import convnote as cn
from convnote.provisions import Adjustment, Conversion
from tests.lifecycle.walk import course
from tests.made import made
from tests.oracles import dividends as oracle

KINDS = {"split": 0, "stock": 1, "cash": 2, "rights": 3}


def drawn(random, way):
    """Steps of a life as the oracle takes them, in LIF-5's order within a day, and as events in any order."""
    steps = []
    day = date(2000, 6, 1)
    for _ in range(random.randint(2, 7)):
        day += timedelta(days=random.choice((0, 0, 1, 30, 120)))
        kind = random.choice(("cash", "cash", "cash", "split", "stock", "rights" if way == "subtract" else "cash"))
        if kind == "split":
            figures = random.choice(((2, 1), (3, 2), (1, 2)))
        elif kind == "stock":
            figures = random.choice(((1, 250), (5, 100), (1, 90)))
        elif kind == "rights":
            figures = (random.choice((10, 40)), random.choice((40, 600)), 200)
        else:
            figures = (Fraction(random.randint(1, 90), 100), Fraction(random.choice((40, 50))), random.random() < 0.7)
        steps.append((day, kind, figures))
    steps.sort(key=lambda step: (step[0], KINDS[step[1]]))
    return steps


def as_event(step):
    on, kind, figures = step
    if kind == "split":
        return cn.Split(on, *figures)
    if kind == "stock":
        return cn.StockDividend(on, *figures)
    if kind == "rights":
        return cn.RightsIssue(on, *figures)
    return cn.CashDividend(on, figures[0], market_price=figures[1], regular=figures[2])


def answered(steps, adjustment, random):
    note = made("2000-02-16", "2010-02-16", rate="0.02", conversion=Conversion(price=40), adjustment=adjustment)
    events = [as_event(step) for step in steps]
    order = {kind: random.random() for kind in map(type, events)}  # those of one kind on one day act as they are listed
    events.sort(key=lambda event: order[type(event)])
    return cn.replay(note, course(50), events=events, until="2004-12-31").state.price


@pytest.mark.parametrize("one_percent", [False, True])
@pytest.mark.parametrize(("rule", "way"), [("div1", "both"), ("div2", "by year"), ("div2", "excess"), ("div3", "subtract")])
def test_div_a_life_agrees(rule, way, one_percent):
    random, moved = Random(f"{way}{one_percent}"), 0
    for _ in range(60):
        steps = drawn(random, way)
        terms = {"carry_below": Fraction(1, 100) if one_percent else 0}
        asked = {"way": "excess" if way == "by year" else way, "one_percent": one_percent}
        if way == "by year":
            limits = {year: Fraction(random.choice((0, 30, 60, 110)), 100) for year in range(2000, 2011)}
            terms["dividend_thresholds"] = asked["by_year"] = limits
        elif way == "subtract":
            asked["may_rise"] = random.random() < 0.5
            terms |= {"dividends": "subtract", "only_reverse_split_raises": not asked["may_rise"]}
        else:
            asked["threshold"] = terms["dividend_threshold"] = Fraction(random.choice((0, 20, 40)), 100)
            terms["dividends"] = "threshold-both" if way == "both" else "excess"
        expected = oracle.life(Fraction(40), [((on.year, on), kind, figures) for on, kind, figures in steps], **asked)
        assert answered(steps, Adjustment(**terms), random) == expected, (steps, terms)
        moved += expected != 40
    assert moved > 40
