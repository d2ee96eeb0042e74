"""Rules that a finite-difference method cannot represent, by rule id: refused unless the user ignores the rule by name."""

from __future__ import annotations

import dataclasses
from typing import Any

from convnote.calendars import day_number
from convnote.errors import PricingError
from convnote.lifecycle import State
from convnote.market.model_base import MarketModel
from convnote.note import ConvertibleNote
from convnote.policies import Ask, Policy
from convnote.pricing.contract import kept
from convnote.pricing.problem import Problem
from convnote.pricing.withdrawal_refusals import Refusal, withdrawal_refusals
from convnote.provisions.own_rows import unsimulated

#: Settings that the contract represents or that do not affect the value; others that differ from the default are refused.
CARRIED: dict[str, set[str]] = {
    "principal": {
        *("issue_date", "maturity_date", "issue_size", "currency", "denomination", "maturity_price", "share_currency"),
        *("business_days", "trading_days", "cent", "moved_payments", "rounded_on", "quoted_per", "closed"),
        *("maturity_includes_interest",),
    },
    "interest": {
        *("rate", "frequency", "day_count", "record_days", "record_dates", "first_payment", "last_payment", "in_window"),
        *("wire_above", "end_of_month", "stub", "index", "spread", "floor", "fixed"),
        *("paid", "paid_rounding", "paid_rounding_mode"),
    },
    "conversion": {
        *("price", "rate", "accrued", "called_until", "first_converted", "off_days", "close_of", "added_up"),
        *("from_date", "until", "fraction", "pays_in_except"),
    },
    "reset": {"dates", "floor", "window", "rounding"},
    "redemption": {
        *("prices", "accrued", "notice_at_least", "notice_at_most", "selection", "condition", "until", "whole_only", "last"),
        *("make_whole_amount", "make_whole_until"),
    },
    "put": {"prices", "accrued", "notice_at_least", "notice_at_most"},
    "clean_up": set(),
    # valued at the surrender, and the valuation says so
    "settlement": {
        *("method", "specified", "observation", "starts", "pays_after", "election", "chosen_by", "final", "free_from"),
        "default_claim",
    },
    "exchange": {"shares_of", "property"},
    "accretion": {"issue_price", "yield_", "frequency", "day_count", "includes_the_day"},
}
#: Provisions without effect in a model without fundamental changes, dividends or amendments.
WITHOUT_EFFECT = (
    "adjustment",
    "fundamental_change",
    "default",
    "consent",
    "make_whole_change",
    "change_of_control_price",
)


#: Provisions refused as a whole, with a reason of their own.
TOLD_APART = ("withdrawal", "clean_up", "mandatory", "conditional_put", "revision")


def refusals(note: ConvertibleNote, model: MarketModel, policy: Policy | None, state: State | None = None) -> list[Refusal]:
    """The rules that matter from the model's day on and that this method cannot represent."""
    found = [*kept(note, _unknown), *_resets(note, model), *_soft(note), *_market(note, model)]
    found += withdrawal_refusals(note, model, policy, state)
    if note.conditional_put is not None:
        found.append(Refusal("CPT-1", f"a put after {note.conditional_put.condition} depends on the path"))
    if note.revision is not None:
        found.append(Refusal("DWN-1", f"a conversion price lowered after {note.revision.condition} depends on the path"))
    if note.exchange is not None and model.default_jump:
        found.append(Refusal("EXC-1", "the issuer's default leaves the share of another company: default_jump must be 0"))
    if policy is not None:
        found += [
            Refusal(rule, f"policy.{name} is a function of the path; expected a boundary")
            for name, rule in (("redeem", "RED-1"), ("withdraw", "WDR-1"), ("convert", "CNV-1"), ("put", "PUT-1"))
            if isinstance(getattr(policy, name), Ask)
        ]
    return list(dict.fromkeys(found))


