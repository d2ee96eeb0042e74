"""Random lives in which the Company defaults: coupons and prices that are missed, cured, waived, rescinded, and terms amended."""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from random import Random

import convnote as cn
from tests.oracles import interest

from .asked import any_day
from .histories import ISSUE_SIZE, NOTE, a_course, calls, changes, conversions, lived, thousands
from .lives import later

#: Entries of which a life with a default has at least one.
DEFAULTS = ("missed-payment", "acceleration", "covenant-default", "default")


def missed_coupons(random):
    """One to three coupons that are missed, some of them cured, declared due, rescinded."""
    dues = sorted(random.sample(interest.due_dates(), random.choice((1, 1, 2, 3))))
    for due in dues:
        yield cn.MissedPayment(random.choice((due, interest.payment_day(due))))
    if random.random() < 0.3:
        yield cn.Cure(later(dues[0], 0, 60, random))
    if random.random() < 0.6:
        on = later(dues[0], 30, 90, random)
        yield cn.Acceleration(on)
        if random.random() < 0.6:
            cured = later(on, 0, 200, random)
            yield cn.Cure(cured)
            yield cn.Rescission(later(cured, 0, 60, random))
        if random.random() < 0.4:
            yield cn.Cure(later(on, 0, 400, random), "principal")
    if random.random() < 0.5:
        yield cn.Cure(later(dues[-1], 0, 300, random))


def broken_covenant(random):
    on = any_day(random)
    yield cn.CovenantDefault(on)
    if random.random() < 0.6:
        yield cn.Waiver(later(on, 0, 100, random))
    if random.random() < 0.5:
        accelerated = later(on, 60, 120, random)
        yield cn.Acceleration(accelerated)
        if random.random() < 0.5:
            yield cn.Rescission(later(accelerated, 1, 60, random))


def amendments(random):
    """Other rates of interest, and other prices and majorities, each of which leaves the rest as it was agreed before."""
    terms = NOTE
    days = sorted({any_day(random) for _ in range(random.choice((1, 1, 2)))})
    for on in days:
        rate = random.choice(("0.05", "0.08", "0.0725", "0.06875"))
        changed = {
            "interest": replace(terms.interest, rate=rate),
            "conversion": replace(terms.conversion, price=random.choice(("104.947", "95.5"))),
            "consent": replace(terms.consent, majority=random.choice(("0.5", "0.6"))),
        }
        part = random.choice(("interest", "interest", "interest", "conversion", "consent"))
        terms = replace(terms, **{part: changed[part]})
        yield cn.Amendment(on, terms)


def transfers(random):
    for _ in range(random.randint(1, 4)):
        seller, buyer = random.choice(("AB", "BA", "AC", "CA", "BC", "CB"))
        yield cn.Transfer(any_day(random), thousands(random), holder=seller, to=buyer)


@lru_cache(maxsize=64)
def in_default(seed):
    """A life with a default of some kind, and with conversions, part calls, repurchases, transfers and amendments beside it."""
    random = Random(f"default {seed}")
    first = 1000 * random.randint(100, 689_000)
    holders = random.choice((None, {"A": first, "B": ISSUE_SIZE - first}))

    def who(random):
        return random.choice(sorted(holders)) if holders else None

    events = list(missed_coupons(random)) if random.random() < 0.85 else [*broken_covenant(random)]
    events += broken_covenant(random) if random.random() < 0.2 else ()
    events += conversions(random, who, None) if random.random() < 0.6 else ()
    events += calls(random, who) if random.random() < 0.5 else ()
    events += changes(random, who) if random.random() < 0.4 else ()
    events += amendments(random) if random.random() < 0.35 else ()
    events += transfers(random) if holders and random.random() < 0.6 else ()
    if random.random() < 0.2:
        events.append(
            cn.Default(any_day(random) + timedelta(days=random.randint(0, 300)), recovered=random.choice(("0", "0.4", "1")))
        )
    if random.random() < 0.2:
        events.append(cn.MissedPayment(interest.MATURITY, "principal"))
        events.append(cn.Cure(later(interest.MATURITY, 0, 400, random), "principal"))
    return lived(holders, [each for each in events if each.on >= interest.ISSUE], a_course(random.randrange(12))[0])
