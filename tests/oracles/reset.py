"""The two resets of the conversion price, and closes turned into euros."""

from datetime import date, timedelta
from fractions import Fraction

from .days import trading_days_before

RESET_DAYS = (date(2001, 2, 16), date(2002, 2, 16))
FLOOR = Fraction(84883, 1000)
AVERAGED = 20


def euro_close(day, close_usd, usd_per_eur):
    """FX-1: the close in USD over the rate of the same day; where none was fixed, the last one before."""
    fixed = day
    while fixed not in usd_per_eur:
        fixed -= timedelta(days=1)
    return Fraction(close_usd[day]) / Fraction(usd_per_eur[fixed])


def round_price(price):
    """RST-3: "rounded once, half-up, to EUR 0.001"."""
    thousandths = price * 1000
    whole = thousandths.numerator // thousandths.denominator
    if thousandths - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole, 1000)


def new_price(current, closes, floor=FLOOR):
    """RST-2: the average of the 20 closes; "down only; never below EUR 84.883"."""
    total = Fraction(0)
    for close in closes:
        total += close
    average = max(round_price(total / len(closes)), floor)
    return min(current, average)


def window(reset_day):
    """RST-2: "the 20 consecutive trading days immediately before the reset date", itself not one of them."""
    return trading_days_before(reset_day, AVERAGED)