def _unknown(note: ConvertibleNote) -> list[Refusal]:
    found = [Refusal(rule, reason) for _, rule, reason in unsimulated(note)]
    if note.mandatory is not None:
        days = note.mandatory.average_days
        found.append(Refusal("MND-1", f"shares at maturity by the average of {days} closes depend on the path"))
    for name, part in note.provisions():
        if name in WITHOUT_EFFECT or name in TOLD_APART or name in note.extras:
            continue
        known, unknown = CARRIED.get(name), dict[str, list[str]]()
        for each in part.settings():
            value = getattr(part, each.name)
            default = None if each.default is dataclasses.MISSING else each.default
            if (known is None or each.name not in known) and value != default and value is not None:
                unknown.setdefault(each.metadata["rule"], []).append(f"{name}.{each.name}")
        for rule, names in unknown.items():
            found.append(Refusal(rule, f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not part of this method"))
    return found


def _resets(note: ConvertibleNote, model: MarketModel) -> list[Refusal]:
    if note.reset is None:
        return []
    ahead = [on for on in note.reset.dates if day_number(on) > model.start]
    first = min((int(day_number(on)) for on in ahead), default=0)
    if ahead and note.reset.window > 1 and note.principal.sessions.before(first, note.reset.window) <= model.start:
        why = f"some of the {note.reset.window} closes before {ahead[0]} lie behind, and their average is a state"
        return [Refusal("RST-2", why)]
    if ahead and (model.hazard_exponent or _dividends(model) or _trigger_in_shares(note)):
        return [Refusal("RST-1", "a reset together with what depends on the share price itself is a second state")]
    return []


def _trigger_in_shares(note: ConvertibleNote) -> bool:
    condition: Any = getattr(note.redemption, "condition", None)
    return condition is not None and getattr(condition, "figure", None) is not None


def _soft(note: ConvertibleNote) -> list[Refusal]:
    condition: Any = getattr(note.redemption, "condition", None)
    if condition is None:
        return []
    found = []
    days, period = condition.days, condition.period
    if days != 1 or period != 1:
        found.append(Refusal("SFT-1", f"{days} of {period} closes depend on the path; one close of one is carried"))
    elif (getattr(condition, "within", None) or 1) > 1:
        found.append(Refusal("SFT-1", "a condition that stays met for days depends on the path"))
    elif getattr(condition, "below", False) or str(getattr(condition, "of", "in-force")) not in ("in-force", "initial", "figure"):
        found.append(Refusal("SFT-1", "this condition is not a barrier on the conversion value"))
    return found


def check_growth(problem: Problem, credit: str) -> None:
    """Refuse what is not built for principal that grows by coupons in kind, whether or not a rule is ignored (PIK-1)."""
    contract = problem.contract
    if not contract.growth:
        return
    call = contract.call
    noticed = call is not None and any(contract.first_notice < day <= call.first for day, _ in contract.growth)
    found = {
        without("a call with notice is not built beside coupons in kind", "RED-2"): bool(call and call.notice),
        "a coupon in kind between the first notice of a call and the first redemption date is not built": noticed,
        without("a withdrawal of conversion is not built beside coupons in kind", "WDR-1"): problem.withdraws,
        "several resets, or averages, are not built beside coupons in kind": bool(problem.windows),
        "interest paid on conversion is not built beside coupons in kind": contract.accrued == "paid",
        "coupons in kind are not built for this credit model": credit != "jump-to-default",
    }
    faults = [PricingError(why, field="interest.paid", rule="PIK-1") for why, holds in found.items() if holds]
    if faults:
        raise PricingError.of(faults)


def adding(note: ConvertibleNote) -> bool:
    """Whether called Notes get additional shares (MWT-1); those of a fundamental change matter to no model priced here."""
    table = note.make_whole_change
    called = note.redemption is not None and note.conversion is not None
    return called and table is not None and table.on_call and not table.is_empty


def _market(note: ConvertibleNote, model: MarketModel) -> list[Refusal]:
    found = []
    if not _is_zero(model.change_rate):
        found.append(Refusal("FCH-1", "fundamental changes (change_rate) are not part of this method"))
    if note.redemption is not None and note.redemption.notice_at_least and (model.hazard_exponent or model.default_jump != 1):
        found += _noticed(note, model)
    if _dividends(model) and note.adjustment is not None and _protection(note) not in ("", "ADJ-5"):
        found.append(Refusal(_protection(note), "this form of dividend protection is not part of this method"))
    return found


def _noticed(note: ConvertibleNote, model: MarketModel) -> list[Refusal]:
    """Of a call with notice, what is carried only by the closed form of a called Note."""
    terms: Any = note.redemption
    needs = "default_jump 1 and hazard_exponent 0"
    found = []
    if adding(note) or terms.make_whole_amount or note.accretion is not None:
        found.append(Refusal("RED-2", f"a call with notice and additional shares, a make-whole or a growing claim needs {needs}"))
    if model.hazard_exponent and note.interest.record_days and note.conversion is not None:
        found.append(Refusal("RED-2", "a call with notice and a coupon kept after its record date needs hazard_exponent 0"))
    return found


def _protection(note: ConvertibleNote) -> str:
    """The rule by which cash dividends change the conversion price, "" if they do not."""
    terms: Any = note.adjustment
    if terms is None or "cash dividend" not in terms.adjusts:
        return ""
    return str(terms.dividend_rule)


def _dividends(model: Any) -> tuple[Any, ...]:
    return tuple(getattr(model, "dividends", ()) or ())


def _is_zero(value: Any) -> bool:
    return value == 0 if isinstance(value, (int, float)) else bool((value.values == 0).all())


def matches(rule: str, ignored: tuple[str, ...]) -> bool:
    """Whether a rule or its family is named."""
    return rule in ignored or rule.partition("-")[0] in ignored


def on_request(
    note: ConvertibleNote, model: MarketModel, ignored: tuple[str, ...], left_out: tuple[Refusal, ...]
) -> list[Refusal]:
    """Rules that could be represented and are left out at the user's request all the same."""
    found = []
    if note.reset is not None and any(day > model.start for day in note.reset.days):
        found.append(Refusal("RST-1", "the resets ahead are left out"))
    if note.withdrawal is not None and day_number(note.withdrawal.last_notice) >= model.start:
        found.append(Refusal("WDR-1", "the withdrawal of conversion is left out"))
    if adding(note):
        found.append(Refusal("MWT-1", "the additional shares of called Notes are left out"))
    done = {each.rule for each in left_out}
    return [each for each in found if matches(each.rule, ignored) and each.rule not in done]


def without(why: str, rule: str) -> str:
    """The reason of a refusal, and how the note is priced nevertheless."""
    return f"{why}; ignore {rule} to price the note without it"


def settle(found: list[Refusal], ignored: tuple[str, ...]) -> tuple[Refusal, ...]:
    """Raise all refusals that are not ignored, at once; return those that are."""
    left = [each for each in found if not matches(each.rule, ignored)]
    if left:
        raise PricingError.of([PricingError(without(each.why, each.rule), field="price", rule=each.rule) for each in left])
    return tuple(each for each in found if matches(each.rule, ignored))
