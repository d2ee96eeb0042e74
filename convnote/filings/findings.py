"""Contradictions in a note's related papers that figures show; those that only wording shows are in each sheet.

Each function yields a rule and what was found. A finding explains; it never refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from convnote.arithmetic import decimal, fraction
from convnote.calendars import add_months
from convnote.tables import rounded_money, shown

if TYPE_CHECKING:
    from convnote.filings.bylaws import Bylaws
    from convnote.filings.grants import Grant
    from convnote.filings.underwriting import Offering

Found = Iterator[tuple[str, str]]


def of_offering(offering: Offering) -> Found:
    """Findings on an offering that follow from its figures (OFF-1…OFF-18)."""
    note, lock_up, signed, closing = offering.note, offering.lock_up, offering.agreement_date, offering.closing_date
    if offering.postponement_days:
        yield (
            "OFF-1",
            f"closing is not later than {closing}, and after a default not later than {offering.latest_closing}: "
            f"the {offering.postponement_days} days of section 9 go beyond the date of section 4",
        )
    if fraction(offering.amount) != fraction(note.issue_size):
        yield "OFF-2", f"Schedule I adds up to {shown(offering.amount)}, the issue is {shown(note.issue_size)}"
    if offering.source_of("prospectus_date") == "convention":
        yield (
            "OFF-4",
            f"(a) the date of the prospectus supplement is not in the papers: {offering.prospectus_date} is taken, "
            f"which makes the last restricted day {lock_up.end}",
        )
    if signed < lock_up.start:
        yield (
            "OFF-4",
            f"(e) the period begins on {lock_up.start}: from signing on {signed} to the day before, nothing binds the Company",
        )
    yield from _conversion_in_lock_up(offering)
    cut_off = signed - timedelta(days=offering.comfort_days)
    if (closing - cut_off).days > offering.comfort_days:
        yield (
            "OFF-6",
            f"the cut-off of the letter delivered at closing counts from signing: it may be {cut_off}, "
            f"{(closing - cut_off).days} days before closing on {closing}",
        )
    if offering.source_of("offering_price") == "convention":
        yield (
            "OFF-12",
            f"contribution is shared in proportion to the offering price, which the agreement does not state: "
            f"{offering.offering_price} of principal is taken",
        )
    if pointers := offering.lines.get("pointers", ()):
        named = "; ".join(f"{line.section} {line.words}" for line in pointers)
        many = f"{len(pointers)} pointers to sections are" if len(pointers) > 1 else "1 pointer to a section is"
        yield "OFF-15", f"{many} one too high: {named}"


def _conversion_in_lock_up(offering: Offering) -> Found:
    conversion, lock_up = offering.note.conversion, offering.lock_up
    if conversion is None:
        return
    opens = max(conversion.from_date or offering.note.issue_date, offering.note.issue_date)
    if offering.note.issue_date > offering.prospectus_date and opens <= lock_up.end:
        yield (
            "OFF-4",
            f"(f) conversion of the Notes is not excepted: they were not outstanding on {offering.prospectus_date}, "
            f"yet they convert from {opens} (CNV-1), before the lock-up ends on {lock_up.end}",
        )


def of_grant(grant: Grant) -> Found:
    """Findings on a grant that follow from its figures (OPT-1…OPT-11)."""
    if not grant.vesting:
        yield "OPT-1", "the vesting schedule is in an exhibit that is not filed: it is an input"
    yield from _reported_vesting(grant)
    if grant.early_exercise and grant.repurchase_notice_days is not None:
        yield (
            "OPT-6",
            f"the {grant.repurchase_notice_days} days run from an exercise, if that is later: it never is, "
            "for the unvested part of the option ends with service",
        )
    limit, cost = grant.yearly_limit, grant.aggregate_price
    if limit is not None and cost is not None and grant.shares and cost < limit:
        least = decimal(fraction(limit) / grant.shares)
        yield (
            "OPT-8",
            f"at the price of the grant all {grant.shares:,} shares are worth "
            f"{grant.currency} {rounded_money(cost, grant.currency)}, far less than {limit:,}: the limit cannot bind unless "
            f"fair value was above {limit:,} / {grant.shares:,} = {least:.6f} a share",
        )


def _reported_vesting(grant: Grant) -> Found:
    if not grant.vesting:
        return
    total = sum(fraction(share) for _, share in grant.vesting)
    if total < 1 and grant.remainder == "unvested":
        yield "OPT-2", _instalments(grant.vesting, total)
    if grant.shares is None and grant.exercised_on and grant.exercised_shares:
        vested = sum(fraction(share) for on, share in grant.vesting if on <= grant.exercised_on)
        if vested:
            least = -(-grant.exercised_shares // vested)
            yield (
                "OPT-2",
                f"the size of the grant is not stated: it was at least {least:,} shares, if the {grant.exercised_shares:,} "
                f"exercised on {grant.exercised_on} were among the {percent(vested)} vested by then",
            )


def _instalments(vesting: Sequence[tuple[date, object]], total: object) -> str:
    """The sum of instalments that fall short of the grant, and when equal instalments would reach it."""
    (first, part), (last, _) = vesting[0], vesting[-1]
    if len(vesting) == 1:
        return f"1 instalment on {first} makes {percent(total)}"
    words = f"{len(vesting)} instalments from {first} to {last} make {percent(total)}"
    if any(share != part for _, share in vesting):
        return words
    second = vesting[1][0]
    months = 12 * (second.year - first.year) + second.month - first.month
    needed = -(-1 // fraction(part))
    full = add_months(first, months * (needed - 1))
    return f"{words}, not all of the grant: at {percent(part)} each it would be full with the {needed}th, on {full}"


def percent(value: object) -> str:
    """A fraction as a percentage: 0.05 is 5%."""
    return f"{decimal(100 * fraction(value)).normalize():f}%"


def of_bylaws(bylaws: Bylaws) -> Found:
    """Findings on by-laws that follow from their figures (BYL-1…BYL-19)."""
    weekday = WEEKDAYS[bylaws.meeting_weekday]
    last_day = WEEKDAYS[(bylaws.meeting_weekday - bylaws.business_last_days) % 7]
    yield (
        "BYL-5",
        f"the window for a stockholder's business hangs on the day of section 2.1, not on that of the meeting: "
        f"moving a meeting moves no deadline; {bylaws.business_last_days} days before a {weekday} it always ends on a {last_day}",
    )
    late, tenth = bylaws.business_last_days - 1, bylaws.announced_days
    yield (
        "BYL-5",
        f"if a meeting is announced {late} days ahead instead of {bylaws.business_last_days}, the deadline is the "
        f"{tenth}th day after: {tenth + 1} days later",
    )
    if bylaws.list_days > 1:
        yield (
            "BYL-10",
            "where notice is waived the record date is the day before the meeting, yet the list of those entitled to vote "
            f"is made {bylaws.list_days} days before it",
        )


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
