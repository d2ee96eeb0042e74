"""The strategy for valid notes with the terms that most papers have, close to the bundled one or far from it.

`convnote.testing.notes` adds a rarer term to some of them.

Every choice lists the bundled note's value first, so that a failing example shrinks to that note except for the terms that
matter.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from convnote.arithmetic import decimal
from convnote.calendars import add_months, ends_month, to_date
from convnote.inputs import MaybeNone
from convnote.note import ConvertibleNote
from convnote.provisions import (
    Accretion,
    Adjustment,
    ChangeOfControlPrice,
    CleanUp,
    Condition,
    Conversion,
    MakeWholeChange,
    Put,
    SettlementTerms,
)
from convnote.provisions.interest import COUPON_DAY_COUNTS
from convnote.provisions.payment_dates import STUBS
from convnote.testing.edges import bundled


@st.composite
def usual_notes(draw: st.DrawFn, *, like: ConvertibleNote | None = None) -> ConvertibleNote:
    """Valid notes with or without each provision that most papers have; `like` as in `notes`."""
    base = bundled() if like is None else like
    one = Chooser(draw)
    note = base if one.maybe() else _other_life(base, one)
    issue, maturity = note.issue_date, note.maturity_date

    def some_day(*shares: float) -> date:
        share = one.of(*shares)
        return issue + timedelta(days=int((maturity - issue).days * share))

    changes: dict[str, Any] = {}
    if not one.maybe():
        changes["interest"] = _interest(note, one)
    assert note.conversion is not None
    if not one.maybe():
        changes["accretion"] = _accretion(note, one)
    if not one.maybe():
        changes["conversion"] = _conversion(note, one)
    conversion: Conversion | MaybeNone = changes.get("conversion", note.conversion)
    price = decimal(conversion.price)
    if price != note.conversion.price or not one.maybe():
        changes["reset"] = _reset(note, one, price, some_day)
        changes["withdrawal"] = _withdrawal(note, one, price, some_day)
    if not one.maybe():
        changes["redemption"] = _redemption(note, one, price, some_day)
        changes["clean_up"] = _clean_up(note, one)
    if not one.maybe():
        changes["put"] = _put(note, one, some_day)
    if not one.maybe():
        changes["fundamental_change"] = _changed(
            note.fundamental_change,
            one,
            notice_within=one.of(10, 0, 30),
            price=one.of(1, Decimal("1.01")),
            **one.of(
                {"repurchase_after": one.of(30, 1, 45)},
                {"repurchase_after": (20, 35), "unit": "business days"},
                {"period_days": 60, "pays_after": one.of(10, None)},
            ),
        )
        changes["make_whole_change"] = _made_whole(note, one, conversion)
        changes["change_of_control_price"] = one.of(
            None, ChangeOfControlPrice(premium=Decimal("0.32"), period_days=one.of(60, 0), to=one.of("maturity", "put"))
        )
        changes["default"] = _changed(note.default, one, grace_days=one.of(30, 0, 5))
        changes["adjustment"] = _adjustment(note, one, decimal(note.denomination) / price)
    if not one.maybe():
        changes["settlement"] = _settlement(one)
    return dataclasses.replace(note, **changes)


def at_fixed_rate(note: ConvertibleNote, one: Chooser) -> ConvertibleNote:
    """The note that converts at a fixed exchange rate into a share in another currency (FXF-1)."""
    changes: dict[str, Any] = {
        "principal": dataclasses.replace(note.principal, share_currency="HKD"),
        "make_whole_change": None,
        "settlement": None,
    }
    if note.adjustment is not None:
        changes["adjustment"] = dataclasses.replace(note.adjustment, rounding_of="price")
    settings = {"fixed_rate": one.of(Decimal("7.7532"), Decimal("0.1289")), "fraction": one.of("dropped", "up", "cash")}
    price = decimal(note.conversion.price)
    conversion = dataclasses.replace(note.conversion, price=price, rate=None, **settings)
    return dataclasses.replace(note, conversion=conversion, **changes)


@st.composite
def notes_at_fixed_rate(draw: st.DrawFn) -> ConvertibleNote:
    """Notes that convert at a fixed exchange rate into a share in another currency (FXF-1); they are replayed, not simulated.

    >>> from hypothesis import find
    >>> find(notes_at_fixed_rate(), lambda note: note.closes_currency != note.currency).closes_currency
    'HKD'
    """
    return at_fixed_rate(draw(usual_notes()), Chooser(draw))


class Chooser:
    """Choices that shrink to the first option."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def of(self, *options: Any) -> Any:
        return options[self.draw(st.integers(0, len(options) - 1))]

    def maybe(self) -> bool:
        """True, the simplest choice, if a part stays unchanged."""
        return not self.draw(st.booleans())


