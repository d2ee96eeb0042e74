"""Random histories of a note, of every kind of event, cut down to what the note allows."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from random import Random

import convnote as cn
from tests.oracles import conversion, interest, withdrawal

from .asked import any_day, around_february
from .lives import ISSUE_SIZE, SESSIONS, UNTIL_2003, closes_in_spells, later

NOTE = cn.load("amazon-peacs-2010")


@dataclass(frozen=True)
class History:
    """Closes, holders and the events that the note allowed, with the ledger they led to and the rules that refused the rest."""

    course: cn.MarketHistory
    holders: dict | None
    events: tuple
    ledger: cn.Ledger
    refused: tuple

    def play(self, events=None, **more):
        more = {"positions": self.holders} | more
        return cn.replay(NOTE, self.course, events=self.events if events is None else events, **more)

    @property
    def reached(self):
        """What is worth having reached: kinds of entries, statuses, missed payments, several holders."""
        found = Counter({entry.kind for entry in self.ledger})
        found[str(self.ledger.state.status)] += 1
        found["holders"] += self.holders is not None
        found["nothing refused"] += not self.refused
        return found


@cache
def a_course(number):
    """One of a few courses in spells, low and high, and the days on which WDR-1 is met on it."""
    closes = closes_in_spells(Random(number))
    history = cn.MarketHistory(currency="EUR", dates=SESSIONS, closes=[closes[day] for day in SESSIONS])
    met = withdrawal.met([closes[day] for day in UNTIL_2003])
    return history, [day for day, is_met in zip(UNTIL_2003, met, strict=True) if is_met]


def thousands(random, most=ISSUE_SIZE):
    return 1000 * random.choice((1, random.randint(1, 999), random.randint(1, most // 3000), random.randint(1, most // 1000)))


def conversions(random, who, holders):
    if random.random() < 0.15:  # everything at once
        on = any_day(random)
        for holder, held in (holders or {None: ISSUE_SIZE}).items():
            yield cn.Convert(on, held, holder=holder)
        return
    for _ in range(random.randint(1, 5)):
        yield cn.Convert(any_day(random), thousands(random), holder=who(random))


def a_withdrawal(random, who, met):
    on = random.choice(met or UNTIL_2003)
    effective = on + timedelta(days=random.choice((30, 45, 60)))
    yield cn.WithdrawalNotice(on, effective)
    yield cn.Convert(later(on, 0, 65, random), thousands(random), holder=who(random))
    if random.random() < 0.2:
        yield cn.MissedPayment(effective, "make-whole")
        if random.random() < 0.6:
            yield cn.Cure(later(effective, 0, 90, random), "make-whole")


def calls(random, who):
    day = date(2002, 12, 22)
    for _ in range(random.randint(1, 3)):
        day = later(day, 0, 700, random)
        if random.random() < 0.4:
            day = around_february(random, range(min(max(day.year, 2003), 2010), 2011)) - timedelta(
                days=random.choice((0, 30, 45))
            )
        redemption = later(day, 30, 60, random)
        part = None if random.random() < 0.3 else thousands(random)
        yield cn.RedemptionNotice(day, redemption, part, seed=random.randint(0, 9))
        for _ in range(random.randint(0, 2)):
            yield cn.Convert(later(day, 0, 70, random), thousands(random), holder=who(random))
        if random.random() < 0.3:
            yield cn.MissedPayment(redemption, "redemption")
            if random.random() < 0.7:
                yield cn.Cure(later(redemption, 0, 400, random), "redemption")


def changes(random, who):
    for _ in range(random.randint(1, 2)):
        day = any_day(random) - timedelta(days=random.choice((0, 0, 30, 35)))
        yield cn.FundamentalChange(day)
        notice = later(day, 0, 10, random)
        yield cn.FundamentalChangeNotice(notice)
        for _ in range(random.randint(1, 3)):
            yield cn.RepurchaseElection(later(notice, 0, 30, random), thousands(random), holder=who(random))
        if random.random() < 0.5:
            yield cn.RepurchaseElectionWithdrawal(later(notice, 5, 29, random), thousands(random), holder=who(random))
            yield cn.Convert(later(notice, 5, 29, random), thousands(random), holder=who(random))
        if random.random() < 0.3:
            yield cn.MissedPayment(notice + timedelta(days=30), "repurchase")
            yield cn.Cure(later(notice, 31, 400, random), "repurchase")


def troubles(random, who):
    dues = sorted(random.sample(interest.due_dates(), random.randint(1, 2)))
    for due in dues:
        yield cn.MissedPayment(due)
    if random.random() < 0.7:
        yield cn.Cure(later(dues[-1], 0, 200, random))
    if random.random() < 0.5:
        on = later(dues[0], 30, 90, random)
        yield cn.Acceleration(on)
        if random.random() < 0.6:
            yield cn.Cure(later(on, 0, 400, random), "principal")
    if random.random() < 0.3:
        yield cn.Default(any_day(random), recovered=random.choice(("0", "0.4", "1")))
    if random.random() < 0.3:
        yield cn.MissedPayment(interest.MATURITY, "principal")
        if random.random() < 0.6:
            yield cn.Cure(later(interest.MATURITY, 0, 400, random), "principal")


def adjustments(random, who):
    for _ in range(random.randint(1, 3)):
        on = any_day(random)
        yield random.choice(
            (
                cn.Split(on, *random.choice(((2, 1), (3, 2), (1, 5), (7, 3)))),
                cn.StockDividend(on, 5, 100),
                cn.CashDividend(on, random.choice(("0.05", "0.1", "3"))),
                cn.SpinOff(on, random.choice((2, 300))),
                cn.TenderOffer(on, 10, 2000, 1000),
                cn.RightsIssue(on, 100, 500, 1000),
                cn.Merger(on, shares=random.choice(("0.5", 2)), cash=random.choice((0, 20))),
            )
        )


def counted(event):
    return conversion.conversion_day(event.on) if isinstance(event, cn.Convert) else event.on


def others(events, refused):
    """The events without the one that was refused: of a surrender, all that was added up in it."""
    same = (type(refused), refused.holder, counted(refused))
    return [
        each
        for each in events
        if each != refused and not (isinstance(each, cn.Convert) and (type(each), each.holder, counted(each)) == same)
    ]


def until_allowed(events, *courses, **more):
    """The events that the note allows, and their ledger over each course."""
    while True:
        try:
            return events, [cn.replay(NOTE, course, events=events, **more) for course in courses]
        except cn.LifecycleError as error:
            events = others(events, error.event)


@lru_cache(maxsize=64)
def a_history(seed):
    random = Random(seed)
    course, met = a_course(random.randrange(12))
    first = 1000 * random.randint(100, 689_000)
    holders = random.choice((None, None, {"A": first, "B": ISSUE_SIZE - first}))

    def who(random):
        return random.choice(sorted(holders)) if holders else None

    events = list(conversions(random, who, holders))
    events += a_withdrawal(random, who, met) if random.random() < 0.5 else ()
    for episode, chance in ((calls, 0.5), (changes, 0.4), (troubles, 0.4), (adjustments, 0.5)):
        events += episode(random, who) if random.random() < chance else ()
    return lived(holders, [each for each in events if each.on >= interest.ISSUE], course)


def lived(holders, events, course=None):
    """The history of what the note allows of these events."""
    course, refused = course or a_course(0)[0], []
    while True:
        try:
            ledger = cn.replay(NOTE, course, events=events, positions=holders)
            return History(course, holders, tuple(events), ledger, tuple(refused))
        except cn.LifecycleError as error:
            refused.append(error.rule)
            events = others(events, error.event)


@lru_cache(maxsize=64)
def with_transfers(seed):
    """A history of two holders, A and B, who sell Notes to each other and to C."""
    random, plain = Random(seed), a_history(seed)
    first = 1000 * random.randint(100, 689_000)
    events = [
        replace(each, holder=random.choice("ABC"))
        if isinstance(each, (cn.Convert, cn.RepurchaseElection, cn.RepurchaseElectionWithdrawal)) and not plain.holders
        else each
        for each in plain.events
    ]
    for _ in range(random.randint(1, 6)):
        on = any_day(random) if random.random() < 0.6 else around_february(random, range(2001, 2011))
        seller, buyer = random.choice(("AB", "BA", "AC", "CA", "BC", "CB"))
        events.append(cn.Transfer(on, thousands(random), holder=seller, to=buyer))
    holders = plain.holders or {"A": first, "B": ISSUE_SIZE - first}
    return lived(holders, events, plain.course)
