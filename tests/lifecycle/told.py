"""The table of entries: short lives that have every kind of entry, and how each is told, with the arithmetic behind its figures."""

import dataclasses

import convnote as cn

from .refused import ABOVE
from .walk import AFV, HIGH, NOTE, PAR, course

A, B, ALL, NOBODY = "A", "B", "issue", None
TWO = {"positions": {A: 400_000_000, B: 290_000_000}}
PAYS_ACCRUED = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, accrued="paid"))
SETTLED = cn.provisions.SettlementTerms(method="combination", specified=100, observation=20, election="issuer")
TO_RECORD = dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, in_window="to-record"))
BELOW = cn.provisions.Condition(days=1, period=1, multiple="0.85", of="in-force", strict=True, below=True, ends="notice")
AFTER_A_LOW_CLOSE = {
    "revision": cn.provisions.Revision(condition=BELOW, floor="average of 1"),
    "conditional_put": cn.provisions.ConditionalPut(condition=BELOW),
}
#: What comes in every life; a life that is about one of these names it.
EVERY_DAY = {"record", "reset", "coupon", "withdrawal-lapse"}

CHANGE = cn.FundamentalChange("2001-06-01"), cn.FundamentalChangeNotice("2001-06-02")
NEVER_MET = "The right to withdraw conversion ends; the trigger of 167.915 was never met"

#: Entries that several lives have.
FIRST_COUPON = (
    "2001-02-16",
    ALL,
    "INT-1 INT-2 INT-3 INT-7",
    "Coupon: EUR 690,000,000 x 0.06875 x 366/365 = 47,567,465.75, interest from 2000-02-16, to the holders of record of 2001-02-01.",
)
# five Business Days, the fourth of July between them
TRIGGER_MET = (
    "2000-06-28",
    NOBODY,
    "WDR-1 WDR-1c",
    "At least 20 of the last 30 closes exceed 167.915: the Company may withdraw conversion rights, by a notice on or before 2000-07-06 unless the trigger is met again later.",
)
CALLED = (
    "2004-01-05",
    NOBODY,
    "RED-1 RED-2 RED-4",
    "Notice that part of the Notes, EUR 3,000,000, is redeemed on 2004-02-05, 31 days from now.",
)
CHANGED = (
    "2001-06-01",
    NOBODY,
    "FCH-1 FCH-2",
    "A fundamental change occurs; the Company's notice is due on or before 2001-06-11.",
)
NOTICED = (
    "2001-06-02",
    NOBODY,
    "FCH-2 FCH-3 FCH-4",
    "Notice of the fundamental change of 2001-06-01: holders may require repurchase on 2001-07-02, by an election on or before 2001-07-02.",
)

#: Conversion only after a quarter whose last close was above 60.
IN_QUARTERS = cn.provisions.ContingentConversion(
    quarter=cn.provisions.Condition(days=1, period=1, figure=60, of="figure", strict=True, ends="notice")
)

#: Conversion into the shares of one company and those of another.
TWO_KINDS = dataclasses.replace(
    NOTE,
    reset=None,
    withdrawal=None,
    adjustment=None,
    conversion=cn.provisions.Conversion(rate="9.5", fraction="dropped"),
    exchange=cn.provisions.Exchange(shares_of="Another plc", property=[("ANOTHER", "9.5"), ("THIRD", "2.25")]),
)
#: Coupons at an index: 5% and 1%, then -2% and 1%, which is below the floor of 0.
FLOATING = dataclasses.replace(
    NOTE, interest=dataclasses.replace(NOTE.interest, rate=None, index="EURIBOR12", spread="0.01", fixed="2 business days before")
)
FIXED = cn.MarketHistory(
    currency="EUR",
    dates=course(50).dates,
    closes=course(50).closes,
    series={"EURIBOR12": {"2000-02-14": "0.05", "2001-02-14": "-0.02"}},
)
IN_KIND = dataclasses.replace(
    NOTE,
    interest=dataclasses.replace(NOTE.interest, paid="in-kind", paid_rounding=1, paid_rounding_mode="half-up"),
    withdrawal=None,  # its make-whole is of coupons in cash
)

