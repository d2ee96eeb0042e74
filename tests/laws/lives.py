"""Random lives of the note: closes in spells, and events that are mostly, not always, allowed."""

from datetime import date, timedelta
from fractions import Fraction

from tests.oracles import conversion, interest, withdrawal
from tests.oracles.days import business_days_after, trading_days

from .asked import any_day, around_february

SESSIONS = trading_days(date(2000, 1, 3), interest.MATURITY)
UNTIL_2003 = [day for day in SESSIONS if interest.ISSUE <= day < date(2003, 3, 1)]
ISSUE_SIZE = 690_000_000


def closes_in_spells(random):
    """A close in cents for each session: months low, months near the floor, months above the trigger."""
    closes, left, level = {}, 0, 0
    for day in SESSIONS:
        if left == 0:
            left, level = random.randint(15, 120), random.choice((15, 60, 86, 95, 110, 166, 169, 175, 200))
        closes[day] = Fraction(level * 100 + random.randint(-300, 300), 100)
        left -= 1
    return closes


def some_principal(random, held=ISSUE_SIZE):
    """Whole thousands, small or large; now and then what is no multiple, or more than there is."""
    chance = random.random()
    if chance < 0.02:
        return 1500
    if chance < 0.05:
        return held + 1000
    return 1000 * random.choice((1, 7, random.randint(1, 999), random.randint(1, max(1, held // 3000))))


def later(day, least, most, random):
    return day + timedelta(days=random.randint(least, most))


def conversions(random, holders):
    for _ in range(random.randint(0, 8)):
        holder = random.choice(sorted(holders))
        yield any_day(random), "convert", holder, some_principal(random, holders[holder])


def a_withdrawal(random, closes):
    known = [closes[day] for day in UNTIL_2003]
    met = [day for day, is_met in zip(UNTIL_2003, withdrawal.met(known), strict=True) if is_met]
    on = random.choice(met) if met and random.random() < 0.95 else random.choice(UNTIL_2003)
    if met and random.random() < 0.2:
        on = business_days_after(on, random.choice((4, 5, 6)))
    yield on, "withdraw", on + timedelta(days=random.choice((30, 30, 45, 60, 60, 29, 61)))
    # Conversions while the notice runs, up to and beyond its last day.
    for _ in range(random.randint(0, 3)):
        yield later(on, 0, 65, random), "convert", "A", 1000 * random.randint(1, 900)


def some_calls(random, holders):
    day = earlier = date(2002, 12, 1)
    for _ in range(random.randint(1, 4)):
        day = later(day, 22, 500, random)
        if random.random() < 0.5:  # so that the redemption, or the notice, comes to lie in a record window
            day = around_february(random, range(min(max(day.year, 2003) + 1, 2009), 2011)) - timedelta(
                days=random.choice((0, 30, 45))
            )
        if day < earlier:  # one call at a time
            continue
        redemption = day + timedelta(days=random.choice((30, 31, 45, 60, 60, 29)))
        yield day, "redeem", redemption, None if random.random() < 0.15 else 1000 * random.randint(1, 200_000)
        for _ in range(random.randint(0, 3)):
            holder = random.choice(sorted(holders))
            principal = 1000 * random.randint(1, 60_000)
            yield later(day, 0, (redemption - day).days + 1, random), "convert", holder, principal
        day = earlier = redemption


def some_changes(random, holders):
    day = interest.ISSUE
    for _ in range(random.randint(1, 3)):
        day = later(day, 1, 900, random)
        if random.random() < 0.4:
            day = around_february(random, range(day.year + 1, day.year + 3)) - timedelta(days=random.choice((0, 30, 35)))
        if day > date(2009, 11, 1):
            return
        yield day, "change"
        notice = later(day, 0, 10, random) if random.random() < 0.9 else later(day, 11, 12, random)
        if random.random() < 0.15:  # forgotten
            day = later(day, 20, 30, random)
            continue
        yield notice, "change notice"
        for _ in range(random.randint(0, 4)):
            holder = random.choice(sorted(holders))
            principal = 1000 * random.randint(1, max(1, holders[holder] // 3000))
            yield later(notice, 0, 31, random), "elect", holder, principal
            if random.random() < 0.6:
                yield later(notice, 5, 31, random), "take back", holder, principal
            if random.random() < 0.6:
                yield later(notice, 10, 32, random), "convert", holder, principal
        day = notice + timedelta(days=70)


def missed_coupons(random):
    """Coupons that are missed, said on the day they are due or on which their money is to move, and what follows."""
    dues = sorted(random.sample(interest.due_dates(), random.choice((1, 1, 2, 3))))
    for due in dues:
        yield random.choice((due, interest.payment_day(due))), "miss"
        # Conversions in the window before it, whose pay-in then goes back, and after it.
        for _ in range(random.randint(0, 2)):
            yield later(due, -15, 200, random), "convert", "A", 1000 * random.randint(1, 60_000)
    for due in dues:
        if random.random() < 0.7:
            yield later(due, *random.choice(((0, 4), (1, 500))), random), "cure"
    declared = later(interest.payment_day(dues[0]), 28, 90, random)
    if random.random() < 0.4:
        yield declared, "accelerate"
        yield later(declared, 0, 400, random), "convert", "A", 1000 * random.randint(1, 60_000)
        on = later(declared, 1, 700, random)
        if random.random() < 0.5:
            yield on, "cure"
            yield later(on, 0, 3, random), "rescind"
        else:
            yield on, "pay all"


def a_covenant(random):
    broken = any_day(random)
    yield broken, "breach"
    if random.random() < 0.5:
        yield later(broken, 0, 90, random), "waive"
    if random.random() < 0.5:
        declared = later(broken, 58, 90, random)
        yield declared, "accelerate"
        yield later(declared, 1, 90, random), random.choice(("waive", "pay all"))
        yield later(declared, 1, 120, random), "rescind"


def an_end(random):
    around = random.choice(interest.due_dates())
    yield random.choice((any_day(random), later(around, -20, 5, random))), "end", random.choice((Fraction(0), Fraction(2, 5)))


def a_split(random):
    new, old = random.choice(((2, 1), (3, 2), (3, 1), (1, 5), (7, 3)))
    yield any_day(random), "split", new, old


def a_life(random):
    """Holders, closes and events of one life. Calls and fundamental changes do not meet in one life: which of the two
    a Note falls under is not for the paper of this note to say."""
    first = 1000 * random.randint(100, 689_000)
    holders = random.choice(({"A": ISSUE_SIZE}, {"A": first, "B": ISSUE_SIZE - first}))
    closes = closes_in_spells(random)
    events = list(conversions(random, holders))
    if random.random() < 0.6:
        events += a_withdrawal(random, closes)
    events += some_calls(random, holders) if random.random() < 0.6 else some_changes(random, holders)
    for trouble, chance in ((missed_coupons, 0.5), (a_covenant, 0.15), (an_end, 0.15)):
        events += trouble(random) if random.random() < chance else ()
    if random.random() < 0.4:
        events += a_split(random)
    return (
        holders,
        closes,
        [event for event in events if event[0] >= interest.ISSUE and counts_by_maturity(event)],
    )


def counts_by_maturity(event):
    day = conversion.conversion_day(event[0]) if event[1] == "convert" else event[0]
    return day <= interest.MATURITY
