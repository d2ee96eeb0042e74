"""Section 9 of an underwriting agreement: what happens to the Notes that a defaulting underwriter did not buy (OFF-3, OFF-17).

Computed in `Fraction` and rounded once, to whole Notes, by largest remainder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from convnote.arithmetic import decimal
from convnote.errors import TermsError
from convnote.filings import arguments
from convnote.tables import Table, shown


@dataclass(frozen=True, kw_only=True, repr=False)
class Allocation:
    """The result of a default: each take-up, the consents needed, and the principal left unplaced.

    All amounts are principal in the note's currency, by name in the order of Schedule I. If the agreement ends, `take_up` and
    `purchased` are empty and `unplaced` is the whole defaulted principal.

    >>> import convnote as cn
    >>> offering = cn.offering("amazon-peacs-2010")
    >>> name = "Credit Suisse First Boston (Europe) Limited"
    >>> offering.allocate({name: 61_333_000}).needs_consent, len(offering.allocate({name: 61_336_000}).needs_consent)
    ((), 2)
    """

    #: amounts of Schedule I, and what each underwriter defaulted on
    amounts: Mapping[str, Decimal] = field(hash=False)
    defaults: Mapping[str, Decimal] = field(hash=False)
    defaulted: Decimal
    #: True if the default is above one-tenth: the agreement ends unless arrangements are made by `arranged_by`
    terminates: bool
    take_up: Mapping[str, Decimal] = field(hash=False)
    #: the share of each taker before it is rounded to whole Notes
    shares: Mapping[str, Decimal] = field(hash=False)
    needs_consent: tuple[str, ...]
    #: one-ninth of each taker's own amount
    limits: Mapping[str, Decimal] = field(hash=False)
    unplaced: Decimal
    purchased: Mapping[str, Decimal] = field(hash=False)
    #: 36 hours after the default, New York time
    arranged_by: datetime
    closing_by: date
    rules: tuple[str, ...] = ("OFF-3", "OFF-17")
    warnings: tuple[str, ...] = ()

    def table(self) -> Table:
        """Each underwriter with its amount, default, exact share, one-ninth, take-up and purchase."""
        heads = ("name", "amount", "default", "share", "one_ninth", "take_up", "consent", "purchased", "rule")
        rows = []
        for name, amount in self.amounts.items():
            consent = ("needed" if name in self.needs_consent else None) if name in self.limits else None
            columns = (self.defaults, self.shares, self.limits, self.take_up)
            default, share, limit, taken = (each.get(name) for each in columns)
            rows.append((name, amount, default, share, limit, taken, consent, self.purchased.get(name), "OFF-3"))
        return Table.of(heads, rows, self._title())

    def _title(self) -> str:
        if self.terminates:
            by = f"{self.arranged_by:%Y-%m-%d %H:%M}"
            return f"{shown(self.defaulted)} defaulted on: the agreement ends unless arrangements are made by {by} (OFF-3)"
        return f"{shown(self.defaulted)} defaulted on, {shown(self.unplaced)} unplaced (OFF-3)"

    def explain(self) -> str:
        """The table as text, and the warnings below it."""
        return "\n".join([self.table().text(), *self.warnings])

    def __repr__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        return self.table().html(*self.warnings)


class Agreed(NamedTuple):
    """An agreement's default terms: amounts of Schedule I, the smallest Note, the fractions in section 9, and its days."""

    amounts: Mapping[str, Decimal]
    denomination: Fraction
    tenth: Fraction
    ninth: Fraction
    arranged_by: datetime
    closing: date
    closing_by: date


