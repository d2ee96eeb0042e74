"""Interest: 6 7/8% a year, paid on each 16 February to the holder of record of 1 February."""

from datetime import date, timedelta
from fractions import Fraction

from .days import business_day_at_or_after, number_of_days

ISSUE = date(2000, 2, 16)
MATURITY = date(2010, 2, 16)
RATE = Fraction(55, 8) / 100
DENOMINATION = 1000


def due_dates():
    """INT-1: "annually on February 16 of each year, commencing February 16, 2001"; the last at maturity."""
    return [date(year, 2, 16) for year in range(2001, 2011)]


def record_date(due):
    """INT-3: "the February 1 (whether or not a Business Day) next preceding such February 16"."""
    day = due
    while (day.month, day.day) != (2, 1):
        day -= timedelta(days=1)
    return day


def interest(start, end, principal=DENOMINATION):
    """INT-2: "computed on the basis of a 365-day year and the actual number of days elapsed"."""
    return Fraction(principal) * RATE * number_of_days(start, end) / 365


def coupon(due, principal=DENOMINATION):
    """INT-1, INT-2: the interest of the year that ends on `due`, unrounded."""
    return interest(due.replace(year=due.year - 1), due, principal)


def coupons():
    """INT-1…3: (start, end, days, record date, unrounded amount per 1,000) of each of the ten coupons."""
    found = []
    for due in due_dates():
        start = due.replace(year=due.year - 1)
        found.append((start, due, number_of_days(start, due), record_date(due), coupon(due)))
    return found


def last_due_day(day):
    """The last 16 February at or before `day`, the day of issue being one."""
    while (day.month, day.day) != (2, 16):
        day -= timedelta(days=1)
    return day


def accrued(day, last_paid=None, principal=DENOMINATION):
    """INT-4: "from February 16 next preceding … to which interest has been paid", to but excluding `day`.

    Without `last_paid` every coupon was paid; with it the coupons after that day were missed.
    """
    return interest(last_due_day(day) if last_paid is None else last_paid, day, principal)


def bears_interest_from(dated, paid):
    """INT-5: where the interest of a Note dated `dated` begins, if the coupons due on the days `paid` were paid.

    "If the date hereof is after any February 1 and before the following February 16 … from such February 16;
    provided … if the Company shall default in the payment of interest due on such February 16, then … from the
    next preceding February 16, to which interest has been paid … or, if no interest has been paid …, from
    February 16, 2000".
    """
    start = ISSUE
    if dated.month == 2 and 1 < dated.day < 16:
        coming = date(dated.year, 2, 16)
        if coming in paid:
            return coming
    for due in due_dates():
        if due <= dated and due in paid:
            start = due
    return start


def round_cent(amount):
    """INT-7: "half-up to EUR 0.01": a half cent is a whole one, away from zero."""
    if amount < 0:
        return -round_cent(-amount)
    cents = amount * 100
    whole = cents.numerator // cents.denominator
    if cents - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole, 100)


def payment_day(due):
    """INT-6: the day on which the money moves."""
    return business_day_at_or_after(due)
