"""The kinds of schedule rows: their order within a day, rules and words, and how a row is encoded as one integer."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class Kind(StrEnum):
    """The kind of a schedule row. The order of the members is the order within one day."""

    CARRIED = "carried-adjustment"  # before a reset, as in a replay
    RESET = "reset"  # before a conversion: a holder converting on a reset date converts at the new price
    FIXING = "fixing"  # before the coupon, as in a replay
    COUPON = "coupon"
    FIRST_CALL_NOTICE = "first-call-notice"
    FIRST_PUT_ELECTION = "first-put-election"
    LAST_PUT_ELECTION = "last-put-election"
    FIRST_CONDITIONAL_PUT = "first-conditional-put"
    LAST_WITHDRAWAL_NOTICE = "last-withdrawal-notice"
    LAST_WITHDRAWAL_EFFECTIVE = "last-withdrawal-effective"  # before conversion: from this day on nothing converts
    QUARTER_END = "quarter-end"
    FIRST_CONVERSION = "first-conversion"
    CONVERSION_FREE = "conversion-free"
    LAST_ELECTED_CONVERSION = "last-elected-conversion"
    LAST_CONVERSION = "last-conversion"
    FINAL_SETTLEMENT = "final-settlement"
    FIRST_CALL = "first-call"
    CALL_PRICE = "call-price"
    HARD_CALL = "hard-call"
    LAST_CALL = "last-call"
    PUT = "put"
    MATURITY = "maturity"
    RECORD = "record"  # taken at the close of business, after everything else on the day


#: What a row can be, in the order within one day: its kind, and the rule that puts its day in the schedule. A row is the integer
#: ordinal * 256 + its place in this list, so that sorting integers sorts rows. Ordinals are those of `date.toordinal`; a day
#: number is the ordinal less EPOCH.
PLACES = (
    (Kind.CARRIED, "ADJ-7"),
    (Kind.RESET, "RST-1"),
    (Kind.FIXING, "FLT-1"),
    (Kind.COUPON, "INT-1"),
    (Kind.COUPON, "PIK-1"),
    (Kind.FIRST_CALL_NOTICE, "RED-2"),
    (Kind.FIRST_PUT_ELECTION, "PUT-2"),
    (Kind.LAST_PUT_ELECTION, "PUT-2"),
    (Kind.FIRST_CONDITIONAL_PUT, "CPT-1"),
    (Kind.LAST_WITHDRAWAL_NOTICE, "WDR-3"),
    (Kind.LAST_WITHDRAWAL_EFFECTIVE, "WDR-2"),
    (Kind.QUARTER_END, "CNT-1"),
    (Kind.FIRST_CONVERSION, "CNV-1"),
    (Kind.CONVERSION_FREE, "CNT-1"),
    (Kind.LAST_ELECTED_CONVERSION, "END-2"),
    (Kind.LAST_CONVERSION, "CNV-8"),
    (Kind.LAST_CONVERSION, "END-1"),
    (Kind.FINAL_SETTLEMENT, "STL-1"),
    (Kind.FIRST_CALL, "RED-1"),
    (Kind.CALL_PRICE, "RED-1"),
    (Kind.HARD_CALL, "SFT-2"),
    (Kind.LAST_CALL, "SFT-2"),
    (Kind.PUT, "PUT-1"),
    (Kind.MATURITY, "PRN-1"),
    (Kind.MATURITY, "MND-1"),
    (Kind.RECORD, "INT-3"),
)
KINDS, RULES = zip(*PLACES, strict=True)
EPOCH = dt.date(1970, 1, 1).toordinal()
SHIFT = 8
MASK = (1 << SHIFT) - 1
(
    CARRIED, RESET, FIXING, COUPON, COUPON_IN_KIND, FIRST_CALL_NOTICE, FIRST_PUT_ELECTION, LAST_PUT_ELECTION,
    FIRST_CONDITIONAL_PUT, LAST_WITHDRAWAL_NOTICE, LAST_WITHDRAWAL_EFFECTIVE, QUARTER_END, FIRST_CONVERSION, CONVERSION_FREE,
    LAST_ELECTED_CONVERSION, LAST_CONVERSION, LAST_CONVERSION_STATED, FINAL_SETTLEMENT, FIRST_CALL, CALL_PRICE, HARD_CALL,
    LAST_CALL, PUT, MATURITY, MATURITY_IN_SHARES, RECORD,
) = range(len(PLACES))  # fmt: skip

PAID = {COUPON, LAST_WITHDRAWAL_EFFECTIVE, FIRST_CALL, CALL_PRICE, PUT, MATURITY, MATURITY_IN_SHARES}

TEXTS = {
    Kind.CARRIED: "an adjustment carried forward takes effect, however small",
    Kind.FIRST_CALL_NOTICE: "first day on which a notice of redemption can be mailed",
    Kind.FIRST_PUT_ELECTION: "first day on which an election to put can arrive",
    Kind.LAST_PUT_ELECTION: "last day on which an election to put can arrive",
    Kind.FIRST_CONDITIONAL_PUT: "first day on which the notes can be put after low closes",
    Kind.LAST_WITHDRAWAL_NOTICE: "last day for a notice to withdraw conversion",
    Kind.LAST_WITHDRAWAL_EFFECTIVE: "last day on which a withdrawal of conversion can take effect; its make-whole",
    Kind.FIRST_CONVERSION: "first day on which the notes are convertible",
    Kind.CONVERSION_FREE: "from this day the notes are convertible on any day",
    Kind.LAST_ELECTED_CONVERSION: "last day on which notes under an election to put convert",
    Kind.LAST_CONVERSION: "last day on which a surrender counts",
    Kind.FIRST_CALL: "first day on which the notes can be redeemed; its price with accrued interest",
    Kind.CALL_PRICE: "another redemption price from this day; with accrued interest",
    Kind.HARD_CALL: "first redemption date that needs no condition on closes",
    Kind.LAST_CALL: "last day on which the notes can be redeemed",
    Kind.PUT: "the holder may put; the price with accrued interest",
    Kind.MATURITY: "the principal is due",
}