def allocate(agreed: Agreed, defaults: Any, proportions: Any, consents: Any) -> Allocation:
    """The allocation of a default under section 9; arguments as in `Offering.allocate`."""
    amounts = {name: Fraction(amount) for name, amount in agreed.amounts.items()}
    missing = _defaults(agreed, defaults)
    takers = [name for name in amounts if name not in missing]
    weights = _weights(amounts, takers, proportions)
    willing = _consents(amounts, consents)
    defaulted = sum(missing.values(), Fraction(0))
    limits = {name: amounts[name] * agreed.ninth for name in takers}
    ends = defaulted > agreed.tenth * sum(amounts.values())
    shares = {} if ends else _shares(defaulted, weights)
    rounded = _to_notes(defaulted, shares, agreed.denomination)
    above = tuple(name for name in shares if max(shares[name], rounded[name]) > limits[name])
    taken = dict(rounded)
    for name in above:
        if willing is not None and name not in willing:
            taken[name] = min(rounded[name], limits[name] // agreed.denomination * agreed.denomination)
    unplaced = defaulted - sum(taken.values())
    bought = {} if ends else {name: amounts[name] - missing.get(name, 0) + taken.get(name, 0) for name in amounts}
    return Allocation(
        amounts=dict(agreed.amounts),
        defaults=_printed(missing),
        defaulted=decimal(defaulted),
        terminates=ends,
        take_up=_printed(taken),
        shares=_printed(shares),
        needs_consent=above,
        limits=_printed(limits),
        unplaced=decimal(unplaced),
        purchased=_printed(bought),
        arranged_by=agreed.arranged_by,
        closing_by=agreed.closing_by if defaulted else agreed.closing,
        warnings=() if ends else tuple(_warnings(takers, unplaced)),
    )


def _printed(amounts: Mapping[str, Fraction]) -> dict[str, Decimal]:
    return {name: decimal(amount) for name, amount in amounts.items()}


def _defaults(agreed: Agreed, defaults: Any) -> dict[str, Fraction]:
    """Principal that each defaulting underwriter did not buy, in the order of Schedule I; 0 means that it bought everything."""
    place = "offering.allocate defaults"
    missing = arguments.by_name(defaults, agreed.amounts, place, "OFF-3")
    faults = []
    for name, amount in missing.items():
        field, most = f"{place}[{name!r}]", agreed.amounts[name]
        if amount > most:
            faults.append(TermsError(f"no more than its amount of {most} is possible", field=field, rule="OFF-3", value=amount))
        elif amount % agreed.denomination:
            reason = f"expected a multiple of {decimal(agreed.denomination)}"
            faults.append(TermsError(reason, field=field, rule="OFF-17", value=amount))
    if faults:
        raise TermsError.of(faults)
    return {name: missing[name] for name in agreed.amounts if missing.get(name)}


def _weights(amounts: Mapping[str, Fraction], takers: list[str], proportions: Any) -> dict[str, Fraction]:
    """The proportions of the take-up: the takers' own amounts, or those set by the manager."""
    if proportions is None:
        return {name: amounts[name] for name in takers}
    place = "offering.allocate proportions"
    arguments.by_name(proportions, amounts, place, "OFF-3", least=None)
    given = arguments.by_name(proportions, takers, place, "OFF-3")
    if not any(given.values()):
        raise TermsError("expected a weight above 0 for at least one taker", field=place, rule="OFF-3", value=proportions)
    return {name: given.get(name, Fraction(0)) for name in takers}


def _consents(amounts: Mapping[str, Fraction], consents: Any) -> set[str] | None:
    """The names of consenting underwriters; None if they have not been asked."""
    if consents is None:
        return None
    place = "offering.allocate consents"
    if isinstance(consents, str) or not isinstance(consents, Iterable):
        raise TermsError("expected a list of names", field=place, rule="OFF-3", value=repr(consents))
    return {arguments.choice(name, amounts, place, "OFF-3") for name in consents}


def _shares(defaulted: Fraction, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    total = sum(weights.values())
    return {name: defaulted * weight / total for name, weight in weights.items()}


def _to_notes(defaulted: Fraction, shares: Mapping[str, Fraction], denomination: Fraction) -> dict[str, Fraction]:
    """The shares in whole Notes by largest remainder, ties in the order of Schedule I; they sum to the defaulted amount."""
    whole = {name: share // denomination * denomination for name, share in shares.items()}
    left = (defaulted - sum(whole.values())) // denomination if shares else 0
    by_remainder = sorted(shares, key=lambda name: whole[name] - shares[name])  # sorted() keeps the order of ties
    for name in by_remainder[: int(left)]:
        whole[name] += denomination
    return whole


def _warnings(takers: list[str], unplaced: Fraction) -> Iterable[str]:
    if not unplaced:
        return
    if takers:
        yield f"{shown(decimal(unplaced))} is unplaced: duties are several, and the agreement does not say who takes it (OFF-3)"
    else:
        yield (
            f"every underwriter defaulted in part: {shown(decimal(unplaced))} is unplaced; the agreement does not end, "
            "and does not say who takes it (OFF-3)"
        )
