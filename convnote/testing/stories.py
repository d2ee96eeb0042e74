"""Event sequences that take a note to the edges of its rules, drawn by a `pick` function that the caller supplies.

Nothing is validated here: most proposed events are allowed, and the replay decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from convnote.arithmetic import decimal, fraction
from convnote.calendars import day_number, to_date
from convnote.lifecycle import FurtherIssue, MarketPurchase, Revision, SettlementElection
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import ConditionalPut
from convnote.provisions import Revision as RevisionTerms
from convnote.testing.courses import level_of, levels, market, run_lengths
from convnote.testing.picks import TICK, Pick, first_of, seeded, some_day, some_principal
from convnote.testing.spells import SpelledHistory

__all__ = ["STORIES", "TICK", "Pick", "first_of", "levels", "life", "market", "run_lengths"]
__all__ += ["seeded", "some_day", "some_principal"]


def life(
    note: ConvertibleNote, history: SpelledHistory, pick: Pick, kinds: tuple[type[ev.Event], ...] | None = None
) -> list[ev.Event]:
    """The events of up to six sequences for this note in this market, by day, limited to `kinds` (None: all)."""
    told = [story for story, tells, can in STORIES if can(note) and (kinds is None or set(tells) & set(kinds))]
    found: list[ev.Event] = []
    if told:
        for already in range(6):
            # Every number from 0 to 6 is equally likely; drawn one sequence at a time, so that shrinking can drop one.
            if pick(range(7 - already)) == 0:
                break
            found += told[pick(range(len(told)))](note, history, pick)
    if kinds is not None:
        found = [event for event in found if isinstance(event, kinds)]
    return sorted(found, key=lambda event: (event.day, event.rank))


def _conversion(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    day = some_day(note, pick)
    yield ev.Convert(to_date(day), some_principal(note, pick))
    if pick(False, True):
        yield ev.Convert(to_date(day), some_principal(note, pick))


def _withdrawal(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    terms = note.withdrawal
    assert terms is not None
    days = history.days
    inside = days >= note.principal.issue_day
    met = days[inside][terms.met(history.closes[inside] > float(terms.trigger) * (1 + 1e-12))]
    met = met[met <= int(day_number(terms.last_notice))]
    banks = note.principal.banks
    if len(met):
        last = int(met[pick(-1, 0, len(met) // 2)])
        notice = pick(last, int(banks.after(last, terms.notice_within)) if terms.notice_within else last, last + 1)
        notice += pick(0, 1)
    else:
        notice = some_day(note, pick, last=int(day_number(terms.last_notice)))
    lead = terms.notice_at_least + pick(0, terms.notice_at_most - terms.notice_at_least, 1, -1)
    effective = notice + max(lead, 0)
    if notice < note.principal.issue_day:
        return
    yield ev.WithdrawalNotice(to_date(notice), to_date(effective))
    if pick(False, True):
        yield ev.Convert(to_date(effective - pick(1, 0, 2, 3, lead or 1)), some_principal(note, pick))
    if pick(False, False, True):
        yield ev.MissedPayment(to_date(effective), "make-whole")
        yield ev.Cure(to_date(effective + pick(1, 40)), "make-whole")


def _redemption(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    terms = note.redemption
    assert terms is not None
    redemption = some_day(note, pick, first=int(day_number(terms.first_date)), last=note.principal.maturity_day - 1)
    notice = redemption - terms.notice_at_least - pick(0, terms.notice_at_most - terms.notice_at_least, 1, -1)
    if notice < note.principal.issue_day:
        return
    yield ev.RedemptionNotice(to_date(notice), to_date(redemption), pick(some_principal(note, pick), None), seed=pick(0, 1))
    if pick(False, True):
        yield ev.Convert(to_date(redemption - pick(1, 0, 2, 3, 4, 20)), some_principal(note, pick))
    if pick(False, False, False, True):
        yield ev.MissedPayment(to_date(redemption), "redemption")
        yield ev.Cure(to_date(redemption + pick(1, 15, 90)), "redemption")


def _clean_up(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """Holders convert until no more than the limit of the clean-up is left, or a Note more, and all that is left is called."""
    terms, few = note.clean_up, fraction(note.denomination)
    assert terms is not None
    whole = fraction(note.issue_size)
    least, most = terms.lead(note.redemption)
    redemption = some_day(note, pick, last=note.principal.maturity_day - 1)
    notice = redemption - pick(least, most, least - 1)
    if notice <= note.principal.issue_day:
        return
    left = min(terms.limit(whole) // few + pick(0, 1, -1), whole // few - 1) * few
    gone = whole - max(left, few)
    if gone > 0:
        yield ev.Convert(to_date(note.principal.banks.before(notice)), gone)
    yield ev.RedemptionNotice(to_date(notice), to_date(redemption), pick(None, few))
    if pick(False, True):
        yield ev.Convert(to_date(redemption - pick(1, 0, 2, 5)), few)


def _change(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    terms = note.fundamental_change
    assert terms is not None
    # Puts the repurchase date, the day that matters, near a date of the schedule.
    repurchase = some_day(note, pick)
    notice = repurchase - int(terms.repurchase_day(repurchase) - repurchase)
    repurchase = int(terms.repurchase_day(notice))
    occurred = notice - pick(terms.notice_within, 0, terms.notice_within + 1, terms.notice_within + 60)
    if occurred < note.principal.issue_day:
        return
    yield ev.FundamentalChange(to_date(occurred))
    yield ev.FundamentalChangeNotice(to_date(notice))
    principal = some_principal(note, pick)
    deadline = int(terms.election_deadline(repurchase, notice))
    if pick(True, True, True, False):
        back = pick(False, True)
        elected = deadline - 7 if back else deadline + pick(0, -5, 1)
        yield ev.RepurchaseElection(to_date(max(elected, notice)), principal)
        if back:
            until = int(note.principal.banks.before(repurchase))
            yield ev.RepurchaseElectionWithdrawal(
                to_date(max(until + pick(0, 1, -2), notice)), pick(principal, fraction(note.denomination))
            )
        if pick(False, True):
            yield ev.Convert(to_date(repurchase - pick(0, 1, 2, 3)), some_principal(note, pick))
        if pick(False, False, False, True):
            yield ev.MissedPayment(to_date(repurchase), "repurchase")
            yield ev.Cure(to_date(repurchase + pick(1, 60)), "repurchase")


def _missed_coupon(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    dues = note.interest.due_days
    due = dues[pick(range(len(dues)))]
    grace = note.default.grace_days if note.default else 30
    yield ev.MissedPayment(to_date(due))
    match pick("cure", "accelerate", "nothing"):
        case "cure":
            yield ev.Cure(to_date(due + pick(1, grace, 300, 0, 2, 3)))
        case "accelerate":
            yield ev.Acceleration(to_date(on := due + grace + pick(0, -1, 100)))
            if pick(True, False):
                yield ev.Convert(to_date(on + 1), some_principal(note, pick))
            if pick(True, False):
                yield ev.Cure(to_date(on + pick(10, 0)), pick("principal", "principal", "interest"))
                yield from (ev.Rescission(to_date(on + pick(10, 11, 9))),) * pick(0, 1)
            else:
                yield ev.Default(to_date(on + pick(10, 200)), pick(Fraction(2, 5), 0))


def _rescission(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """A coupon is missed, the Notes are declared due, the coupon is paid and the declaration rescinded."""
    due = note.interest.due_days[pick(range(len(note.interest.due_days)))]
    on = note.principal.payment_day(due) + (note.default.grace_days if note.default else 30)
    yield from (ev.MissedPayment(to_date(due)), ev.Acceleration(to_date(on)), ev.Cure(to_date(on + 1)))
    yield ev.Rescission(to_date(on + pick(1, 2, 10)))


def _covenant(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    day, notice = some_day(note, pick), note.default.covenant_notice_days if note.default else 60
    on, of = day + notice + pick(0, -1, 100), pick("covenant", "covenant", "notice", "interest")
    yield ev.CovenantDefault(to_date(day))
    if pick(True, False):
        yield pick(ev.Waiver(to_date(day + pick(1, 0, notice)), of), ev.Cure(to_date(day + pick(1, notice)), "covenant"))
    if pick(True, False):
        yield from (ev.Acceleration(to_date(on)), pick(ev.Cure(to_date(on + 10), "principal"), ev.Waiver(to_date(on + 10))))
        yield ev.Rescission(to_date(on + pick(10, 11)))


def _transfer(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """Notes change hands, about half of the time near a record date, and may then be surrendered or sold on."""
    day, principal = some_day(note, pick), some_principal(note, pick)
    yield ev.Transfer(to_date(day), principal, to="B")
    if pick(False, True):
        yield ev.Convert(to_date(day + pick(1, 0, 3)), pick(principal, some_principal(note, pick)), holder="B")
    if pick(False, True):
        yield ev.Transfer(to_date(day + pick(1, 0, 20)), principal, holder="B", to=pick("C", "A"))


def _amendment(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """Terms are amended, about half of the time near a payment date: another rate, another price, no call."""
    rate = fraction(note.interest.first_rate) + Fraction(1, 100)
    dearer = {"spread": Fraction(1, 50)} if note.interest.floats else {"rate": decimal(rate)}
    options = [replace(note, interest=replace(note.interest, **dearer))] if note.interest.frequency else []
    if note.conversion is not None and note.conversion.rate is None:
        cheaper = decimal(fraction(note.conversion.price) / 2)
        options.append(replace(note, conversion=replace(note.conversion, price=cheaper)))
    options.append(replace(note, redemption=None))
    yield ev.Amendment(to_date(some_day(note, pick, last=note.principal.maturity_day - 1)), pick(*options))


def _missed_principal(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    maturity = note.principal.maturity_day
    yield ev.MissedPayment(to_date(maturity), "principal")
    if pick(True, False):
        yield ev.Cure(to_date(maturity + pick(1, 45)), "principal")
    elif pick(True, False):
        yield ev.Default(to_date(maturity + pick(1, 45)), Fraction(2, 5))


def _default(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    yield ev.Default(to_date(some_day(note, pick)), pick(Fraction(2, 5), 0, 1))


def _put(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    terms = note.put
    assert terms is not None
    day = int(day_number(terms.dates[pick(range(len(terms.dates)))]))
    lead = pick(terms.notice_at_least, terms.notice_at_most, terms.notice_at_least + 1)
    if day - lead >= note.principal.issue_day:
        yield ev.PutElection(to_date(day - lead), some_principal(note, pick))
    if pick(False, False, True):
        yield ev.MissedPayment(to_date(day), "put")
        yield ev.Cure(to_date(day + pick(1, 40)), "put")


def _split(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    new, old = pick((2, 1), (3, 2), (1, 5), (3, 1))
    yield ev.Split(_adjusting(note, pick), new, old)


def _adjusting(note: ConvertibleNote, pick: Pick) -> date:
    return to_date(some_day(note, pick))


def _adjustment(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    on, held = _adjusting(note, pick), 300_000_000
    match pick("stock dividend", "rights", "spin-off", "cash", "tender"):
        case "stock dividend":
            yield ev.StockDividend(on, pick(held // 10, held // 200, held // 100), held)
        case "rights":
            yield ev.RightsIssue(on, held // 10, pick(held, held * 100), held, pick(None, Fraction(50)))
        case "spin-off":
            # The average reads closes from the ex-date on, and a history may end at maturity.
            averaged = pick("before", "from-ex-date") if on < note.maturity_date - timedelta(days=40) else "before"
            yield ev.SpinOff(on, pick(5, 1000), pick(None, Fraction(50)), averaged)
        case "cash":
            yield ev.CashDividend(on, pick(1, Fraction(1, 5), Fraction(1, 2)), pick(None, Fraction(50)), pick(True, False))
        case _:
            yield ev.TenderOffer(on, held // 10, pick(held * 30, held), held, pick(None, Fraction(50)))


def _merger(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    shares, cash = pick((1, 0), (Fraction(1, 2), 20), (0, 90))
    yield ev.Merger(_adjusting(note, pick), shares, cash)


def _end(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """All remaining Notes convert on one day, which tests the coupon of a holder of record."""
    yield ev.Convert(to_date(some_day(note, pick)), fraction(note.issue_size))


def _bought(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """The Company buys part or all of the Notes; they leave the register on the next record date."""
    few = fraction(note.denomination)
    on = to_date(some_day(note, pick))
    yield MarketPurchase(on, pick(few, fraction(note.issue_size), 3 * few), pick(Fraction(19, 20), 1))


def _issued_further(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    yield FurtherIssue(to_date(some_day(note, pick)), fraction(note.denomination) * pick(1, 1000))


def _chosen(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """The issuer chooses the settlement method; a Note is surrendered on that day, or the day before or after."""
    day, method = some_day(note, pick), pick("cash", "shares", "combination")
    yield SettlementElection(to_date(day), method, 1000 if method == "combination" else None)
    yield ev.Convert(to_date(day + pick(0, -1, 1)), some_principal(note, pick))


def _low_closes(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """The Company lowers the price, or holders put, mostly on a day on which the closes may allow it."""
    if note.revision is not None and note.conversion is not None:
        part = pick(Fraction(999, 1000), Fraction(9, 10), Fraction(3, 4), Fraction(1))
        day = _low_day(note, history, pick, note.revision)
        yield Revision(to_date(day), fraction(note.conversion.price) * part)
    if note.conditional_put is not None:
        day = _low_day(note, history, pick, note.conditional_put)
        yield ev.PutElection(to_date(day), some_principal(note, pick))
        if pick(False, True):
            yield ev.PutElection(to_date(day + pick(1, 30, 366)), some_principal(note, pick))


def _low_day(note: ConvertibleNote, history: SpelledHistory, pick: Pick, right: ConditionalPut | RevisionTerms) -> int:
    """A day on which the condition of the right is met at the initial price, or any day."""
    if note.conversion is None:
        return some_day(note, pick)
    inside = history.days >= note.principal.issue_day
    days = history.days[inside]
    held = right.condition.compared(history.closes[inside], float(level_of(note, right.condition)))
    met = days[right.condition.met(held, days, note.principal.sessions)]
    return int(met[pick(range(len(met)))]) if len(met) and pick(True, True, False) else some_day(note, pick)


def _windows(note: ConvertibleNote, history: SpelledHistory, pick: Pick) -> Iterator[ev.Event]:
    """Up to three times Notes convert on the first or last day of a quarter, a day before or after, or when it is free."""
    terms = note.contingent_conversion
    assert terms is not None
    days = [day for end in terms.looks for day in terms.window(end) if day is not None] + [terms.free_day] * bool(terms.free_day)
    for _ in range(pick(1, 3)):
        day = days[pick(range(len(days)))] if days else some_day(note, pick)
        yield ev.Convert(to_date(day + pick(0, -1, 1, 30)), fraction(note.denomination))


_CLAIMS = (ev.MissedPayment, ev.Cure)
#: Event sequences, the kinds of event they contain, and the notes they apply to.
STORIES: tuple[tuple[Any, tuple[type[ev.Event], ...], Callable[[ConvertibleNote], bool]], ...] = (
    (_conversion, (ev.Convert,), lambda note: note.conversion is not None),
    (_withdrawal, (ev.WithdrawalNotice, ev.Convert, *_CLAIMS), lambda note: note.withdrawal is not None),
    (_redemption, (ev.RedemptionNotice, ev.Convert, *_CLAIMS), lambda note: note.redemption is not None),
    (_clean_up, (ev.RedemptionNotice, ev.Convert), lambda note: note.clean_up is not None),
    (
        _change,
        (
            ev.FundamentalChange,
            ev.FundamentalChangeNotice,
            ev.RepurchaseElection,
            ev.RepurchaseElectionWithdrawal,
            ev.Convert,
            *_CLAIMS,
        ),
        lambda note: note.fundamental_change is not None,
    ),
    (
        _missed_coupon,
        (*_CLAIMS, ev.Acceleration, ev.Rescission, ev.Default, ev.Convert),
        lambda note: bool(note.interest.due_days),
    ),
    (
        _rescission,
        (*_CLAIMS, ev.Acceleration, ev.Rescission),
        lambda note: note.default is not None and bool(note.interest.due_days),
    ),
    (
        _covenant,
        (ev.CovenantDefault, ev.Waiver, ev.Cure, ev.Acceleration, ev.Rescission),
        lambda note: note.default is not None and note.consent is not None,
    ),
    (_transfer, (ev.Transfer, ev.Convert), lambda note: True),
    (_amendment, (ev.Amendment,), lambda note: note.consent is not None),
    (_put, (ev.PutElection, *_CLAIMS), lambda note: note.put is not None),
    (_split, (ev.Split,), lambda note: note.adjustment is not None),
    (
        _adjustment,
        (ev.StockDividend, ev.RightsIssue, ev.SpinOff, ev.CashDividend, ev.TenderOffer),
        lambda note: note.adjustment is not None,
    ),
    (_merger, (ev.Merger,), lambda note: note.adjustment is not None),
    (_end, (ev.Convert,), lambda note: note.conversion is not None),
    (_missed_principal, (*_CLAIMS, ev.Default), lambda note: True),
    (_default, (ev.Default,), lambda note: True),
    (_bought, (MarketPurchase,), lambda note: True),
    (_issued_further, (FurtherIssue,), lambda note: True),
    (
        _chosen,
        (SettlementElection, ev.Convert),
        lambda note: note.settlement is not None and note.settlement.election is not None,
    ),
    (
        _low_closes,
        (Revision, ev.PutElection),
        lambda note: note.revision is not None or note.conditional_put is not None,
    ),
    (_windows, (ev.Convert,), lambda note: note.contingent_conversion is not None),
)
