"""A coupon, as `Interest.coupons` lists it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Coupon:
    """One coupon: days of accrual, record date, payment date as due, and its amount per denomination, unrounded."""

    accrual_start: date
    accrual_end: date
    days: int
    record_date: date
    payment_date: date
    amount: Any
