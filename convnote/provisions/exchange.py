"""An exchangeable: Notes convert into shares of another company, which are unaffected by the issuer's default (EXC-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from convnote.arithmetic import fraction
from convnote.errors import TermsError
from convnote.provisions.changes import depends, neutral
from convnote.provisions.conversion import Conversion
from convnote.provisions.fields import Drawn, kind, positive, term, text
from convnote.provisions.provision import Provision, rules
from convnote.provisions.toml_values import number_of

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(EXC_1=("the Notes convert into property per denomination: shares of another company than the issuer", "note"))


#: Terms that read the closes of one share or change its number.
_OF_ONE_SHARE = (
    *("reset", "adjustment", "withdrawal", "settlement", "mandatory", "make_whole_change", "change_of_control_price"),
    *("conditional_put", "revision", "contingent_conversion"),
)
#: `property` is the name of a setting below.
_attribute = property


class Property(NamedTuple):
    """Shares of one kind: their name, and the amount per denomination."""

    share: str
    amount: Any


def _read(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    tables = [{**each} if isinstance(each, dict) else each for each in value]
    for each in tables:
        if isinstance(each, dict) and "amount" in each:
            each["amount"] = number_of(each["amount"])
    return tables


@kind(
    schema={
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"share": {"type": "string", "minLength": 1}, "amount": positive.schema},
            "required": ["share", "amount"],
            "additionalProperties": False,
        },
        "minItems": 1,
    },
    words='a list of tables such as [{ share = "GALP", amount = 3226.5 }]',
    wrong=([], [{"share": "A"}], [{"share": "A", "amount": 0}], [{"share": "", "amount": 1}], "A", 5),
    drawn=Drawn("made", of=(lambda amount: ({"share": "A", "amount": amount},), {"amount": positive.drawn})),
    read=_read,
    as_toml=lambda value: [each._asdict() for each in value],
)
def property_list(value: Any) -> tuple[Property, ...]:
    """Kinds of shares, with the amount of each per denomination."""
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError('expected a list of tables, such as [{ share = "GALP", amount = 3226.5 }]')
    found = []
    for each in value:
        if isinstance(each, Mapping):
            if set(each) != {"share", "amount"}:
                raise ValueError("expected share and amount in each table, and nothing else")
            each = (each["share"], each["amount"])
        share, amount = each
        found.append(Property(text(share), positive(amount)))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Exchange(Provision):
    """Shares of another company, `shares_of`, in place of the issuer's; the amount per denomination is the rate (EXC-1).

    Closes, adjustments and trading days are those of that company's share. A note that states no conversion rate takes it from
    that amount. Of several kinds of property the first is that share; the closes of each other kind are the history's series of
    its name, and a conversion has an entry for each. They are replayed, not simulated.

    >>> terms = Exchange(shares_of="Galp Energia, SGPS, S.A.", property=[{"share": "GALP", "amount": "3226.5"}])
    >>> terms.property[0].amount
    Decimal('3226.5')
    """

    presence = depends("what the shares of the other company are worth", "impaired conversion")

    shares_of: str = term(text, "EXC-1", change=neutral)
    property: tuple[Property, ...] = term(
        property_list, "EXC-1", change=depends("what the property before and after is worth", "impaired conversion")
    )

    def contradictions(self) -> list[TermsError]:
        kinds = [each.share for each in self.property]
        if len(set(kinds)) < len(kinds):
            return [self.fault("property", f"expected each kind of share once: {', '.join(kinds)}")]
        return []

    @_attribute
    def further(self) -> tuple[Property, ...]:
        """The kinds of property after the first, whose closes are the history's: theirs are its series of that name."""
        return self.property[1:]

    def as_conversion(self) -> Conversion:
        """The conversion right at the amount per denomination, if the sheet states no other conversion terms."""
        return Conversion(rate=self.property[0].amount)

    def faults(self, note: NoteTerms) -> Iterator[TermsError]:
        """A conversion rate that differs from the amount of the property, and terms of one share beside several kinds."""
        terms: Any = note.conversion
        rate = None if terms is None else terms.rate
        if rate is None or fraction(rate) != fraction(self.property[0].amount):
            reason = f"expected the amount of the property per denomination, {self.property[0].amount}"
            yield TermsError(reason, field="conversion.rate", rule="EXC-1", value=rate)
        for name in _OF_ONE_SHARE if self.further else ():
            if getattr(note, name) is not None:
                yield TermsError("with property of several kinds this is not built", field=name, rule="EXC-1")
        if self.further and getattr(note.redemption, "condition", None) is not None:
            reason = "with property of several kinds no condition on closes is built"
            yield TermsError(reason, field="redemption.condition", rule="EXC-1")


def with_the_rate(sheet: dict[str, Any]) -> dict[str, Any]:
    """The term sheet with the amount in [exchange] as its rate, if its [conversion] states neither a rate nor a price."""
    conversion, exchange = sheet.get("conversion"), sheet.get("exchange")
    if not isinstance(conversion, dict) or not isinstance(exchange, dict) or {"rate", "price"} & set(conversion):
        return sheet
    stated = exchange.get("property")
    if not isinstance(stated, list) or not stated or not isinstance(stated[0], dict) or "amount" not in stated[0]:
        return sheet
    return {**sheet, "conversion": {**conversion, "rate": stated[0]["amount"]}}
