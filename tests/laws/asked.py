"""What laws share: how a random case is drawn, and how closely an unrounded quotient must agree."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracles.interest import ISSUE, MATURITY

LIFE = [ISSUE + timedelta(days=n) for n in range((MATURITY - ISSUE).days + 1)]
CLOSE_ENOUGH = Fraction(1, 10**20)


def agrees(answer: Decimal, quotient: Fraction) -> bool:
    """An unrounded answer of 34 digits stands for the quotient."""
    return abs(Fraction(answer) - quotient) < CLOSE_ENOUGH


def around_february(random, years=range(2001, 2011)):
    """A day near a record date or a payment date, where the rules turn."""
    day = date(random.choice(years), 2, random.choice((1, 1, 16, 16, 10))) + timedelta(days=random.randint(-6, 6))
    return min(day, MATURITY)


def any_day(random):
    """A day of the life, as often as not near a 16 February."""
    return around_february(random) if random.random() < 0.5 else random.choice(LIFE)
