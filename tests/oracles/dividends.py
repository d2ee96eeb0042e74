"""Protection against dividends: lives of splits, stock dividends, dividends and new shares, each worked out as printed."""

from fractions import Fraction
from itertools import groupby

ONE, PERCENT = Fraction(1), Fraction(1, 100)


def life(price, steps, *, way, threshold=Fraction(0), by_year=None, one_percent=False, may_rise=False):
    """The conversion price after the steps of a life: (day, kind, figures), a day being (year, date), in LIF-5's order.

    `way` is "excess", "both" or "subtract". A threshold is printed for the share as it was at the beginning: `size` is how many
    of today's shares that one is, by changes that are in force and are not for dividends.
    """
    waiting, size, paid = [], ONE, {}
    for day, changes in of_each_day(steps, way):
        for change in changes:
            kind, figures = change
            if kind == "together":
                factor = subtracted(price, figures, may_rise) / price
            elif kind == "split":
                factor = Fraction(figures[1], figures[0])
            elif kind == "stock":
                factor = Fraction(figures[1], figures[0] + figures[1])
            else:
                factor = paid_out(way, figures, threshold, by_year, size, paid, day[0])
            waiting.append((factor, kind != "cash"))
            total = Fraction(0)
            for each, _ in waiting:
                total += abs(each - 1)
            if not one_percent or total >= PERCENT:
                for each, moves in waiting:
                    price *= each
                    if moves:
                        size /= each
                waiting = []
    return price


def of_each_day(steps, way):
    """The changes of each day, where dividends are subtracted all but splits as one."""
    for day, group in groupby(steps, key=lambda step: step[0]):
        changes = [step[1:] for step in group]
        if way == "subtract":
            rest = [step for step in changes if step[0] != "split"]
            changes = [step for step in changes if step[0] == "split"] + ([("together", rest)] if rest else [])
        yield day, changes


def paid_out(way, figures, threshold, by_year, size, paid, year):
    """What one cash dividend makes of the price, as a factor."""
    cash, market, regular = figures
    if by_year is not None:
        before = paid.get(year, Fraction(0))
        paid[year] = before + cash * size
        free = by_year[year]
        return (market - (max(paid[year], free) - max(before, free)) / size) / market
    free = threshold / size
    if way == "both":
        free = free if regular else Fraction(0)
        return (market - cash) / (market - free) if cash > free else ONE
    return (market - max(cash - free, Fraction(0))) / market


def subtracted(price, of_day, may_rise):
    """DIV-3: (P − D + A·k) / (1 + n + k), for all of one day."""
    cash, given, new, raised = (Fraction(0) for _ in range(4))
    for kind, figures in of_day:
        if kind == "cash":
            cash += figures[0]
        elif kind == "stock":
            given += Fraction(figures[0], figures[1])
        else:
            new += Fraction(figures[0], figures[2])
            raised += Fraction(figures[1], figures[2])
    after = (price - cash + raised) / (1 + given + new)
    return after if may_rise else min(after, price)
