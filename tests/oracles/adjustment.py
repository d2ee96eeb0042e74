"""Anti-dilution: what each event makes of the conversion price, and the 1% that is waited for."""

from fractions import Fraction


def split(price, new, old):
    """ADJ-1: `new` shares for `old`: CP·k/n. The only event that may raise the price (a reverse split)."""
    return price * old / new


def stock_dividend(price, outstanding, issued):
    """ADJ-2: `issued` shares on `outstanding`: CP·O/(O+A)."""
    return price * outstanding / (outstanding + issued)


def rights(price, outstanding, offered, aggregate, market):
    """ADJ-3: `offered` shares for `aggregate` in all: CP·(O+P/M)/(O+N), if that is below the market."""
    bought_at_market = Fraction(aggregate) / market
    return min(price, price * (outstanding + bought_at_market) / (outstanding + offered))


def spin_off(price, worth, market):
    """ADJ-4: other assets worth `worth` a share: CP·(M−F)/M; None if F ≥ M, for then holders receive it instead."""
    return None if worth >= market else price * (market - worth) / market


def spin_off_afterwards(price, worth, market):
    """ADJ-10: the share traded at `market` without assets worth `worth`: rate·(FMV+MP)/MP."""
    return 1 / ((1 / Fraction(price)) * (worth + market) / market)


def cash_dividend(price, dividend, market, threshold=Fraction(0)):
    """ADJ-5: the part of a cash dividend beyond the threshold: CP·(M−C)/M."""
    beyond = dividend - threshold
    return price if beyond <= 0 else price * (market - beyond) / market


def tender(price, outstanding, bought, paid, market):
    """ADJ-6: `bought` shares for `paid` in all: CP·O·M/(K+(O−T)·M), which never raises the price (ADJ-7)."""
    return min(price, price * outstanding * market / (paid + (outstanding - bought) * market))


def carried_forward(price, factors, threshold=Fraction(1, 100)):
    """ADJ-7: the price in force after each of a list of factors, each the price after over the price before.

    A change of less than 1% waits until the changes that wait add up to 1%; then all of them apply.
    """
    waiting, history = [], []
    for factor in factors:
        waiting.append(factor)
        total = Fraction(0)
        for each in waiting:
            total += abs(each - 1)
        if total >= threshold:
            for each in waiting:
                price *= each
            waiting = []
        history.append(price)
    return history


def made_up(price, dated, made_up_on, threshold=Fraction(1, 100)):
    """ADJ-7: the price after each of (day, factor or None), whatever waits applying on the days `made_up_on`."""
    waiting, history = Fraction(1), []
    change = Fraction(0)
    for day, factor in dated:
        if factor is not None:
            waiting, change = waiting * factor, change + abs(factor - 1)
        if change >= threshold or day in made_up_on:
            price, waiting, change = price * waiting, Fraction(1), Fraction(0)
        history.append(price)
    return history


def current_market_price(closes):
    """`M`: the average close of the 10 trading days before."""
    last_ten = closes[-10:]
    total = Fraction(0)
    for close in last_ten:
        total += close
    return total / len(last_ten)


def merger(principal, price, per_share):
    """ADJ-8: what a holder of the conversion shares would have received: {what: how much a share} to {what: total}."""
    shares = Fraction(principal) / price
    return {what: shares * amount for what, amount in per_share.items()}


def rounded(figure, unit, mode):
    """RTE-2: a figure above 0 to a multiple of `unit`."""
    steps = Fraction(figure) / unit
    below = steps.numerator // steps.denominator
    if mode == "down" or steps == below:
        return below * Fraction(unit)
    if mode == "up" or steps - below >= Fraction(1, 2):
        return (below + 1) * Fraction(unit)
    return below * Fraction(unit)


def price_after(price, factor, unit, mode, of, denomination=1000):
    """RTE-2: the price after a factor, itself rounded, or denomination over the rounded rate."""
    if of == "price":
        return rounded(price * factor, unit, mode)
    return denomination / rounded(denomination / (price * factor), unit, mode)
