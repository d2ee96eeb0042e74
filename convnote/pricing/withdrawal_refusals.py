"""What a withdrawal of conversion can do that a finite-difference method cannot represent, by rule id."""

from __future__ import annotations

from typing import Any, NamedTuple

from convnote.calendars import day_number, to_date
from convnote.lifecycle import State
from convnote.market.model_base import MarketModel
from convnote.note import ConvertibleNote
from convnote.policies import AtOnce, Never, Policy


class Refusal(NamedTuple):
    """A rule that this method cannot represent, and why."""

    rule: str
    why: str


def free_until(note: ConvertibleNote, state: State | None) -> int | None:
    """The last day for a notice of withdrawal whose condition was already met (WDR-3); None if it was not."""
    if state is None or state.last_met is None or note.withdrawal is None:
        return None
    return int(note.withdrawal.notice_deadline(state.last_met))


def withdrawal_refusals(note: ConvertibleNote, model: MarketModel, policy: Policy | None, state: State | None) -> list[Refusal]:
    """The rules of a withdrawal, if one is still possible under the policy, that the equation cannot carry."""
    terms: Any = note.withdrawal
    if terms is None or note.conversion is None or (policy is not None and isinstance(policy.withdraw, Never)):
        return []
    last = int(day_number(terms.last_notice))
    if last < model.start:
        return []
    found = _condition(note, model, policy, free_until(note, state), last)
    if any(each.rule == "WDR-1" for each in found):
        return found
    lead = terms.notice_at_least if policy is None or policy.withdrawal_notice is None else policy.withdrawal_notice
    if model.hazard_exponent:
        why = "with a hazard that depends on the share, so does the note without conversion that a withdrawal leaves"
        found.append(Refusal("WDR-1", why))
    elif model.default_jump != 1 and lead:
        found.append(Refusal("WDR-1", "a withdrawal with notice needs default_jump 1"))
    if note.reset is not None and not terms.moves and any(day > model.start for day in note.reset.days):
        found.append(Refusal("WDR-1", "a printed trigger together with a reset ahead is a second state"))
    if note.redemption is not None and note.redemption.condition is not None:
        why = "the call of the note that a withdrawal leaves depends on the share (SFT-1)"
        found.append(Refusal("WDR-1", why))
    return found


def _condition(note: ConvertibleNote, model: MarketModel, policy: Policy | None, free: int | None, last: int) -> list[Refusal]:
    """A one-of-one condition is a barrier; one met for long enough before `state` leaves nothing to test."""
    terms: Any = note.withdrawal
    if free is not None and free >= last:
        return []
    if terms.days != 1 or terms.period != 1:
        met = "" if free is None else f"from {to_date(free + 1)} on "
        why = f"{met}{terms.days} of {terms.period} closes above a trigger depend on the path; one close of one is carried"
        return [Refusal("WDR-1", why)]
    first = model.start if terms.from_date is None else int(day_number(terms.from_date)) - terms.notice_at_least
    at_once = policy is not None and isinstance(policy.withdraw, AtOnce) and first <= model.start
    if terms.notice_within and not at_once:
        why = f"a condition that counts for {terms.notice_within} Business Days after it was met depends on the path"
        return [Refusal("WDR-3", f"{why}; notice_within of 0 is carried")]
    return []
