"""Random notes that mix the terms of other papers: each family of terms is put on a random note or left out, independently."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from random import Random

import convnote as cn
from convnote.calendars import ends_month, to_date
from convnote.provisions import Accretion, ChangeOfControlPrice, CleanUp, Exchange, MakeWholeChange
from convnote.provisions.exchange import Property
from convnote.provisions.payment_dates import STUBS
from convnote.provisions.settlement import SettlementTerms

from .cases import a_case
from .test_contingent_conversion import in_windows
from .test_elected_until import convertible_when_elected
from .test_low_closes import put_on_low_closes
from .test_mandatory import as_mandatory
from .test_soft_call import softened
from .test_timing_terms import other_terms

Mix = Callable[[cn.ConvertibleNote, Random], cn.ConvertibleNote]


def by_rate(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Shares per denomination in place of a price (RTE-1), rounded with the rate (RTE-2)."""
    rate = round(Fraction(note.denomination) / Fraction(note.conversion.price), r.choice([4, 4, 1]))
    adjustment = note.adjustment and dataclasses.replace(
        note.adjustment, rounding_of="rate", rounding="0.0001", rounding_mode=r.choice(["half-up", "down", "up"])
    )
    return dataclasses.replace(
        note, conversion=dataclasses.replace(note.conversion, price=None, rate=rate), adjustment=adjustment
    )