def _changed(part: Any, one: Chooser, **changes: Any) -> Any:
    return one.of(part, None) if part is None or one.maybe() else dataclasses.replace(part, **changes)


def _other_life(base: ConvertibleNote, one: Chooser) -> ConvertibleNote:
    """Another maturity, denomination and calendar; resets, calls and the last day of a withdrawal that fit into it."""
    years = one.of(5, 3, 2, 10)
    maturity = one.of(_as_it_is, _end_of_its_month)(add_months(base.issue_date, 12 * years + one.of(0, 1, 6)))
    denomination = one.of(1000, 100, 1, 50_000)
    principal = dataclasses.replace(
        base.principal,
        maturity_date=maturity,
        denomination=denomination,
        issue_size=denomination * one.of(690_000, 1, 1000),
        maturity_price=one.of(1, Decimal("1.12")),
        maturity_includes_interest=one.of(None, True),
        business_days=one.of("FED", "FED+TARGET", "weekdays", "none"),
        trading_days=one.of("NASDAQ", "NYSE", "weekdays"),
        # a payment date, or the days before and after the last one
        closed=one.of(None, (add_months(maturity, -12),), (maturity - timedelta(days=1), maturity + timedelta(days=1))),
        certificates={},
    )
    life = (maturity - base.issue_date).days
    middle = base.issue_date + timedelta(days=life // 2)
    assert base.reset and base.withdrawal and base.redemption
    return dataclasses.replace(
        base,
        principal=principal,
        reset=dataclasses.replace(base.reset, dates=(base.issue_date + timedelta(days=life // 3),)),
        withdrawal=dataclasses.replace(base.withdrawal, before=middle),
        redemption=dataclasses.replace(base.redemption, prices=((middle, Decimal(1)),)),
    )


def _as_it_is(on: date) -> date:
    return on


def _end_of_its_month(on: date) -> date:
    return add_months(on.replace(day=1), 1) - timedelta(days=1)


def _interest(note: ConvertibleNote, one: Chooser) -> Any:
    frequency = one.of(1, 2, 4, 12)
    stub = one.of(None, *STUBS)
    counted_from = note.issue_date if (stub or "").endswith("-last") else note.maturity_date
    interest = dataclasses.replace(
        note.interest,
        rate=one.of(note.interest.rate, Decimal("0.05"), Decimal("0.1"), Decimal(0), Decimal("0.043217")),
        frequency=frequency,
        day_count=one.of(note.interest.day_count, *COUPON_DAY_COUNTS),
        record_days=one.of(15, 0, 1, 10 if frequency == 12 else 30),
        stub=stub,
        end_of_month=one.of(None, True) if ends_month(counted_from) else None,
        defaulted_to=one.of("special-record", "record"),
    )
    if one.maybe() or len(interest.due_days) < 2:
        return interest
    rises_on = to_date(interest.due_days[one.of(0, (len(interest.due_days) - 1) // 2)])
    steps = ((note.issue_date, Decimal("0.02")), (rises_on, one.of(Decimal("0.07"), Decimal("0.001"))))
    return dataclasses.replace(interest, rate=steps)


def _accretion(note: ConvertibleNote, one: Chooser) -> Accretion:
    terms = Accretion(
        issue_price=Decimal(1),
        yield_=one.of(Decimal("0.04875"), Decimal("0.12")),
        frequency=one.of(2, 1, 4),
        day_count=one.of("30/360", "act/365f"),
        includes_the_day=one.of(False, True),
        principal=note.principal,
    )
    price = round(decimal(terms.exact_issue_price), one.of(2, 6)) or Decimal("0.5")
    return dataclasses.replace(terms, issue_price=price)


def _conversion(note: ConvertibleNote, one: Chooser) -> Any:
    assert note.conversion is not None
    return dataclasses.replace(
        note.conversion,
        price=one.of(note.conversion.price, Decimal(100), Decimal("84.883"), Decimal("0.37"), Decimal(2500)),
        accrued=one.of("record-date", "paid", "forgo"),
        called_until=one.of("1 business day before", "redemption-date", "2 trading days before", "3 calendar days before"),
        first_converted=one.of("called", "uncalled"),
        from_date=one.of(None, note.issue_date + timedelta(days=90)),
        rate=one.of(None, Decimal("31.6206"), Decimal("0.91137")),
        fraction=one.of("cash", "dropped", "up"),
        pays_in_except=one.of(("notice",), ("last", "redemption", "repurchase", "overdue"), ()),
        until=one.of(None, "1 business day before", "2 trading days before", "7 calendar days before", "0 business days before"),
    )


def _adjustment(note: ConvertibleNote, one: Chooser, rate: Decimal) -> Any:
    # A rate far above its unit, so that rounding does not reduce it to 0 after several adjustments.
    unit = min(one.of(Decimal("0.0001"), Decimal("0.01")), Decimal(1).scaleb(rate.adjusted() - 4))
    limit = one.of(Decimal(0), Decimal("0.25"))
    return one.of(
        note.adjustment,
        Adjustment(carry_below=Decimal(0), rounding=Decimal("0.001")),
        Adjustment(dividend_threshold=Decimal("0.5"), market_price_days=5),
        Adjustment(carry_until=one.of("conversion", "yearly")),
        Adjustment(dividends="threshold-both", dividend_threshold=limit, market_price_days=one.of(1, 10)),
        Adjustment(dividends="subtract", only_reverse_split_raises=one.of(True, False)),
        Adjustment(dividend_thresholds=dict.fromkeys(range(1990, 2061), limit)),  # type: ignore[arg-type]
        Adjustment(rounding=unit, rounding_of="rate", rounding_mode=one.of("half-up", "down", "up")),
        None,
    )


def _made_whole(note: ConvertibleNote, one: Chooser, conversion: Conversion) -> MakeWholeChange | None:
    """A table of three dates and three prices, falling to zero or to a positive figure at its edges."""
    if one.maybe():
        return None
    price, life = decimal(conversion.price), (note.maturity_date - note.issue_date).days
    at = tuple(
        (price * share).quantize(Decimal("1e-6")) for share in (Decimal("0.7"), Decimal(1), one.of(Decimal(2), Decimal(8)))
    )
    each = decimal(note.denomination) / price
    rows = [[each * share / 20 for share in shares] for shares in ((8, 4, one.of(0, 1)), (8, 3, 0), (8, one.of(0, 1), 0))]
    return MakeWholeChange(
        prices=at,
        dates=[note.issue_date + timedelta(days=days) for days in (0, life // 2, life)],  # type: ignore[arg-type]
        shares=rows,  # type: ignore[arg-type]
        cap_rate=one.of(None, each * Decimal("1.3")),
        on_call=one.of(True, False),
    )


def _put(note: ConvertibleNote, one: Chooser, some_day: Callable[..., date]) -> Put:
    first = some_day(0.5, 0.3)
    par, dear = Decimal(1), Decimal("1.05")
    prices = one.of(((first, par),), ((first, dear), (first + timedelta(days=400), Decimal("1.1"))))
    prices = tuple((on, price) for on, price in prices if on < note.maturity_date)
    return Put(prices=prices, accrued=one.of("clean", "dirty"), notice_at_least=one.of(0, 10), notice_at_most=one.of(60, 30))


def _reset(note: ConvertibleNote, one: Chooser, price: Decimal, some_day: Callable[..., date]) -> Any:
    assert note.reset is not None
    if one.maybe() and price == note.conversion.price:
        return one.of(note.reset, None)
    dates = one.of((some_day(0.1, 0.4),), tuple(sorted({some_day(0.2), some_day(0.5), some_day(0.9)})))
    floor = one.of((price * 4 / 5).quantize(Decimal("0.001")), Decimal(0), price)
    return dataclasses.replace(note.reset, dates=dates, floor=floor, window=one.of(20, 1, 5), rounding=one.of("0.001", "0.01"))


def _withdrawal(note: ConvertibleNote, one: Chooser, price: Decimal, some_day: Callable[..., date]) -> Any:
    if one.maybe() and price == note.conversion.price:
        return one.of(note.withdrawal, None)
    days, period = one.of((20, 30), (1, 1), (10, 10), (5, 30))
    least, most = one.of((30, 60), (0, 30), (10, 10))
    return dataclasses.replace(
        note.withdrawal,
        trigger=(price * one.of(Decimal("1.6"), Decimal("1.3"))).quantize(Decimal("0.001")),
        trigger_multiple=None,
        days=days,
        period=period,
        before=one.of(note.withdrawal.before, some_day(0.4, 0.7)),
        notice_at_least=least,
        notice_at_most=most,
        notice_within=one.of(5, 0, 20),
        make_whole_amount=one.of("206.25", 0, 10),
        make_whole_to=one.of("outstanding", "both", "converted"),
        strict=one.of(True, False),
        from_date=one.of(None, note.issue_date + timedelta(days=60)),
        last_conversion=one.of("1 business day before", "0 calendar days before", "3 calendar days before"),
    )


def _redemption(note: ConvertibleNote, one: Chooser, price: Decimal, some_day: Callable[..., date]) -> Any:
    first = some_day(0.3, 0.6, 0.0)
    steps: Sequence[tuple[date, Any]] = one.of(
        [(first, 1)], [(first, Decimal("1.04")), (first + timedelta(days=200), Decimal("1.02")), (first + timedelta(days=400), 1)]
    )
    least, most = one.of((30, 60), (0, 0), (15, 15))
    if not one.maybe():
        return one.of(note.redemption, None)
    soft: dict[str, Any] = {}
    if one.of(False, True, True):
        soft = {"condition": _condition(one, price), "until": one.of(None, first + timedelta(days=300))}
    return dataclasses.replace(
        note.redemption,
        prices=steps,
        accrued=one.of("clean", "dirty"),
        notice_at_least=least,
        notice_at_most=most,
        selection=one.of("pro-rata", "lot"),
        whole_only=one.of(False, True),
        last=one.of(None, "10 business days before"),
        **soft,
    )


def _condition(one: Chooser, price: Decimal) -> Condition:
    """A condition on closes for a call, at levels that move with the price in force, or do not (SFT-1)."""
    days, period = one.of((20, 30), (1, 1), (10, 10), (5, 30))
    multiple = one.of(Decimal("1.3"), Decimal("0.9"))
    figure = {"of": "figure", "figure": (price * multiple).quantize(Decimal("0.001"))}
    return Condition(
        days=days,
        period=period,
        strict=one.of(True, False),
        ends=one.of("day-before-notice", "notice"),
        short_period=one.of(False, True),
        and_last=one.of(False, True),
        within=one.of(1, 5),
        **one.of({"of": "in-force", "multiple": multiple}, {"of": "initial", "multiple": multiple}, figure),
    )


def _clean_up(note: ConvertibleNote, one: Chooser) -> CleanUp | None:
    """A call of all Notes left once little of the issue is outstanding, or none (CCP-1)."""
    limits = one.of({"share": Decimal("0.15")}, {"amount": decimal(note.denomination) * 3})
    notice = one.of({}, {"notice_at_least": 0, "notice_at_most": 20})
    return one.of(None, CleanUp(strict=one.of(False, True), **limits, **notice))


def _settlement(one: Chooser) -> SettlementTerms:
    """Conversions settled over an observation period, some by a method that the issuer chooses (STL-1)."""
    return SettlementTerms(
        observation=one.of(20, 1, 5),
        starts=one.of(2, 1),
        pays_after=one.of(2, 0, 5),
        election=one.of(None, "issuer"),
        final=one.of(None, "21 trading days before"),
        default_claim=one.of("last-price", "principal"),
        **one.of({"method": "cash"}, {"method": "shares"}, {"method": "combination", "specified": one.of(1000, 400)}),
    )
