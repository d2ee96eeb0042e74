"""ConvertibleNote: the provisions of one note combined, and the questions that can be answered without market data.

It passes principal and interest to the provisions that depend on them, so `dataclasses.replace` never leaves a stale copy.
Each provision validates its own terms; terms that are odd but possible are findings of `check()`, not errors.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from convnote import checks, gist
from convnote.checks import Finding
from convnote.errors import TermsError, did_you_mean, must_be
from convnote.inputs import MaybeNone
from convnote.provisions import (
    AUTHORITIES,
    RULES,
    Accretion,
    Adjustment,
    ChangeOfControlPrice,
    CleanUp,
    ConditionalPut,
    Consent,
    ContingentConversion,
    Conversion,
    Default,
    Exchange,
    FundamentalChange,
    Interest,
    MakeWholeChange,
    Mandatory,
    Principal,
    Provision,
    Put,
    Redemption,
    Requirement,
    Reset,
    Revision,
    SettlementTerms,
    Withdrawal,
)
from convnote.provisions.compared import compared
from convnote.provisions.omissions import extra_faults, omission_faults
from convnote.provisions.provision import Stated
from convnote.provisions.registry import BUILT_IN, TAKEN
from convnote.provisions.registry import PROVISIONS as PROVISIONS
from convnote.provisions.together import moot, together_faults
from convnote.tables import Table, shown


class AmendedSetting(NamedTuple):
    """One change in a proposal, and whose consent it needs (AMD-1…AMD-3)."""

    setting: str
    old: Any
    new: Any
    requirement: Requirement


class Assumed(NamedTuple):
    """A setting that is not stated: its rule, its place and the default assumed."""

    rule: str
    setting: str
    value: Any


@dataclass(frozen=True, kw_only=True, repr=False)
class ConvertibleNote(Stated):
    """The terms of a convertible note. A provision that the note does not have is None.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> note.maturity_date, note.conversion.price, note.put
    (datetime.date(2010, 2, 16), Decimal('104.947'), None)

    Raises `TermsError` if a required part is missing or of the wrong kind.
    """

    name: str
    description: str = ""
    #: issuer, numbers, law, trustee, rank … as printed
    identity: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: terms that this sheet leaves out, described in words, by rule id, family of rules or setting (NMD-1)
    not_modelled: Mapping[str, str] = field(default_factory=dict, hash=False)
    principal: Principal
    interest: Interest
    accretion: Accretion | MaybeNone = None
    conversion: Conversion | MaybeNone = None
    contingent_conversion: ContingentConversion | MaybeNone = None
    reset: Reset | MaybeNone = None
    revision: Revision | MaybeNone = None
    adjustment: Adjustment | MaybeNone = None
    withdrawal: Withdrawal | MaybeNone = None
    redemption: Redemption | MaybeNone = None
    clean_up: CleanUp | MaybeNone = None
    put: Put | MaybeNone = None
    conditional_put: ConditionalPut | MaybeNone = None
    mandatory: Mandatory | MaybeNone = None
    settlement: SettlementTerms | MaybeNone = None
    exchange: Exchange | MaybeNone = None
    fundamental_change: FundamentalChange | MaybeNone = None
    make_whole_change: MakeWholeChange | MaybeNone = None
    change_of_control_price: ChangeOfControlPrice | MaybeNone = None
    default: Default | MaybeNone = None
    consent: Consent | MaybeNone = None
    #: own provisions by section (see `convnote.provisions.register`); each is also an attribute of that name
    extras: Mapping[str, Provision] = field(default_factory=dict, hash=False)

    if not TYPE_CHECKING:  # type checkers see only the attributes above

        def __getattr__(self, name: str) -> Any:
            extras = self.__dict__.get("extras", {})
            if name in extras:
                return extras[name]
            if name in PROVISIONS:
                return None
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __post_init__(self) -> None:
        if self.conversion is None and isinstance(self.exchange, Exchange):
            object.__setattr__(self, "conversion", self.exchange.as_conversion())
        faults = []
        for name in BUILT_IN:
            part, kind = getattr(self, name), PROVISIONS[name]
            if part is None and name in ("principal", "interest"):
                faults.append(TermsError("this part is required", field=name))
            elif part is not None and not isinstance(part, kind):
                faults.append(TermsError(f"expected a {kind.__name__}", field=name, value=type(part).__name__))
        if faults:  # what follows reads the parts
            raise TermsError.of(faults)
        faults += omission_faults(self.not_modelled)
        faults += extra_faults(self.extras)
        if self.conversion is None and (self.reset or self.withdrawal):
            faults.append(TermsError("a note that does not convert has no reset and no withdrawal", field="conversion"))
        faults += together_faults(self)
        if faults:
            raise TermsError.of(faults)
        if self.accretion is not None:
            plain = dataclasses.replace(self.principal, accretion=None)
            object.__setattr__(self, "accretion", dataclasses.replace(self.accretion, principal=plain))
        object.__setattr__(
            self, "principal", dataclasses.replace(self.principal, accretion=self.accretion, unit=self.interest.paid_rounding)
        )
        interest = dataclasses.replace(self.interest, principal=self.principal)
        interest.boundaries  # noqa: B018  # a first payment date that fits no schedule is refused here, not at first use
        object.__setattr__(self, "interest", interest)
        if self.adjustment is not None:
            object.__setattr__(self, "adjustment", dataclasses.replace(self.adjustment, interest=interest))
        parts: dict[str, Any] = {"interest": interest, "reset": self.reset, "adjustment": self.adjustment, "conversion": None}
        parts["contingent_conversion"] = self.contingent_conversion
        extras = dict(self.extras)
        object.__setattr__(self, "extras", extras)
        for name, part in self.provisions():
            handed = {each.name: parts[each.name] for each in dataclasses.fields(part) if each.name in parts}
            if handed and name in extras:
                extras[name] = dataclasses.replace(part, **handed)
            elif handed:
                object.__setattr__(self, name, dataclasses.replace(part, **handed))
            if name == "conversion":
                parts[name] = self.conversion

    # --- the main figures

    @property
    def issue_date(self) -> date:
        """The day from which interest runs."""
        return self.principal.issue_date

    @property
    def maturity_date(self) -> date:
        """The day on which the principal is due (PRN-1)."""
        return self.principal.maturity_date

    @property
    def denomination(self) -> Decimal:
        """The smallest principal of one Note (ID-4)."""
        return self.principal.denomination

    @property
    def issue_size(self) -> Decimal:
        """The principal of the whole issue (ID-2)."""
        return self.principal.issue_size

    @property
    def currency(self) -> str:
        """The currency of principal and interest (PRN-2)."""
        return self.principal.currency

    @property
    def closes_currency(self) -> str:
        """The currency of closes in the rules of this note: its own, into which FX-1 translates them (CUR-1).

        With a fixed exchange rate it is the share's, and so are conversion price, trigger and floor (FXF-1).
        """
        fixed = self.conversion is not None and self.conversion.fixed_rate is not None
        return str(self.principal.share_currency) if fixed else self.principal.currency

    def provisions(self) -> Iterator[tuple[str, Provision]]:
        """Name and provision of each provision of the note, in printed order; own ones last."""
        for name in BUILT_IN:
            if (part := getattr(self, name)) is not None:
                yield name, part
        yield from self.extras.items()

    def omissions(self) -> list[str]:
        """The terms that the sheet leaves out, one line each; every answer repeats them (NMD-1).

        >>> import convnote as cn
        >>> note = cn.load("amazon-peacs-2010")
        >>> dataclasses.replace(note, not_modelled={"SFT": "callable only above 140%"}).omissions()
        ['Not modelled, SFT: callable only above 140%']
        """
        return [f"Not modelled, {key}: {words}" for key, words in self.not_modelled.items()]

    @cached_property
    def assumed(self) -> tuple[Assumed, ...]:
        """(rule, setting, value) of each setting with a default that neither the sheet nor the constructor states.

        Settings named in `not_modelled` are left out. A setting changed by `dataclasses.replace` counts as stated; one replaced
        by its default cannot be told from one left unchanged.

        >>> import convnote as cn
        >>> note = cn.load("afv-2003")
        >>> note.assumed
        ()
        >>> dataclasses.replace(note, put=cn.provisions.Put(prices=[["2006-01-01", "1.05"]])).assumed[0]
        Assumed(rule='PUT-1', setting='put.accrued', value='clean')
        """
        return tuple(
            Assumed(each.metadata["rule"], f"{name}.{each.name}", getattr(part, each.name))
            for name, part in self.provisions()
            for each in part.silent()
            if f"{name}.{each.name}" not in self.not_modelled and not moot(self, f"{name}.{each.name}")
        )

    def caveats(self) -> list[str]:
        """The caveats on every answer: terms the sheet leaves out (NMD-1), and one line with the number of assumed settings."""
        number = len(self.assumed)
        are = "setting is" if number == 1 else "settings are"
        line = f"Assumed: {number} {are} not stated and taken at the default, as note.assumed lists"
        return [*self.omissions(), *([line] if number else [])]

    @cached_property
    def floats(self) -> ConvertibleNote:
        """The same note with float64 numbers, used for array computations."""
        return dataclasses.replace(self, **{name: part.in_floats() for name, part in self.provisions()})

    # --- the source of a rule

    def authority(self, rule: str) -> str:
        """Where a rule comes from in this note: "note", "cover", "convention", or several joined by "+".

        It is the rule's own authority and that of the settings it reads. Raises `TermsError` for an unknown rule.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").authority("RST-2"), cn.load("amazon-peacs-2010").authority("RST-3")
        ('cover', 'convention')
        """
        if not isinstance(rule, str) or rule not in RULES:
            nearest = did_you_mean(rule, RULES)
            raise TermsError(f"expected a rule id such as WDR-3{nearest}", field="rule", value=repr(rule))
        sources = {
            part.authority_of(each.name)
            for _, part in self.provisions()
            for each in part.settings()
            if each.metadata["rule"] == rule and getattr(part, each.name) is not None
        } | {RULES[rule].authority}
        return "+".join(sorted(sources, key=list(_BY_WEIGHT).index))

    def check(self) -> list[Finding]:
        """Contradictions, and points worth knowing, in the terms: findings with `.rule` and `.message`.

        >>> import convnote as cn
        >>> [finding.rule for finding in cn.load("amazon-peacs-2010").check()]
        ['ID-3', 'INT-2', 'INT-6', 'RST-1', 'WDR-1', 'WDR-4', 'RED-1', 'WDR-3']
        """
        return checks.check(self)

    def amendments(self, proposed: ConvertibleNote) -> list[AmendedSetting]:
        """Every setting that `proposed` changes, and whose consent each change needs (AMD-1…AMD-3).

        >>> import convnote as cn
        >>> note = cn.load("amazon-peacs-2010")
        >>> cheaper = dataclasses.replace(note, interest=dataclasses.replace(note.interest, rate="0.06"))
        >>> [(each.setting, each.requirement.rule) for each in note.amendments(cheaper)]
        [('interest.rate', 'AMD-2')]

        Raises `TermsError` if the note has no consent provision.
        """
        must_be(proposed, ConvertibleNote, "amendments proposed", "expected a ConvertibleNote")
        if self.consent is None:
            raise TermsError("the note has no provision on consent", field="consent", rule="AMD-1")
        result = []
        for setting, old, new, judge in compared(self, proposed):
            if old != new:
                verdict = judge(old, new)
                needed = self.consent.requirement(verdict.kind, depends_on=verdict.depends_on)
                result.append(AmendedSetting(setting, old, new, needed))
        return result

    # --- display

    def table(self) -> Table:
        """All terms as a table: part of the note, setting, value, rule and source."""
        rows = [("identity", name, value, "ID-1", "note") for name, value in self.identity.items()]
        for name, part in self.provisions():
            rows += [(name, *row) for row in part.printed().rows]
            if isinstance(part, Principal):
                for number, certificate in part.certificates.items():
                    words = f", in words {certificate['words']!r}" if "words" in certificate else ""
                    rows.append((name, f"certificate {number}", shown(certificate["figures"]) + words, "ID-3", "note"))
        rows += [("not_modelled", key, words, "NMD-1", "note") for key, words in self.not_modelled.items()]
        return Table.of(("part", "setting", "value", "rule", "authority"), rows, self.description or self.name)

    def to_frame(self) -> Any:
        """The terms as a pandas frame indexed by part and setting; values as words. Needs pandas.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").to_frame().loc[("withdrawal", "trigger"), "value"]
        '167.915'
        """
        frame = self.table().frame().astype("string").astype({"part": "category", "rule": "category", "authority": "category"})
        return self.marked(frame.set_index(["part", "setting"]))

    def marked(self, frame: Any) -> Any:
        """A pandas frame with the terms that the sheet leaves out as ``attrs["not_modelled"]`` (NMD-1)."""
        frame.attrs["not_modelled"] = dict(self.not_modelled)
        return frame

    def __repr__(self) -> str:
        size = f"{self.currency} {shown(self.issue_size)}"
        return f"ConvertibleNote({self.name!r}, {size}, {self.issue_date} to {self.maturity_date})"

    def _page(self) -> Table:
        # the name of a part appears only on its first line
        table, before = self.table(), ""
        rows = []
        for part, *row in table.rows:
            rows.append(("" if part == before else part.replace("_", " "), *row))
            before = part
        return Table.of(table.columns, rows, table.title)

    def __str__(self) -> str:
        return self._page().text()

    def summary(self) -> Table:
        """The main terms: size, dates, coupon, conversion, trigger, floor, make-whole, rights; at most 25 lines.

        >>> import convnote as cn
        >>> cn.load("afv-2003").summary().rows[0]
        ('size', 'USD 100 in Notes of 100', 'ID-2')
        """
        return gist.summary(self)

    def _repr_html_(self) -> str:
        whole = f"<details><summary>all terms</summary>{self._page().html()}</details>"
        return self.summary().html() + whole


_BY_WEIGHT = AUTHORITIES

_FIELDS = {each.name for each in dataclasses.fields(ConvertibleNote)}
TAKEN.update(name for name in dir(ConvertibleNote) if not name.startswith("_"))


def _takes_sections(init: Callable[..., None]) -> Callable[..., None]:
    """The constructor of a note, extended to accept own provisions by section, as `dataclasses.replace` passes them."""

    @wraps(init)
    def made(self: ConvertibleNote, **given: Any) -> None:
        own = {name: part for name, part in given.items() if name not in _FIELDS and _is_own(name, part)}
        if own:
            extras = {**(given.get("extras") or {}), **own}
            given = {name: value for name, value in given.items() if name not in own}
            given["extras"] = {name: part for name, part in extras.items() if part is not None}
        init(self, **given)

    return made


def _is_own(name: str, part: Any) -> bool:
    return isinstance(part, Provision) or name in PROVISIONS


setattr(ConvertibleNote, "__init__", _takes_sections(ConvertibleNote.__init__))  # noqa: B010  # mypy takes no assignment to it
