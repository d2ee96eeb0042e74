"""Redemption at the Company's option: from when, on what notice, at what price."""

from datetime import date

from .days import number_of_days
from .interest import DENOMINATION, MATURITY, accrued

FIRST_DAY = date(2003, 2, 20)


def notice_refused(notice, redemption_date, unpaid_since=None):
    """RED-1…3: the ids of the rules that forbid a notice; empty if it is allowed.

    "At any time on or after February 20, 2003, and prior to maturity … not more than 60 days nor less than 30
    days before the date fixed"; "not … if a default in the payment of interest … has occurred and is continuing",
    which it is from the first day it is unpaid, `unpaid_since`.
    """
    rules = set()
    if redemption_date < FIRST_DAY or redemption_date >= MATURITY:
        rules.add("RED-1")
    if redemption_date < notice or not 30 <= number_of_days(notice, redemption_date) <= 60:
        rules.add("RED-2")
    if unpaid_since is not None and unpaid_since <= notice:
        rules.add("RED-3")
    return rules


def price(redemption_date, principal=DENOMINATION, last_paid=None):
    """RED-1, RED-6: "the principal amount, together … with accrued and unpaid interest to, but excluding".

    On a 16 February whose coupon is paid nothing has accrued: the coupon goes to the holder of 1 February.
    """
    return principal + accrued(redemption_date, last_paid, principal)


def takes_the_coupon(retired):
    """RED-6: the 16 February whose coupon principal retired on this day no longer bears, or None."""
    if retired.month == 2 and 2 <= retired.day <= 15:
        return date(retired.year, 2, 16)
    return None
