"""Conversion: principal divided by the conversion price, cash for the fraction, interest paid in after 1 February."""

from datetime import date
from fractions import Fraction

from .days import business_day_at_or_after, business_day_before
from .interest import MATURITY, coupon, record_date, round_cent

INITIAL_PRICE = Fraction(104947, 1000)


def ratio(price):
    """CNV-3: shares per 1,000, "obtained by dividing the principal amount … by the Conversion Price"."""
    return Fraction(1000) / price


def conversion_day(surrendered):
    """CNV-8: a surrender on a day that is not a Business Day counts on the next one."""
    return business_day_at_or_after(surrendered)


def shares_and_cash(principal, price, close):
    """CNV-4: "No fractional shares will be issued": whole shares, and cash for the rest at the close before."""
    shares = Fraction(principal) / price
    whole = 0 if shares < 1 else shares.numerator // shares.denominator
    return whole, round_cent((shares - whole) * close)


def in_record_window(day):
    """CNV-5: "from the close of business on any record date … to the close … on the Business Day preceding" payment.

    Returns the 16 February of the window that `day` lies in, or None. 1 February itself is before the close.
    """
    if day.month != 2:
        return None
    due = date(day.year, 2, 16)
    if due <= date(2000, 2, 16) or due > MATURITY:
        return None
    return due if record_date(due) < day <= business_day_before(due) else None


def interest_to_pay(principal, surrendered, called_on=None):
    """CNV-5: "an amount … equal to the interest payable on such interest payment date on the principal … converted".

    Nothing if the principal was called inside the same window ("unless it or the portion being converted shall
    have been called for redemption during the period"), and nothing on a 16 February.
    """
    due = in_record_window(conversion_day(surrendered))
    if due is None:
        return Fraction(0)
    if called_on is not None and in_record_window(called_on) == due:
        return Fraction(0)
    return round_cent(coupon(due, principal))


def last_day_if_called(redemption_date):
    """CNV-2: "prior to the close of business on the Business Day immediately preceding the date fixed"."""
    return business_day_before(redemption_date)


def last_day_before_withdrawal(effective):
    """CNV-7: the last conversion is on the Business Day before the withdrawal takes effect."""
    return business_day_before(effective)
