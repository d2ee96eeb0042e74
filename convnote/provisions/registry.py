"""The provisions a note may have, by section, and every rule: those of the library and a user's own.

An own provision is a frozen dataclass under `Provision` with `section = "…"`; `register` makes it known to everything that reads
or lists settings. No other registration is required.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from convnote.errors import TermsError
from convnote.provisions import (
    accretion,
    adjustment,
    change_of_control_price,
    clean_up,
    conditional_put,
    consent,
    contingent_conversion,
    conversion,
    default,
    exchange,
    fundamental_change,
    interest,
    known_by_name,
    make_whole_change,
    mandatory,
    principal,
    put,
    redemption,
    reset,
    revision,
    settlement,
    withdrawal,
)
from convnote.provisions.provision import AUTHORITIES, Provision, Rule

#: Every rule by its id, in printed order.
RULES: dict[str, Rule] = {
    name: rule
    for part in (
        principal,
        interest,
        accretion,
        conversion,
        contingent_conversion,
        reset,
        revision,
        adjustment,
        withdrawal,
        redemption,
        clean_up,
        put,
        conditional_put,
        mandatory,
        settlement,
        exchange,
        fundamental_change,
        make_whole_change,
        change_of_control_price,
        default,
        consent,
        known_by_name,
    )
    for name, rule in part.RULES.items()
}

#: The provisions a note may have, by field or section, in printed order; own ones follow.
PROVISIONS: dict[str, type[Provision]] = {
    "principal": principal.Principal,
    "interest": interest.Interest,
    "accretion": accretion.Accretion,
    "conversion": conversion.Conversion,
    "contingent_conversion": contingent_conversion.ContingentConversion,
    "reset": reset.Reset,
    "revision": revision.Revision,
    "adjustment": adjustment.Adjustment,
    "withdrawal": withdrawal.Withdrawal,
    "redemption": redemption.Redemption,
    "clean_up": clean_up.CleanUp,
    "put": put.Put,
    "conditional_put": conditional_put.ConditionalPut,
    "mandatory": mandatory.Mandatory,
    "settlement": settlement.SettlementTerms,
    "exchange": exchange.Exchange,
    "fundamental_change": fundamental_change.FundamentalChange,
    "make_whole_change": make_whole_change.MakeWholeChange,
    "change_of_control_price": change_of_control_price.ChangeOfControlPrice,
    "default": default.Default,
    "consent": consent.Consent,
}

#: Sections of the library itself, and names that have another meaning in a sheet or a note.
BUILT_IN = tuple(PROVISIONS)
_OWN_RULES: dict[str, tuple[str, ...]] = {}
_SECTION = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_RULE = re.compile(r"[A-Z]{2,5}-\d{1,2}[a-z]?", re.ASCII)

P = TypeVar("P", bound=type[Provision])


def register(kind: P) -> P:
    """Make an own provision known, by its section, to sheets, schema, checks, consent and the list of settings; returns it.

    `kind` is a frozen dataclass under `Provision` with the class attribute `section`, and settings declared by `term`. Rules that
    its settings cite and the library lacks are described by its class attribute `RULES` (see `rules`), or else by the
    first line of its docstring. It may define any of these methods: `rows(note)` for the schedule, `findings(note)` for `check`,
    `events(note, state)` for its scheduled events. A new definition of a section replaces the old one.

    >>> import dataclasses, convnote as cn
    >>> from convnote.provisions.changes import neutral
    >>> from convnote.provisions.fields import count, term
    >>> @register
    ... @dataclasses.dataclass(frozen=True, kw_only=True)
    ... class Reporting(Provision):
    ...     "The Company sends holders its accounts."
    ...     section = "reporting"
    ...     within: int = term(count(1, 366), "REP-1", change=neutral, default=90)
    >>> text = cn.dumps(cn.load("afv-2003")) + "[reporting]\\nwithin = 60"
    >>> cn.loads(text).reporting.within
    60
    >>> unregister("reporting")

    Raises `TermsError` for a class that is not such a provision, a section already in use, or an invalid rule id.
    """
    faults = list(_faults(kind))
    if faults:
        raise TermsError.of(faults)
    unregister(kind.section)
    described = getattr(kind, "RULES", {})
    new = {}
    for each in kind.settings():
        rule = each.metadata["rule"]
        if rule not in RULES:
            says = ((kind.__doc__ or "").strip().partition("\n")[0]).rstrip(".")
            new[rule] = described.get(rule, Rule(rule, says or f"the settings of [{kind.section}]", each.metadata["authority"]))
    new |= {name: rule for name, rule in described.items() if name not in RULES}
    RULES.update(new)
    _OWN_RULES[kind.section] = tuple(new)
    PROVISIONS[kind.section] = kind
    return kind


def unregister(section: str) -> None:
    """Remove the own provision of a section and the rules registered with it; an unknown section is ignored."""
    if section in PROVISIONS and section not in BUILT_IN:
        del PROVISIONS[section]
        for rule in _OWN_RULES.pop(section):
            del RULES[rule]


def _faults(kind: Any) -> Iterator[TermsError]:
    if not (isinstance(kind, type) and issubclass(kind, Provision)):
        yield TermsError("expected a class under cn.provisions.Provision", field="register", value=repr(kind))
        return
    place = f"register {kind.__name__}"
    if "__dataclass_fields__" not in vars(kind):
        yield TermsError("expected @dataclass(frozen=True, kw_only=True) above the class", field=place)
        return
    section = kind.section
    if not isinstance(section, str) or not _SECTION.fullmatch(section):
        yield TermsError('expected section = "…", in small letters and underscores', field=place, value=repr(section))
    elif section in BUILT_IN or section in TAKEN:
        yield TermsError("the section is taken", field=f"{place}.section", value=repr(section))
    for each in kind.settings():
        rule, authority = each.metadata["rule"], each.metadata["authority"]
        if not isinstance(rule, str) or not _RULE.fullmatch(rule):
            yield TermsError("expected a rule id such as COV-1", field=f"{place}.{each.name}", value=repr(rule))
        if authority not in AUTHORITIES:
            yield TermsError(f"allowed: {', '.join(AUTHORITIES)}", field=f"{place}.{each.name}", value=repr(authority))
    for each in dataclasses.fields(kind):
        if each.name != "authority" and not each.kw_only:
            yield TermsError("settings are given by name: kw_only=True", field=place, value=each.name)
            return


#: Names that have another meaning in a sheet or a note; the note adds its own attributes (`convnote.note`).
TAKEN: set[str] = {"name", "description", "identity", "not_modelled", "extras", "authority"}
