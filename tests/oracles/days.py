"""Which days count, and how days are counted. The one oracle that takes a list of holidays from outside."""

from datetime import date, timedelta
from fractions import Fraction

import holidays

ONE_DAY = timedelta(days=1)
_FEDERAL_RESERVE = holidays.financial_holidays("FED", years=range(1998, 2013))
_NASDAQ = holidays.financial_holidays("NASDAQ", years=range(1998, 2013))


def is_weekend(day):
    return day.strftime("%a") in ("Sat", "Sun")


def is_business_day(day):
    """DAY-2: "Business Day": neither a weekend nor a holiday of the Federal Reserve."""
    return not is_weekend(day) and day not in _FEDERAL_RESERVE


def is_trading_day(day):
    """DAY-1: "Trading Day": a session of NASDAQ."""
    return not is_weekend(day) and day not in _NASDAQ


def business_day_at_or_after(day):
    """INT-6: a payment due on a day that is not a Business Day is made on the next one."""
    while not is_business_day(day):
        day += ONE_DAY
    return day


def business_day_before(day):
    """The "immediately preceding Business Day": strictly before `day`."""
    day -= ONE_DAY
    while not is_business_day(day):
        day -= ONE_DAY
    return day


def business_days_after(day, count):
    """WDR-3: the day that is "5 Business Days after" another."""
    while count > 0:
        day += ONE_DAY
        if is_business_day(day):
            count -= 1
    return day


def days_from_to(first, last):
    """Every calendar day from `first` to `last`, both included."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def trading_days(first, last):
    """Every Trading Day from `first` to `last`, both included."""
    return [day for day in days_from_to(first, last) if is_trading_day(day)]


def trading_days_before(day, count):
    """RST-2: the `count` "consecutive trading days immediately before" a day, in order of time."""
    found = []
    while len(found) < count:
        day -= ONE_DAY
        if is_trading_day(day):
            found.insert(0, day)
    return found


def number_of_days(start, end):
    """INT-2: "the actual number of days elapsed", from `start` to but excluding `end`, counted one by one."""
    count = 0
    while start < end:
        start += ONE_DAY
        count += 1
    return count


def act_365f(start, end):
    """INT-2: "a 365-day year and the actual number of days elapsed"."""
    return Fraction(number_of_days(start, end), 365)


def act_360(start, end):
    """Actual days over a year of 360, as money markets count."""
    return Fraction(number_of_days(start, end), 360)


def thirty_360(start, end):
    """Bond basis: every month has 30 days; a 31st is a 30th, at the end only if the start is a 30th or 31st too."""
    first, last = start.day, end.day
    if first == 31:
        first = 30
    if last == 31 and first == 30:
        last = 30
    months = (end.year - start.year) * 12 + end.month - start.month
    return Fraction(months * 30 + last - first, 360)


def act_act_isda(start, end):
    """Each day is worth 1/366 of a year if it lies in a leap year, else 1/365."""
    in_leap_years = in_other_years = 0
    while start < end:
        if date(start.year, 12, 31).timetuple().tm_yday == 366:
            in_leap_years += 1
        else:
            in_other_years += 1
        start += ONE_DAY
    return Fraction(in_leap_years, 366) + Fraction(in_other_years, 365)


def thirty_e_360(start, end):
    """Eurobond basis: every 31st is a 30th."""
    first, last = min(start.day, 30), min(end.day, 30)
    return Fraction((end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first, 360)


def is_last_of_february(day):
    return day.month == 2 and (day + ONE_DAY).month == 3


def thirty_e_360_isda(start, end, maturity=None):
    """As the Eurobond basis, and the last of February is a 30th too, but at the end not if that is maturity."""
    first, last = min(start.day, 30), min(end.day, 30)
    if is_last_of_february(start):
        first = 30
    if is_last_of_february(end) and end != maturity:
        last = 30
    return Fraction((end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first, 360)


def thirty_360_us(start, end):
    """Bond basis with the February rule: the last of February is a 30th, at the end only if the start is one too."""
    first, last = start.day, end.day
    if is_last_of_february(start):
        if is_last_of_february(end):
            last = 30
        first = 30
    if last == 31 and first >= 30:
        last = 30
    if first == 31:
        first = 30
    return Fraction((end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first, 360)