#: What happens, in which note and market, which of the everyday entries are wanted too, and the entries that are told.
LIVES = {
    "a year": (
        [],
        {"until": "2001-02-16"},
        EVERY_DAY,
        [
            ("2001-02-01", NOBODY, "INT-3", "Record date for the coupon due 2001-02-16: EUR 690,000,000 of record."),
            # 1,000 / 84.883
            ("2001-02-16", NOBODY, "RST-1 RST-2 RST-3", "Reset: the 20 closes from 2001-01-19 to 2001-02-15 average 50.0000; the floor is 84.883, the price in effect 104.947: the conversion price is now 84.883 (the floor), 1,000 / 84.883 = 11.780922 shares per 1,000."),
            FIRST_COUPON,
        ],
    ),
    "conversions": (
        [
            # 1,000,000 / 84.883 = 11,780.921975…; what is left over x 50 = 46.0987…
            cn.Convert("2001-03-01", 1_000_000),
            cn.Convert("2001-03-03", 1_000_000),
            # 2,000,000 / 84.883 = 23,561.843950…; 0.843950 x 50 = 42.1975; 6.875% of 2,000,000 = 137,500
            cn.Convert("2002-02-05", 2_000_000),
        ],
        {"until": "2002-02-18"},
        {"coupon"},
        [
            FIRST_COUPON,
            ("2001-03-01", ALL, "CNV-1 CNV-3 CNV-4 CNV-4c CNV-9", "Conversion of EUR 1,000,000 / 84.883 = 11,780.921975 shares, 11,780 whole, and 0.921975 x the last close of 50 = 46.10 in cash for the fraction."),
            ("2001-03-05", ALL, "CNV-1 CNV-3 CNV-4 CNV-4c CNV-8 CNV-9", "Conversion of EUR 1,000,000 / 84.883 = 11,780.921975 shares, 11,780 whole, and 0.921975 x the last close of 50 = 46.10 in cash for the fraction; surrendered on 2001-03-03, which is not a Business Day, it takes effect on 2001-03-05."),
            ("2002-02-05", ALL, "CNV-1 CNV-3 CNV-4 CNV-4c CNV-9", "Conversion of EUR 2,000,000 / 84.883 = 23,561.843950 shares, 23,561 whole, and 0.843950 x the last close of 50 = 42.20 in cash for the fraction."),
            ("2002-02-05", ALL, "CNV-5", "The converting holder pays in the coupon due 2002-02-16, EUR 2,000,000 x 0.06875 x 365/365 = 137,500.00: surrender was after the record date 2002-02-01."),
            # 688,000,000 x 6.875%, the last million converted after the record date
            ("2002-02-16", ALL, "INT-1 INT-2 INT-3 INT-7 INT-6", "Coupon: EUR 688,000,000 x 0.06875 x 365/365 = 47,300,000.00, interest from 2001-02-16, to the holders of record of 2002-02-01; 2002-02-16 is not a Business Day; payment is made on 2002-02-19 without interest for the delay."),
        ],
    ),
    "no fraction": (
        [cn.Convert("2001-03-01", 104_947_000, holder="C")],
        {"over": HIGH, "until": "2001-03-01"},
        {"reset"},
        [
            ("2001-02-16", NOBODY, "RST-1 RST-2 RST-3", "Reset: the 20 closes from 2001-01-19 to 2001-02-15 average 110.0000; the floor is 84.883, the price in effect 104.947: the conversion price stays at 104.947."),
            ("2001-03-01", "C", "CNV-1 CNV-3 CNV-9", "Conversion of EUR 104,947,000 / 104.947 = 1,000,000 shares, 1,000,000 whole."),
        ],
    ),
    "named though there is one position": (
        [cn.Convert("2001-02-05", 104_947_000, holder="C")],
        {"over": HIGH, "until": "2001-02-05"},
        set(),
        [
            ("2001-02-05", "C", "CNV-1 CNV-3 CNV-9", "Conversion of EUR 104,947,000 / 104.947 = 1,000,000 shares, 1,000,000 whole."),
            # 104,947,000 x 0.06875 x 366/365 = 7,234,873.6643…
            ("2001-02-05", "C", "CNV-5", "The converting holder pays in the coupon due 2001-02-16, EUR 104,947,000 x 0.06875 x 366/365 = 7,234,873.66: surrender was after the record date 2001-02-01."),
        ],
    ),
    "accrued interest is paid": (
        [cn.Convert("2001-03-02", 104_947_000, holder="C"), cn.Convert("2001-03-02", 104_947_000)],
        {"note": PAYS_ACCRUED, "over": HIGH, "until": "2001-03-02"},
        set(),
        [
            ("2001-03-02", "C", "CNV-1 CNV-3 CNV-9", "Conversion of EUR 104,947,000 / 104.947 = 1,000,000 shares, 1,000,000 whole."),
            # 104,947,000 x 0.06875 x 14/365 = 276,743.8013…
            ("2001-03-02", "C", "CNV-5", "Accrued interest from 2001-02-16 on the principal converted: EUR 104,947,000 x 0.06875 x 14/365 = 276,743.80."),
            ("2001-03-02", ALL, "CNV-1 CNV-3 CNV-9", "Conversion of EUR 104,947,000 / 104.947 = 1,000,000 shares, 1,000,000 whole."),
            ("2001-03-02", ALL, "CNV-5", "Accrued interest from 2001-02-16 on the principal converted: EUR 104,947,000 x 0.06875 x 14/365 = 276,743.80."),
        ],
    ),
    "a withdrawal": (
        [cn.WithdrawalNotice("2000-07-20", "2000-08-21")],
        {"over": ABOVE, "until": "2000-08-21", **TWO},
        set(),
        [
            TRIGGER_MET,
            ("2000-07-20", NOBODY, "WDR-1 WDR-1c WDR-2 WDR-3 WDR-3c", "Notice that conversion rights are withdrawn as of 2000-08-21, 32 days from now. The trigger was last met on 2000-07-20."),
            ("2000-08-21", NOBODY, "WDR-2 CNV-7 CNV-7c", "Conversion rights are withdrawn under the notice of 2000-07-20; the Notes remain outstanding as straight debt."),
            ("2000-08-21", A, "WDR-4 WDR-5 INT-7", "Make-whole: 206.25 - 0 = 206.25 per 1,000 after interest actually paid before 2000-07-20; EUR 400,000,000 x 206.25/1,000 = 82,500,000.00."),
            ("2000-08-21", B, "WDR-4 WDR-5 INT-7", "Make-whole: 206.25 - 0 = 206.25 per 1,000 after interest actually paid before 2000-07-20; EUR 290,000,000 x 206.25/1,000 = 59,812,500.00."),
        ],
    ),
    "a make-whole that is missed": (
        [
            cn.WithdrawalNotice("2001-02-20", "2001-03-22"),
            cn.MissedPayment("2001-03-22", "make-whole"),
            cn.Cure("2001-04-21", "make-whole"),
        ],
        {"over": ABOVE, "until": "2001-04-23", **TWO},
        set(),
        [
            TRIGGER_MET,
            ("2001-02-20", NOBODY, "WDR-1 WDR-1c WDR-2 WDR-3 WDR-3c", "Notice that conversion rights are withdrawn as of 2001-03-22, 30 days from now. The trigger was last met on 2001-02-20."),
            ("2001-03-22", NOBODY, "WDR-2 CNV-7 CNV-7c", "Conversion rights are withdrawn under the notice of 2001-02-20; the Notes remain outstanding as straight debt."),
            # 400,000 x 206.25 - 27,575,342.47, and 290,000 x 206.25 - 19,992,123.29
            ("2001-03-22", NOBODY, "WDR-4 DEF-2", "Not paid: make-whole of EUR 94,745,034.24, due today; it remains owed."),
            ("2001-04-21", A, "WDR-4 WDR-5 INT-7 INT-6", "The make-whole that was missed is paid: 54,924,657.53; 2001-04-21 is not a Business Day; payment is made on 2001-04-23 without interest for the delay."),
            ("2001-04-21", B, "WDR-4 WDR-5 INT-7 INT-6", "The make-whole that was missed is paid: 39,820,376.71; 2001-04-21 is not a Business Day; payment is made on 2001-04-23 without interest for the delay."),
        ],
    ),
    "a right that is not used": (
        [],
        {"until": "2003-02-20"},
        {"withdrawal-lapse"},
        [("2003-02-20", NOBODY, "WDR-1 WDR-1c WDR-2", f"{NEVER_MET}: the highest close was 50 on 2000-02-16 (50 / 167.915 = 29.8% of it).")],
    ),
    "a right that could have been used": (
        [],
        {"over": ABOVE, "until": "2003-02-20"},
        {"withdrawal-lapse"},
        [
            TRIGGER_MET,
            ("2003-02-20", NOBODY, "WDR-1 WDR-1c WDR-2", "The right to withdraw conversion ends unused; its trigger was last met on 2003-02-19."),
        ],
    ),
    "two calls": (
        [cn.RedemptionNotice("2003-05-01", "2003-06-02", 3_000_000), cn.RedemptionNotice("2003-07-01", "2003-08-01")],
        {"until": "2003-08-01", **TWO},
        set(),
        [
            # 3,000 x 400/690 = 1,739.13; the rest, with the larger remainder, is B's
            ("2003-05-01", NOBODY, "RED-1 RED-2 RED-4", "Notice that part of the Notes, EUR 3,000,000 (A: 1,739,000, B: 1,261,000), is redeemed on 2003-06-02, 32 days from now."),
            # 1,739,000 x 0.06875 x 106/365
            ("2003-06-02", A, "RED-1 INT-4 INT-9c INT-7", "Redemption: EUR 1,739,000 at par plus interest accrued from 2003-02-16 of 34,720.445205 (1,739,000 x 0.06875 x 106/365) = 1,773,720.45."),
            ("2003-06-02", B, "RED-1 INT-4 INT-9c INT-7", "Redemption: EUR 1,261,000 at par plus interest accrued from 2003-02-16 of 25,176.815068 (1,261,000 x 0.06875 x 106/365) = 1,286,176.82."),
            ("2003-07-01", NOBODY, "RED-1 RED-2", "Notice that all Notes, EUR 687,000,000, are redeemed on 2003-08-01, 31 days from now."),
            # 398,261,000 x 0.06875 x 166/365
            ("2003-08-01", A, "RED-1 INT-4 INT-9c INT-7", "Redemption: EUR 398,261,000 at par plus interest accrued from 2003-02-16 of 12,452,475.787671 (398,261,000 x 0.06875 x 166/365) = 410,713,475.79."),
            ("2003-08-01", B, "RED-1 INT-4 INT-9c INT-7", "Redemption: EUR 288,739,000 at par plus interest accrued from 2003-02-16 of 9,028,037.910959 (288,739,000 x 0.06875 x 166/365) = 297,767,037.91."),
        ],
    ),
    "calls around a coupon": (
        [cn.RedemptionNotice("2004-01-05", "2004-02-05", 3_000_000), cn.RedemptionNotice("2004-01-15", "2004-02-16", 3_000_000)],
        {"until": "2004-02-17"},
        set(),
        [
            CALLED,
            ("2004-01-15", NOBODY, "RED-1 RED-2 RED-4", "Notice that part of the Notes, EUR 3,000,000, is redeemed on 2004-02-16, 32 days from now."),
            # 206,250 x 354/365
            ("2004-02-05", ALL, "RED-1 INT-4 INT-9c RED-6 INT-7", "Redemption: EUR 3,000,000 at par plus interest accrued from 2003-02-16 of 200,034.246575 (3,000,000 x 0.06875 x 354/365) = 3,200,034.25; no separate coupon is paid on it."),
            ("2004-02-16", ALL, "RED-1 INT-9c INT-7 INT-6", "Redemption: EUR 3,000,000 at par = 3,000,000.00; 2004-02-16 is not a Business Day; payment is made on 2004-02-17 without interest for the delay."),
        ],
    ),
    "a call in a window whose coupon goes to the holder of record": (
        [cn.RedemptionNotice("2004-01-05", "2004-02-05", 3_000_000)],
        {"note": TO_RECORD, "until": "2004-02-05"},
        set(),
        [
            CALLED,
            ("2004-02-05", ALL, "RED-1 INT-9c INT-7", "Redemption: EUR 3,000,000 at par = 3,000,000.00."),
        ],
    ),
    "a change": (
        [
            *CHANGE,
            cn.RepurchaseElection("2001-06-10", 10_000, holder=A),
            cn.RepurchaseElectionWithdrawal("2001-06-12", 4_000, holder=A),
        ],
        {"until": "2001-07-02", **TWO},
        set(),
        [
            CHANGED,
            NOTICED,
            ("2001-06-10", A, "FCH-1 FCH-4", "Election of repurchase of EUR 10,000 on 2001-07-02; it does not convert while the election stands."),
            ("2001-06-12", A, "CNV-6 CNV-6c", "The election of repurchase of EUR 4,000 is withdrawn; it may convert again."),
            # 6,000 x 0.06875 x 136/365 = 153.698630…
            ("2001-07-02", A, "FCH-1 FCH-3 INT-4 INT-9c INT-7", "Repurchase on a fundamental change: EUR 6,000 at par plus interest accrued from 2001-02-16 of 153.698630 (6,000 x 0.06875 x 136/365) = 6,153.70."),
        ],
    ),
    "an election of one position, named and not": (
        [
            *CHANGE,
            cn.RepurchaseElection("2001-06-10", 10_000, holder="C"),
            cn.RepurchaseElection("2001-06-11", 10_000),
            cn.RepurchaseElectionWithdrawal("2001-06-12", 4_000, holder="C"),
            cn.RepurchaseElectionWithdrawal("2001-06-13", 4_000),
        ],
        {"until": "2001-06-13"},
        set(),
        [
            CHANGED,
            NOTICED,
            ("2001-06-10", "C", "FCH-1 FCH-4", "Election of repurchase of EUR 10,000 on 2001-07-02; it does not convert while the election stands."),
            ("2001-06-11", ALL, "FCH-1 FCH-4", "Election of repurchase of EUR 10,000 on 2001-07-02; it does not convert while the election stands."),
            ("2001-06-12", "C", "CNV-6 CNV-6c", "The election of repurchase of EUR 4,000 is withdrawn; it may convert again."),
            ("2001-06-13", ALL, "CNV-6 CNV-6c", "The election of repurchase of EUR 4,000 is withdrawn; it may convert again."),
        ],
    ),
    "changes whose repurchase date is maturity, and the day after": (
        [
            cn.FundamentalChange("2010-01-16"),
            cn.FundamentalChangeNotice("2010-01-17"),
            cn.FundamentalChange("2010-01-18"),
            cn.FundamentalChangeNotice("2010-01-18"),
        ],
        {"until": "2010-01-20"},
        set(),
        [
            ("2010-01-16", NOBODY, "FCH-1 FCH-2", "A fundamental change occurs; the Company's notice is due on or before 2010-01-26."),
            ("2010-01-17", NOBODY, "FCH-2 FCH-3 FCH-4", "Notice of the fundamental change of 2010-01-16: holders may require repurchase on 2010-02-16, by an election on or before 2010-02-16."),
            ("2010-01-18", NOBODY, "FCH-1 FCH-2", "A fundamental change occurs; the Company's notice is due on or before 2010-01-28."),
            ("2010-01-18", NOBODY, "FCH-2 FCH-3 FCH-4 FCH-3c", "Notice of the fundamental change of 2010-01-18; the repurchase date would fall after maturity, so the Notes are paid at maturity instead."),
        ],
    ),
    "a put": (
        [cn.PutElection("2006-01-01", 50, holder="C"), cn.PutElection("2006-01-01", 50)],
        {
            "note": dataclasses.replace(AFV, principal=dataclasses.replace(AFV.principal, denomination=50)),
            "over": PAR,
            "until": "2006-01-01",
        },
        set(),
        [
            ("2006-01-01", "C", "PUT-1 PUT-2", "Election to put USD 50 on 2006-01-01."),
            ("2006-01-01", ALL, "PUT-1 PUT-2", "Election to put USD 50 on 2006-01-01."),
            ("2006-01-01", ALL, "PUT-1 INT-9c INT-7", "Put: USD 100 at 105% = 105.00."),
        ],
    ),
    "a coupon that is missed, all declared due, all paid": (
        [
            cn.MissedPayment("2003-02-16"),
            cn.Acceleration("2003-03-20"),
            cn.Cure("2003-05-01"),
            cn.Cure("2003-05-02", "principal"),
        ],
        {"until": "2003-05-02", **TWO},
        set(),
        [
            ("2003-02-16", NOBODY, "INT-4 DEF-2", "Not paid: interest on EUR 690,000,000, due today; it remains owed."),
            # 47,437,500 x 397/365
            ("2003-03-20", NOBODY, "DEF-1 DEF-2", "Declared due immediately: principal of EUR 690,000,000 and accrued interest of 51,596,404.109589 (690,000,000 x 0.06875 x 397/365); unpaid: interest."),
            ("2003-05-01", A, "INT-3c INT-7", "The missed coupon of 2003-02-16 is paid: EUR 400,000,000 x 0.06875 x 365/365 = 27,500,000.00."),
            ("2003-05-01", B, "INT-3c INT-7", "The missed coupon of 2003-02-16 is paid: EUR 290,000,000 x 0.06875 x 365/365 = 19,937,500.00."),
            # 27,500,000 x 75/365
            ("2003-05-02", A, "DEF-1 DEF-3c INT-4 INT-4c INT-7", "Payment after the acceleration: EUR 400,000,000 at par plus interest accrued from 2003-02-16 of 5,650,684.931507 (400,000,000 x 0.06875 x 75/365) = 405,650,684.93."),
            ("2003-05-02", B, "DEF-1 DEF-3c INT-4 INT-4c INT-7", "Payment after the acceleration: EUR 290,000,000 at par plus interest accrued from 2003-02-16 of 4,096,746.575342 (290,000,000 x 0.06875 x 75/365) = 294,096,746.58."),
        ],
    ),
    "a pay-in for a coupon that is missed, and an older missed coupon in a price": (
        [
            cn.Convert("2002-02-05", 84_883_000, holder=A),
            cn.MissedPayment("2002-02-16"),
            cn.FundamentalChange("2003-02-26"),
            cn.FundamentalChangeNotice("2003-02-27"),
            cn.RepurchaseElection("2003-03-10", 1_000_000, holder=B),
        ],
        {"until": "2003-03-29", **TWO},
        set(),
        [
            ("2002-02-05", A, "CNV-1 CNV-3 CNV-9", "Conversion of EUR 84,883,000 / 84.883 = 1,000,000 shares, 1,000,000 whole."),
            # 84,883,000 x 0.06875
            ("2002-02-05", A, "CNV-5", "The converting holder pays in the coupon due 2002-02-16, EUR 84,883,000 x 0.06875 x 365/365 = 5,835,706.25: surrender was after the record date 2002-02-01."),
            ("2002-02-16", NOBODY, "INT-4 DEF-2", "Not paid: interest on EUR 690,000,000, due today; it remains owed."),
            ("2002-02-16", A, "CNV-5c INT-6", "What was paid in for the coupon due 2002-02-16 on EUR 84,883,000 converted is returned, 5,835,706.25: that coupon is not paid; 2002-02-16 is not a Business Day; payment is made on 2002-02-19 without interest for the delay."),
            ("2003-02-26", NOBODY, "FCH-1 FCH-2", "A fundamental change occurs; the Company's notice is due on or before 2003-03-08."),
            ("2003-02-27", NOBODY, "FCH-2 FCH-3 FCH-4", "Notice of the fundamental change of 2003-02-26: holders may require repurchase on 2003-03-29, by an election on or before 2003-03-28."),
            ("2003-03-10", B, "FCH-1 FCH-4", "Election of repurchase of EUR 1,000,000 on 2003-03-29; it does not convert while the election stands."),
            # 68,750 x 41/365 since the coupon of 2003 was paid, and 68,750 of 2002
            ("2003-03-29", B, "FCH-1 FCH-3 INT-4 DEF-3c INT-9c INT-7 INT-6", "Repurchase on a fundamental change: EUR 1,000,000 at par plus interest accrued from 2003-02-16 of 7,722.602740 (1,000,000 x 0.06875 x 41/365) plus the missed coupon of 2002-02-16 of 68,750 (1,000,000 x 0.06875 x 365/365) = 1,076,472.60; 2003-03-29 is not a Business Day; payment is made on 2003-03-31 without interest for the delay."),
        ],
    ),
    "a covenant that is broken and waived, a coupon that is missed, and an acceleration that is rescinded": (
        [
            cn.CovenantDefault("2003-01-02"),
            cn.Waiver("2003-01-20"),
            cn.MissedPayment("2003-02-16"),
            cn.Acceleration("2003-03-20"),
            cn.Cure("2003-05-01"),
            cn.Rescission("2003-05-02"),
        ],
        {"until": "2003-05-02"},
        set(),
        [
            ("2003-01-02", NOBODY, "DEF-2", "Notice that a covenant is broken: an Event of Default from 2003-03-03, 60 days from now, unless it is cured or waived."),
            ("2003-01-20", NOBODY, "LIF-2 AMD-4", "The default in a covenant is waived by holders of a majority of EUR 690,000,000."),
            ("2003-02-16", NOBODY, "INT-4 DEF-2", "Not paid: interest on EUR 690,000,000, due today; it remains owed."),
            ("2003-03-20", NOBODY, "DEF-1 DEF-2", "Declared due immediately: principal of EUR 690,000,000 and accrued interest of 51,596,404.109589 (690,000,000 x 0.06875 x 397/365); unpaid: interest."),
            ("2003-05-01", ALL, "INT-3c INT-7", "The missed coupon of 2003-02-16 is paid: EUR 690,000,000 x 0.06875 x 365/365 = 47,437,500.00."),
            ("2003-05-02", NOBODY, "LIF-3", "The acceleration is rescinded: coupons and maturity apply again to EUR 690,000,000."),
        ],
    ),
    "principal that is missed": (
        [cn.MissedPayment("2010-02-16", "principal"), cn.Cure("2010-03-06", "principal")],
        TWO,
        set(),
        [
            ("2010-02-16", NOBODY, "INT-9 DEF-2", "Not paid: principal of EUR 690,000,000, due today; it remains owed."),
            # 27,500,000 x 18/365
            ("2010-03-06", A, "PRN-1 INT-4 INT-4c INT-9 INT-7 INT-6", "Maturity: EUR 400,000,000 at par plus interest accrued from 2010-02-16 of 1,356,164.383562 (400,000,000 x 0.06875 x 18/365) = 401,356,164.38; 2010-03-06 is not a Business Day; payment is made on 2010-03-08 without interest for the delay."),
            ("2010-03-06", B, "PRN-1 INT-4 INT-4c INT-9 INT-7 INT-6", "Maturity: EUR 290,000,000 at par plus interest accrued from 2010-02-16 of 983,219.178082 (290,000,000 x 0.06875 x 18/365) = 290,983,219.18; 2010-03-06 is not a Business Day; payment is made on 2010-03-08 without interest for the delay."),
        ],
    ),
    "a default": (
        [cn.Default("2001-06-02", recovered="0.4")],
        TWO,
        set(),
        [
            ("2001-06-02", A, "DEF-1 DEF-4c INT-6", "Default: recovery of 40% of EUR 400,000,000 = 160,000,000.00."),
            ("2001-06-02", B, "DEF-1 DEF-4c INT-6", "Default: recovery of 40% of EUR 290,000,000 = 116,000,000.00."),
        ],
    ),
    "adjustments": (
        [
            cn.Split("2000-06-01", 2, 1),
            cn.CashDividend("2000-07-03", "0.1", market_price=25),
            cn.CashDividend("2000-08-01", "0.2", market_price=25),
            cn.SpinOff("2000-09-01", 30, market_price=25),
            cn.Convert("2000-10-02", 1_000_000),
            cn.Merger("2000-11-01", shares=1, cash=10),
            cn.Split("2000-12-01", 2, 1),
            cn.Convert("2001-03-01", 1_000_000),
        ],
        {"over": course(50, ("2000-06-01", 25)), "until": "2001-03-01"},
        {"reset"},
        [
            ("2000-06-01", NOBODY, "ADJ-1 RST-4 ADJ-9", "Split: factor 0.5 on the conversion price: 104.947 x 0.5 = 52.4735; floor, trigger and earlier closes move with it."),
            # 24.90 / 25
            ("2000-07-03", NOBODY, "ADJ-5 ADJ-7", "Cash dividend: factor 0.996 on the conversion price; changes of 0.4% in total are carried forward."),
            # 24.80 / 25, and 0.996 x 0.992; 52.4735 x 0.988032
            ("2000-08-01", NOBODY, "ADJ-5 ADJ-7 RST-4 ADJ-9", "Cash dividend: factor 0.992 on the conversion price, with what was carried 0.992 x 0.996 = 0.988032: 52.4735 x 0.988032 = 51.845497; floor, trigger and earlier closes move with it."),
            ("2000-09-01", NOBODY, "ADJ-4", "Assets worth 30 a share are distributed, at least as much as the share is worth: holders receive them on conversion instead."),
            ("2000-10-02", ALL, "CNV-1 CNV-3 CNV-4 CNV-4c ADJ-4 CNV-9", "Conversion of EUR 1,000,000 / 51.845497 = 19,288.078135 shares, 19,288 whole, and 0.078135 x the last close of 25 = 1.95 in cash for the fraction; assets distributed earlier, worth 30 a share, are delivered with them."),
            ("2000-11-01", NOBODY, "ADJ-8", "Merger: each conversion share now stands for 1 shares of the successor and EUR 10 in cash."),
            ("2000-12-01", NOBODY, "ADJ-1 RST-4 ADJ-9", "Split: factor 0.5 on the conversion price; after the merger it changes what a conversion share stands for instead."),
            # 2 x 25 + 10; 84.883 x 0.5 x 0.988032
            ("2001-02-16", NOBODY, "RST-1 RST-2 RST-3 RST-4", "Reset: the 20 closes from 2001-01-19 to 2001-02-15 average 60.0000; the floor is 41.933560, the price in effect 51.845497: the conversion price stays at 51.845497."),
            # twice the shares, and 10 for each of 19,288.078135
            ("2001-03-01", ALL, "CNV-1 CNV-3 CNV-4 CNV-4c ADJ-8 ADJ-4 CNV-9", "Conversion of EUR 1,000,000 / 51.845497 x 2 = 38,576.156269 shares, 38,576 whole, and 0.156269 x the last close of 25 = 3.91 in cash for the fraction, and 19,288.078135 x 10 = 192,880.78 in cash under the merger; assets distributed earlier, worth 30 a share, are delivered with them."),
        ],
    ),
    "more adjustments": (
        [
            cn.StockDividend("2000-06-01", 100, 900),
            cn.RightsIssue("2000-06-02", 100, 1000, 1000, market_price=50),
            cn.TenderOffer("2000-06-05", 100, 6000, 1000, market_price=50),
            cn.SpinOff("2000-06-06", 5, market_price=50),
        ],
        {"until": "2000-06-06"},
        set(),
        [
            ("2000-06-01", NOBODY, "ADJ-2 RST-4 ADJ-9", "Stock dividend: factor 0.9 on the conversion price: 104.947 x 0.9 = 94.4523; floor, trigger and earlier closes move with it."),
            # (1,000 + 1,000/50) / 1,100
            ("2000-06-02", NOBODY, "ADJ-3 RST-4 ADJ-9", "Rights issue: factor 0.927273 on the conversion price: 94.4523 x 0.927273 = 87.583042; floor, trigger and earlier closes move with it."),
            # 50,000 / (6,000 + 900 x 50)
            ("2000-06-05", NOBODY, "ADJ-6 RST-4 ADJ-9", "Tender offer: factor 0.980392 on the conversion price: 87.583042 x 0.980392 = 85.865727; floor, trigger and earlier closes move with it."),
            ("2000-06-06", NOBODY, "ADJ-4 RST-4 ADJ-9", "Spin-off: factor 0.9 on the conversion price: 85.865727 x 0.9 = 77.279155; floor, trigger and earlier closes move with it."),
        ],
    ),
    "dividends of other papers": (
        [
            cn.CashDividend("2000-06-01", 60, market_price=50),
        ],
        {"until": "2000-06-01", "note": dataclasses.replace(NOTE, adjustment=dataclasses.replace(NOTE.adjustment, dividends="threshold-both"))},
        set(),
        [
            # 690,000,000 / 104.947 x 60
            ("2000-06-01", ALL, "DIV-1", "A dividend of the share's price or more is paid on the 6,574,747.253376 conversion shares of EUR 690,000,000 in place of an adjustment: 6,574,747.253376 x 60 = 394,484,835.20."),
        ],
    ),
    "dividend and new shares in one formula": (
        [
            cn.StockDividend("2000-06-01", 10, 100),
            cn.CashDividend("2000-06-01", 5),
        ],
        {"until": "2000-06-01", "note": dataclasses.replace(NOTE, adjustment=dataclasses.replace(NOTE.adjustment, dividends="subtract", rounding="0.01"))},
        set(),
        [
            # 104.947 / 1.1 = 95.406363..., and 99.947 / 1.1 = 90.860909...
            ("2000-06-01", NOBODY, "DIV-3 RST-4 ADJ-9", "Stock dividend: with all of the day, (104.947 - 0 + 0) / (1 + 0.1 + 0), factor 0.909091 on the conversion price: 104.947 x 0.909091 = 95.41, rounded half-up to 0.01; floor, trigger and earlier closes move with it."),
            ("2000-06-01", NOBODY, "DIV-3 RST-4 ADJ-9", "Cash dividend: with all of the day, (104.947 - 5 + 0) / (1 + 0.1 + 0), factor 0.865779 on the conversion price: 104.947 x 0.865779 = 90.86, rounded half-up to 0.01; floor, trigger and earlier closes move with it."),
        ],
    ),
    "bought and issued further": (
        [
            cn.FurtherIssue("2001-01-05", 10_000_000),
            cn.MarketPurchase("2001-02-05", 100_000_000, price="0.95"),
        ],
        {"until": "2001-02-05"},
        set(),
        [
            ("2001-01-05", ALL, "BUY-1", "Further issue of EUR 10,000,000 of the Notes, with the interest of the running period."),
            ("2001-02-05", ALL, "BUY-1", "Market purchase: EUR 100,000,000 bought at 95% of principal and cancelled; the note itself pays nothing; the coupon due 2001-02-16 stays with the holders of record."),
        ],
    ),
    "a settlement that takes time": (
        [
            cn.Convert("2000-03-01", 10_000),
            cn.SettlementElection("2000-04-10", "cash"),
        ],
        {"until": "2000-04-10", "over": course(50), "note": dataclasses.replace(NOTE, settlement=SETTLED)},
        set(),
        [
            ("2000-03-01", ALL, "CNV-1 CNV-3 STL-1 STL-2 CNV-9", "Conversion of EUR 10,000: settled in cash and shares, cash of at most EUR 100 per 1,000, by the prices of the 20 trading days from 2000-03-03 to 2000-03-30, to be paid on 2000-04-03."),
            # 10,000 / 104.947 = 95.286192 shares at 50, less 1,000 in cash, which is 20 of them
            ("2000-03-30", ALL, "STL-1 STL-2 CNV-4 INT-7", "Settlement of EUR 10,000 surrendered on 2000-03-01: the 20 closes, which stand in for the VWAP, from 2000-03-03 to 2000-03-30 give cash of 100 and 7.528619 shares per 1,000: EUR 10,000 x 7.528619/1,000 = 75.286192 shares, 75 whole, and EUR 10,000 x 100/1,000 + 0.286192 x 50 = 1,014.31 in cash, the fraction at the last price, paid on 2000-04-03."),
            ("2000-04-10", NOBODY, "STL-1", "The issuer chooses settlement in cash, for Notes surrendered from now on."),
        ],
    ),
    "a lower price and a put": (
        [cn.Revision("2000-06-30", 60), cn.PutElection("2000-07-03", 1_000_000)],
        {"until": "2000-07-03", "over": course(50), "note": dataclasses.replace(NOTE, **AFTER_A_LOW_CLOSE)},
        set(),
        [
            ("2000-06-30", NOBODY, "DWN-1 DWN-1c", "The Company lowers the conversion price from 104.947 to 60; the floor is 50.000000, the last close. 1 of 1 closes to 2000-06-30 meet the condition (1 of 1 closes below 85% of the conversion price in force)."),
            ("2000-07-03", ALL, "CPT-1 CPT-1c", "Election to put EUR 1,000,000 on 2000-07-11. 1 of 1 closes to 2000-07-03 meet the condition (1 of 1 closes below 85% of the conversion price in force)."),
        ],
    ),
    "a window of conversion": (
        [],
        {"until": "2000-10-02", "over": course(50, ("2000-06-26", 70), ("2000-07-03", 50)), "note": dataclasses.replace(NOTE, contingent_conversion=IN_QUARTERS)},
        set(),
        [
            ("2000-07-01", NOBODY, "CNT-1", "1 of 1 closes to 2000-06-30 meet the condition (1 of 1 closes above 60): the Notes are convertible from today until at least 2000-09-30."),
            ("2000-09-30", NOBODY, "CNT-1", "Today is the last day of this conversion period; the closes are next tested on 2000-12-29."),
        ],
    ),
    "property of two kinds": (
        [cn.Convert("2000-03-01", 10_000)],
        {"until": "2000-03-01", "over": course(50), "note": TWO_KINDS},
        set(),
        [
            ("2000-03-01", ALL, "CNV-1 CNV-3 RTE-1 EXC-1 CNV-9", "Conversion of EUR 10,000 x 9.5/1,000 = 95 shares (conversion price ≈105.26), 95 whole, of Another plc."),
            ("2000-03-01", ALL, "EXC-1 FRC-1", "Further property delivered: EUR 10,000 x 2.25/1,000 = 22.5 units of THIRD, 22 whole; the fraction is dropped."),
        ],
    ),
    "a coupon at an index": (
        [],
        {"until": "2001-02-16", "over": FIXED, "note": FLOATING},
        {"coupon"},
        [
            ("2000-02-16", NOBODY, "FLT-1", "Interest accrues at 0.06 from 2000-02-16: EURIBOR12 on 2000-02-14, 0.05, plus 0.01."),
            ("2001-02-14", NOBODY, "FLT-1 FLT-1c", "Interest accrues at 0 from 2001-02-16: EURIBOR12 on 2001-02-14, -0.02, plus 0.01, raised to the floor."),
            # 41,400,000 x 366/365
            ("2001-02-16", ALL, "INT-1 INT-2 FLT-1 INT-3 INT-7", "Coupon: EUR 690,000,000 x 0.06 x 366/365 = 41,513,424.66, interest from 2000-02-16, to the holders of record of 2001-02-01."),
        ],
    ),
    "a coupon in kind": (
        [],
        {"until": "2001-02-16", "note": IN_KIND},
        set(),
        [
            # 47,567,465.7534…
            ("2001-02-16", ALL, "INT-1 INT-2 PIK-1 PIK-1c", "Coupon in kind: EUR 690,000,000 x 0.06875 x 366/365 = 47,567,466, rounded half-up to 1, interest from 2000-02-16, is added to principal: EUR 690,000,000 + 47,567,466 = 737,567,466."),
        ],
    ),
    "a sale and an amendment": (
        [
            cn.Transfer("2001-02-05", 100_000_000, holder=A, to="C"),
            cn.Amendment("2001-06-01", dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, rate="0.08"))),
        ],
        {**TWO, "until": "2001-06-01"},
        set(),
        [
            ("2001-02-05", A, "LIF-1", "Transfer of EUR 100,000,000 from A to C; the coupon due 2001-02-16 stays with the holders of record of 2001-02-01."),
            ("2001-06-01", NOBODY, "LIF-4 AMD-1", "Amended with effect from tomorrow: interest.rate from 0.06875 to 0.08. Requires the consent of holders of a majority of the principal outstanding [AMD-1]."),
        ],
    ),
}  # fmt: skip
