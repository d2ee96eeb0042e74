"""The holder's right to be repaid after a Fundamental Change: its timetable and its price."""

from datetime import timedelta

from .days import business_day_at_or_after, business_day_before, business_days_after, is_business_day
from .interest import MATURITY
from .redemption import price  # noqa: F401  (FCH-1: "100% of the principal amount …, together with accrued interest")


def notice_deadline(occurred):
    """FCH-2: "on or before the 10th day after the occurrence", a calendar day, not moved."""
    return occurred + timedelta(days=10)


def repurchase_date(notice):
    """FCH-3: "redeemable on the 30th day after notice thereof"; a day after maturity gives way to maturity."""
    day = notice + timedelta(days=30)
    return min(day, MATURITY)


def election_deadline(notice):
    """FCH-4: "on or before the 30th day after … (or if … not a Business Day, the immediately preceding …)"."""
    day = repurchase_date(notice)
    return day if is_business_day(day) else business_day_before(day)


def election_withdrawal_deadline(notice):
    """CNV-6: an election can be withdrawn until the last Business Day before the repurchase date."""
    return business_day_before(repurchase_date(notice))


def period(notice, days, pays_after):
    """CHG-2: the last day for an election, the last of the days from the notice, and the day it is paid, after that."""
    end = notice + timedelta(days=days)
    return end, business_days_after(end, pays_after) if pays_after else business_day_at_or_after(end)


def window(notice, least, most, unit):
    """CHG-3: the first and the last repurchase date that the Company may choose."""
    if unit == "business days":
        return business_days_after(notice, least), business_days_after(notice, most)
    return notice + timedelta(days=least), notice + timedelta(days=most)
