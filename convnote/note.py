"""ConvertibleNote: the provisions of one note put together, and what can be asked of them without a market.

It hands principal and interest to the provisions that stand on them, so that `dataclasses.replace` never leaves a stale one.
Refuses nothing by itself: each provision checks its own terms, and what is odd but possible is a finding of `check()`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, NamedTuple

from convnote import checks, gist
from convnote.checks import Finding
from convnote.errors import TermsError, did_you_mean, must_be
from convnote.inputs import MaybeNone
from convnote.provisions import (
    AUTHORITIES,
    RULES,
    Adjustment,
    Consent,
    Conversion,
    Default,
    FundamentalChange,
    Interest,
    Principal,
    Provision,
    Put,
    Redemption,
    Requirement,
    Reset,
    Withdrawal,
)
from convnote.provisions.changes import Judge, Verdict, depends, neutral
from convnote.provisions.provision import Stated
from convnote.tables import Table, shown


class AmendedSetting(NamedTuple):
    """One change that a proposal makes, and whose consent it needs (AMD-1…AMD-3)."""

    setting: str
    old: Any
    new: Any
    requirement: Requirement


@dataclass(frozen=True, kw_only=True, repr=False)
class ConvertibleNote(Stated):
    """The terms of a convertible note. A provision the note does not have is None.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> note.maturity_date, note.conversion.price, note.put
    (datetime.date(2010, 2, 16), Decimal('104.947'), None)

    Raises `TermsError` where a required part is missing or of the wrong kind.
    """

    name: str
    description: str = ""
    #: issuer, numbers, law, trustee, rank … as printed
    identity: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: terms of the paper that this sheet leaves out, in words, by rule id, family of rules or setting (NMD-1)
    not_modelled: Mapping[str, str] = field(default_factory=dict, hash=False)
    principal: Principal
    interest: Interest
    conversion: Conversion | MaybeNone = None
    reset: Reset | MaybeNone = None
    adjustment: Adjustment | MaybeNone = None
    withdrawal: Withdrawal | MaybeNone = None
    redemption: Redemption | MaybeNone = None
    put: Put | MaybeNone = None
    fundamental_change: FundamentalChange | MaybeNone = None
    default: Default | MaybeNone = None
    consent: Consent | MaybeNone = None

    def __post_init__(self) -> None:
        faults = []
        for name, kind in PROVISIONS.items():
            part = getattr(self, name)
            if part is None and name in ("principal", "interest"):
                faults.append(TermsError("this part is required", field=name))
            elif part is not None and not isinstance(part, kind):
                faults.append(TermsError(f"a {kind.__name__} is needed", field=name, value=type(part).__name__))
        faults += omission_faults(self.not_modelled)
        if self.conversion is None and (self.reset or self.withdrawal):
            faults.append(TermsError("a note that does not convert has no reset and no withdrawal", field="conversion"))
        if faults:
            raise TermsError.of(faults)
        interest = dataclasses.replace(self.interest, principal=self.principal)
        interest.boundaries  # noqa: B018  # a first payment date that fits no schedule is refused here, not at first use
        object.__setattr__(self, "interest", interest)
        parts: dict[str, Any] = {"interest": interest, "reset": self.reset}
        for name, part in self.provisions():
            handed = {each.name: parts[each.name] for each in dataclasses.fields(part) if each.name in parts}
            if handed:
                object.__setattr__(self, name, dataclasses.replace(part, **handed))

    # --- what every user asks first

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
        """The currency that closes must be in for the rules of this note (CUR-1): its own, into which FX-1 translates them."""
        return self.principal.currency

    def provisions(self) -> Iterator[tuple[str, Provision]]:
        """Name and provision, of those the note has, in the order of the paper."""
        for name in PROVISIONS:
            if (part := getattr(self, name)) is not None:
                yield name, part

    def omissions(self) -> list[str]:
        """What the sheet leaves out, one line each: what every answer repeats (NMD-1).

        >>> import convnote as cn
        >>> note = cn.load("amazon-peacs-2010")
        >>> dataclasses.replace(note, not_modelled={"SFT": "callable only above 140%"}).omissions()
        ['Not modelled, SFT: callable only above 140%']
        """
        return [f"Not modelled, {key}: {words}" for key, words in self.not_modelled.items()]

    @cached_property
    def floats(self) -> ConvertibleNote:
        """The same note with float64 numbers: what arrays are computed with."""
        return dataclasses.replace(self, **{name: part.in_floats() for name, part in self.provisions()})

    # --- where it comes from

    def authority(self, rule: str) -> str:
        """Where a rule comes from in this note: "note", "cover", "convention", or several joined by "+".

        It is the rule's own authority and that of the settings it reads. Raises `TermsError` for an unknown rule.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").authority("RST-2"), cn.load("amazon-peacs-2010").authority("RST-3")
        ('cover', 'convention')
        """
        if not isinstance(rule, str) or rule not in RULES:
            nearest = did_you_mean(rule, RULES)
            raise TermsError(f"a rule id such as WDR-3 is needed{nearest}", field="rule", value=repr(rule))
        sources = {
            part.authority_of(each.name)
            for _, part in self.provisions()
            for each in part.settings()
            if each.metadata["rule"] == rule and getattr(part, each.name) is not None
        } | {RULES[rule].authority}
        return "+".join(sorted(sources, key=list(_BY_WEIGHT).index))

    def check(self) -> list[Finding]:
        """What does not add up in the terms, or is worth knowing of them: findings with `.rule` and `.message`.

        >>> import convnote as cn
        >>> [finding.rule for finding in cn.load("amazon-peacs-2010").check()]
        ['ID-3', 'INT-2', 'INT-6', 'RST-1', 'WDR-1', 'WDR-4', 'RED-1', 'WDR-3']
        """
        return checks.check(self)

    def amendments(self, proposed: ConvertibleNote) -> list[AmendedSetting]:
        """Every setting that `proposed` changes, and whose consent that needs (AMD-1…AMD-3).

        >>> import convnote as cn
        >>> note = cn.load("amazon-peacs-2010")
        >>> cheaper = dataclasses.replace(note, interest=dataclasses.replace(note.interest, rate="0.06"))
        >>> [(each.setting, each.requirement.rule) for each in note.amendments(cheaper)]
        [('interest.rate', 'AMD-2')]

        Raises `TermsError` where the note has no provision on consent.
        """
        must_be(proposed, ConvertibleNote, "amendments proposed", "a ConvertibleNote is needed")
        if self.consent is None:
            raise TermsError("the note has no provision on consent", field="consent", rule="AMD-1")
        result = []
        for setting, old, new, judge in self._compared(proposed):
            if old != new:
                verdict = judge(old, new)
                needed = self.consent.requirement(verdict.kind, depends_on=verdict.depends_on)
                result.append(AmendedSetting(setting, old, new, needed))
        return result

    def _compared(self, proposed: ConvertibleNote) -> Iterator[tuple[str, Any, Any, Judge]]:
        """Every setting of either note, its value in both (None: not set), and what judges a change of it."""
        for key in {**self.identity, **proposed.identity}:
            yield f"identity.{key}", self.identity.get(key), proposed.identity.get(key), _RANK if key in _RANKING else neutral
        for name, kind in PROVISIONS.items():
            before, after = getattr(self, name), getattr(proposed, name)
            # A provision taken away or added is one change: each of its settings needs what the whole needs.
            whole = None if (before is None) is (after is None) else kind.presence(before is not None, after is not None)
            for setting, old, new, judge in kind.compared(before, after):
                yield f"{name}.{setting}", old, new, judge if whole is None else _always(whole)
        yield "principal.certificates", self.principal.certificates, proposed.principal.certificates, neutral

    # --- how it shows itself

    def table(self) -> Table:
        """All terms as a table: the part of the paper, the setting, its value, its rule and where that comes from."""
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
        """A pandas frame with what the sheet leaves out as ``attrs["not_modelled"]`` (NMD-1)."""
        frame.attrs["not_modelled"] = dict(self.not_modelled)
        return frame

    def __repr__(self) -> str:
        size = f"{self.currency} {shown(self.issue_size)}"
        return f"ConvertibleNote({self.name!r}, {size}, {self.issue_date} to {self.maturity_date})"

    def _page(self) -> Table:
        # the name of a part stands on its first line only
        table, before = self.table(), ""
        rows = []
        for part, *row in table.rows:
            rows.append(("" if part == before else part.replace("_", " "), *row))
            before = part
        return Table.of(table.columns, rows, table.title)

    def __str__(self) -> str:
        return self._page().text()

    def summary(self) -> Table:
        """What a person asks first: size, dates, coupon, conversion, trigger, floor, make-whole, rights; 25 lines at most.

        >>> import convnote as cn
        >>> cn.load("afv-2003").summary().rows[0]
        ('size', 'USD 100 in Notes of 100', 'ID-2')
        """
        return gist.summary(self)

    def _repr_html_(self) -> str:
        whole = f"<details><summary>all terms</summary>{self._page().html()}</details>"
        return self.summary().html() + whole


#: The words of a note's identity that say how it ranks (SUB-1): software cannot weigh new ones, so each holder must agree.
_RANKING = ("rank", "ranks_equally_with")
_RANK = depends("how the new words rank the Notes", "subordination against holders")


def _always(verdict: Verdict) -> Judge:
    return lambda old, new: verdict


#: A rule id or its family, also one that this library does not know: what is left out may be a rule that it lacks.
_RULE = re.compile(r"[A-Z]{2,3}(-[1-9][0-9]?c?)?", re.ASCII)


@cache
def _settings() -> frozenset[str]:
    """Every setting of every provision, by the place that an error names."""
    return frozenset(part.place(each.name) for part in PROVISIONS.values() for each in part.settings())


def omission_faults(table: Any) -> Iterator[TermsError]:
    """What is wrong with a table `not_modelled` (NMD-1)."""
    if not isinstance(table, Mapping):
        reason = 'a table of words is needed, such as { SFT-1 = "callable only above 140%" }'
        yield TermsError(reason, field="not_modelled", rule="NMD-1", value=type(table).__name__)
        return
    for key, words in table.items():
        if not isinstance(key, str) or not (_RULE.fullmatch(key) or key in _settings()):
            nearest = did_you_mean(key, sorted(_settings())) if isinstance(key, str) and "." in key else ""
            reason = f'a rule id (SFT-1), its family (SFT) or a setting ("conversion.called_until") is needed{nearest}'
            yield TermsError(reason, field="not_modelled", rule="NMD-1", value=repr(key))
        elif not isinstance(words, str) or not words.strip():
            yield TermsError("words are needed", field=f"not_modelled.{key}", rule="NMD-1", value=repr(words))


_BY_WEIGHT = AUTHORITIES

#: The provisions a note may have, by their field, in the order of the paper.
PROVISIONS: dict[str, type[Provision]] = {
    "principal": Principal,
    "interest": Interest,
    "conversion": Conversion,
    "reset": Reset,
    "adjustment": Adjustment,
    "withdrawal": Withdrawal,
    "redemption": Redemption,
    "put": Put,
    "fundamental_change": FundamentalChange,
    "default": Default,
    "consent": Consent,
}