def with_dividend_terms(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Another protection against dividends, another way to carry what is small (DIV-1…DIV-3, ADJ-7)."""
    settings = r.choice(
        [
            {"dividends": "threshold-both", "dividend_threshold": "0.25", "market_price_days": 1},
            {"dividends": "subtract", "only_reverse_split_raises": False},
            {"dividend_thresholds": dict.fromkeys(range(1990, 2031), "0.42")},
            {"dividend_threshold": "0.2"},
        ]
    )
    adjustment = cn.provisions.Adjustment(carry_until=r.choice(["one-percent", "conversion", "yearly"]), **settings)
    return dataclasses.replace(note, adjustment=adjustment)


def by_day_count(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Another day count, stubs and ends of months (DCT-1, ROL-1)."""
    counts = ["act/act-icma", "30e/360", "30e/360-isda", "30/360-us", "act/360", "act/365f", "30/360"]
    stub = r.choice([None, *STUBS])
    counted_from = note.issue_date if (stub or "").endswith("-last") else note.maturity_date
    return dataclasses.replace(
        note,
        interest=dataclasses.replace(
            note.interest, day_count=r.choice(counts), stub=stub, end_of_month=True if ends_month(counted_from) else None
        ),
    )


def by_steps(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """A rate that changes on some payment dates (STP-1)."""
    dues = [to_date(day) for day in note.interest.due_days if day < note.principal.maturity_day]
    starts = [note.issue_date, *sorted(r.sample(dues, r.randrange(len(dues) + 1)))]
    return dataclasses.replace(
        note,
        interest=dataclasses.replace(note.interest, rate=[(on, r.choice(["0.01", "0.05", "0.002", "0.09"])) for on in starts]),
    )


def floating(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """A rate fixed by an index before each period, with all fixings known (FLT-1)."""
    interest = dataclasses.replace(
        note.interest,
        rate=None,
        index="LIBOR",
        spread=r.choice([None, "0.02", "-0.01"]),
        floor=r.choice([None, "0.01"]),
        fixed=r.choice(["2 business days before", "0 calendar days before", "5 trading days before"]),
    )
    known = {
        to_date(interest.fixing_day(start)): r.choice(["0.01", "0.05", "-0.002", "0.09"]) for start in interest.period_starts
    }
    return dataclasses.replace(note, interest=interest.with_fixings(known))


def in_kind(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Coupons before maturity that become principal, rounded on the position, without what cannot stand beside them (PIK-1)."""
    principal = dataclasses.replace(note.principal, rounded_on="position", maturity_includes_interest=None)
    call = note.redemption and dataclasses.replace(note.redemption, make_whole_amount=None, make_whole_until=None)
    withdrawal = note.withdrawal and dataclasses.replace(note.withdrawal, make_whole_amount=0)
    note = dataclasses.replace(note, principal=principal, redemption=call, withdrawal=withdrawal, accretion=None, mandatory=None)
    rounding = {"paid_rounding": r.choice([1, "0.01", 10]), "paid_rounding_mode": r.choice(["up", "down", "half-up"])}
    return dataclasses.replace(note, interest=dataclasses.replace(note.interest, paid="in-kind", **rounding))


def with_interest_at_maturity(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """One payment at maturity, or a premium beside the last coupon (STP-2)."""
    return dataclasses.replace(
        note,
        principal=dataclasses.replace(
            note.principal, maturity_price=r.choice(["1.05", "1.08"]), maturity_includes_interest=r.choice([True, True, None])
        ),
    )


def on_other_days(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Other calendars, and days that the paper closes itself (CAL-1)."""
    banks, markets = r.choice(["FED", "FED+TARGET", "GB", "JP", "weekdays"]), r.choice(["NASDAQ", "XLON", "XJPX", "NYSE"])
    closed = [note.issue_date + timedelta(days=days) for days in r.sample(range(20, 150), 3)]
    principal = dataclasses.replace(
        note.principal, business_days=banks, trading_days=markets, closed=r.choice([None, sorted(closed)])
    )
    return dataclasses.replace(note, principal=principal)


def with_other_changes(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Elections in a period, or a repurchase date that the Company chooses (CHG-2, CHG-3)."""
    if note.fundamental_change is None:
        return note
    when = r.choice(
        [
            {"repurchase_after": (20, 35), "unit": "business days"},
            {"repurchase_after": 45, "unit": r.choice(["business days", "calendar days"])},
            {"period_days": r.choice([30, 60]), "pays_after": r.choice([None, 0, 10])},
        ]
    )
    return dataclasses.replace(note, fundamental_change=dataclasses.replace(note.fundamental_change, **when))


def made_whole(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Additional shares on a change, a call or both (MWT-1, MWT-2)."""
    price, rate = Fraction(note.conversion.price), Fraction(note.conversion.ratio())
    prices = [round(price * share, 2) for share in (Fraction(7, 10), Fraction(1), Fraction(3, 2), Fraction(3))]
    middle = note.issue_date + (note.maturity_date - note.issue_date) / 2
    rows = [[round(rate * part / 40, 4) for part in parts] for parts in ((12, 8, 5, 1), (12, 6, 3, 0), (12, 0, 0, 0))]
    table = MakeWholeChange(
        prices=prices,
        dates=[note.issue_date, middle, note.maturity_date],
        shares=rows,
        cap_rate=r.choice([None, round(rate * Fraction(6, 5), 4)]),
        on_call=r.random() < 0.6,
        stock_price=r.choice(["average-5"] * 5 + ["cash"]),
    )
    return dataclasses.replace(note, make_whole_change=table)


def with_lower_price(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """A lower price for some days after a change of control (CHG-1)."""
    terms = ChangeOfControlPrice(
        premium=r.choice(["0.32", "0.1"]), period_days=r.choice([10, 60]), to=r.choice(["maturity", "put"])
    )
    return dataclasses.replace(note, change_of_control_price=terms)


def paid_when_called(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """A make-whole on each Note called, less the interest paid (SFT-3)."""
    if note.redemption is None:
        return note
    terms = dataclasses.replace(
        note.redemption,
        make_whole_amount=Fraction(note.denomination) * r.choice([2, 5, 20]) / 100,
        make_whole_until=r.choice([None, note.issue_date + timedelta(days=r.choice([140, 200]))]),
    )
    return dataclasses.replace(note, redemption=terms)


def accreting(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """A value that grows to the denomination, on which calls, puts and claims stand (ACC-1, ACC-2)."""
    terms = Accretion(
        issue_price=1,  # replaced below by the exact one, rounded
        yield_=r.choice(["0.02", "0.05"]),
        frequency=r.choice([1, 2, 4]),
        day_count=r.choice(["30/360", "act/365f"]),
        includes_the_day=r.random() < 0.5,
    )
    bare = dataclasses.replace(note, accretion=terms, interest=dataclasses.replace(note.interest, rate=0))
    printed = round(bare.accretion.exact_issue_price, 2)
    return dataclasses.replace(bare, accretion=dataclasses.replace(terms, issue_price=printed))


def settled_later(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Conversions settled over an observation period, in cash or in cash and shares (STL-1, STL-2)."""
    terms = SettlementTerms(
        **r.choice([{"method": "cash"}, {"method": "combination", "specified": note.denomination}, {"method": "shares"}]),
        observation=r.choice([1, 5, 20]),
        starts=r.choice([1, 2]),
        pays_after=r.choice([0, 2]),
    )
    return dataclasses.replace(note, settlement=terms)


def with_clean_up(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """A call of all that is left once it is little: never of the whole issue, which is what a simulation holds (CCP-1)."""
    limit = r.choice([{"share": "0.15"}, {"share": "0.9"}, {"amount": note.denomination}])
    notice = r.choice([{}, {"notice_at_least": 0, "notice_at_most": 20}])
    return dataclasses.replace(note, clean_up=CleanUp(strict=r.random() < 0.5, **limit, **notice))


def for_other_shares(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """Shares of another company, at an amount per denomination; no resets of a price that the paper does not state (EXC-1)."""
    amount = round(Fraction(note.denomination) / Fraction(note.conversion.price), r.choice([1, 4]))
    exchange = Exchange(shares_of="Another plc", property=(Property("ANOTHER", amount),))
    conversion = dataclasses.replace(note.conversion, price=None, rate=amount)
    return dataclasses.replace(note, conversion=conversion, reset=None, exchange=exchange)


#: Families of terms, how often each is put on a note, and how.
FAMILIES: dict[str, tuple[float, Mix]] = {
    "timing": (0.6, other_terms),
    "rate": (0.4, by_rate),
    "mandatory": (0.12, as_mandatory),
    "dividends": (0.3, with_dividend_terms),
    "days": (0.3, on_other_days),
    "day count": (0.4, by_day_count),
    "steps": (0.35, by_steps),
    "maturity": (0.25, with_interest_at_maturity),
    "soft call": (0.5, softened),
    "changes": (0.4, with_other_changes),
    "made whole": (0.15, made_whole),
    "lower price": (0.1, with_lower_price),
    "paid when called": (0.2, paid_when_called),
    "accretion": (0.15, accreting),
    "settlement": (0.2, settled_later),
    "windows": (0.25, in_windows),
    "floating": (0.2, floating),
    "in kind": (0.15, in_kind),
    "clean-up": (0.15, with_clean_up),
    "exchange": (0.15, for_other_shares),
    "low closes": (0.2, put_on_low_closes),
    "elected": (0.2, convertible_when_elected),
}


def mixed(note: cn.ConvertibleNote, r: Random) -> tuple[cn.ConvertibleNote, list[str]]:
    """The note with families of terms put on it, and which; a family that contradicts what is there is left out."""
    worn = []
    for name, (chance, mix) in FAMILIES.items():
        if r.random() >= chance:
            continue
        try:
            note = mix(note, r)
        except cn.TermsError:
            continue
        worn.append(name)
    return note, worn


def a_mixed_case(seed: int):
    """Note, families, model, policy and principal by a seed; the default of an issuer leaves another company's share as it is."""
    note, model, policy, principal = a_case(seed)
    note, worn = mixed(note, Random(f"mixed {seed}"))
    if note.exchange is not None:
        model = dataclasses.replace(model, default_jump=0)
    return note, worn, model, policy, principal
