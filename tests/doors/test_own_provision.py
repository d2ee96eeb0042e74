"""An own provision, written from outside: it loads from TOML, is listed, scheduled, checked, amended, replayed and pickled."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

import pytest

import convnote as cn
from convnote.provisions import Provision, term
from convnote.provisions.changes import neutral, worse_if_lower
from convnote.provisions.fields import day, one_of, positive
from convnote.provisions.provision import Rule, rules
from convnote.reports.pieces import words
from convnote.schemas import rules_table, settings_table, term_sheet_schema


@dataclass(frozen=True)
class FeePaid(cn.Scheduled):
    """The fee of one year falls due."""

    rule: ClassVar[str] = "FEE-1"
    authority: ClassVar[str] = "note"
    after: ClassVar[Any] = cn.Convert

    def apply(self, note: Any, state: Any, seen: Any) -> cn.Transition:
        terms = note.extras["fee"]
        flows = tuple(
            cn.Flow(
                "fee",
                self.day,
                note.principal.payment_day(self.day),
                ("FEE-1",),
                holder=holder,
                cash=note.principal.paid(position.outstanding * terms.share_of_principal(note)),
            )
            for holder, position in state.positions.items()
        )
        return cn.Transition(state, flows)

    def sentence(self, note: Any, flow: cn.Flow) -> str:
        return f"a fee of {note.currency} {flow.cash} is paid"


@dataclass(frozen=True, kw_only=True)
class Fee(Provision):
    """The Company pays a fee on each anniversary."""

    section = "fee"
    RULES = rules(FEE_1=("a fee is paid on fixed days, per denomination", "note"))

    amount: Decimal = term(positive, "FEE-1", change=worse_if_lower("lower rate"))
    first: date = term(day, "FEE-1", change=neutral)
    payable: str = term(one_of("once", "twice"), "FEE-2", "convention", change=neutral, default="once")

    def share_of_principal(self, note: Any) -> Any:
        return Fraction(self.amount) / Fraction(note.denomination)

    @property
    def days(self) -> list[date]:
        again = [] if self.payable == "once" else [date(self.first.year + 1, self.first.month, self.first.day)]
        return [self.first, *again]

    def rows(self, note: Any) -> Iterator[tuple[Any, ...]]:
        for on in self.days:
            yield on, "fee", "FEE-1", self.amount, "the fee is due"

    def findings(self, note: Any) -> Iterator[tuple[str, str]]:
        if self.first > note.maturity_date:
            yield "FEE-1", "the fee is due after maturity"

    def events(self, note: Any, state: Any) -> Iterator[cn.Scheduled]:
        return (FeePaid(on) for on in self.days)


SHEET = """
[fee]
amount = 2.50
first = 2002-05-01
payable = "twice"
authority = { amount = "cover" }
"""


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    assert cn.provisions.register(Fee) is Fee
    yield
    cn.provisions.unregister("fee")


@pytest.fixture
def note() -> Any:
    return cn.loads(cn.dumps(cn.load("amazon-peacs-2010")) + SHEET)


def test_it_loads_from_a_sheet_and_is_an_attribute_of_the_note(note: Any) -> None:
    authority = {"amount": "cover"}
    assert note.fee == Fee(amount="2.50", first="2002-05-01", payable="twice", authority=authority)  # type: ignore[arg-type]
    assert note.fee.authority_of("amount") == "cover"
    assert note.extras == {"fee": note.fee}
    assert [name for name, _ in note.provisions()][-1] == "fee"
    assert cn.load("afv-2003").extras == {} and getattr(cn.load("afv-2003"), "fee") is None  # noqa: B009
    with pytest.raises(AttributeError, match="fees"):
        note.fees  # noqa: B018


def test_it_is_written_back(note: Any) -> None:
    text = cn.dumps(note)
    assert "[fee]\namount = 2.50  # FEE-1, cover\n" in text
    assert cn.loads(text) == note and cn.dumps(cn.loads(text)) == text


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("amount = -1", "fee.amount (FEE-1): got -1; expected a number above 0"),
        ("amuont = 1", "fee.amuont: unknown key; did you mean amount?"),
        ('payable = "thrice"', 'fee.payable (FEE-2): got "thrice"; allowed: once, twice'),
    ],
)
def test_what_is_wrong_with_it_is_refused_by_place_and_rule(line: str, fault: str) -> None:
    lines = [each for each in SHEET.splitlines() if not each.startswith(line.split()[0]) and "authority" not in each]
    with pytest.raises(cn.TermsError) as refused:
        cn.loads(cn.dumps(cn.load("amazon-peacs-2010")) + "\n".join([*lines, line]))
    assert fault in refused.value.faults


def test_without_it_the_table_is_unknown() -> None:
    cn.provisions.unregister("fee")
    with pytest.raises(cn.TermsError, match=r"^fee: unknown table"):
        cn.loads(cn.dumps(cn.load("amazon-peacs-2010")) + SHEET)


def test_schema_settings_and_rules_know_it() -> None:
    table = term_sheet_schema()["properties"]["fee"]
    assert table["required"] == ["amount", "first"] and table["properties"]["payable"]["enum"] == ["once", "twice"]
    assert table["properties"]["amount"]["description"] == "FEE-1: a fee is paid on fixed days, per denomination"
    rows = {row[0]: row[1:] for row in settings_table().rows}
    assert rows["fee.payable"] == ('"once" or "twice"', "once", "FEE-2", "convention")
    said = {row[0]: row[1] for row in rules_table().rows}
    assert said["FEE-2"] == "The Company pays a fee on each anniversary"


def test_its_rules_have_an_authority_in_the_note(note: Any) -> None:
    assert note.authority("FEE-1") == "note+cover"


def test_a_report_links_to_its_rules(note: Any) -> None:
    assert words("refused by FEE-1") == 'refused by <a href="#FEE-1">FEE-1</a>'
    cn.provisions.unregister("fee")
    assert words("refused by FEE-1") == "refused by FEE-1"
    cn.provisions.register(Fee)


def test_check_has_its_findings(note: Any) -> None:
    assert ("FEE-1", "the fee is due after maturity") not in note.check()
    late = replace(note, fee=replace(note.fee, first="2010-05-01"))
    assert ("FEE-1", "the fee is due after maturity") in late.check()


def test_consent_to_a_change_of_it(note: Any) -> None:
    less = replace(note, fee=replace(note.fee, amount="2"))
    assert [(each.setting, each.old, each.new, each.requirement.rule) for each in note.amendments(less)] == [
        ("fee.amount", Decimal("2.50"), Decimal(2), "AMD-2")
    ]
    more = replace(note, fee=replace(note.fee, amount="3"))
    assert [each.requirement.rule for each in note.amendments(more)] == ["AMD-1"]
    gone = note.amendments(replace(note, fee=None))
    assert {each.setting for each in gone} == {"fee.amount", "fee.first", "fee.payable"}
    assert {each.requirement.rule for each in gone} == {"AMD-2"}


def test_it_puts_rows_into_the_schedule(note: Any) -> None:
    rows = [row for row in cn.schedule(note) if row.kind == "fee"]
    assert [(row.date, row.rule, row.amount, row.payment_date) for row in rows] == [
        (date(2002, 5, 1), "FEE-1", Decimal("2.50"), date(2002, 5, 1)),
        (date(2003, 5, 1), "FEE-1", Decimal("2.50"), date(2003, 5, 1)),
    ]
    whole = cn.schedule(note)
    assert len(whole) == len(cn.schedule(cn.load("amazon-peacs-2010"))) + 2
    assert [row.date for row in whole] == sorted(row.date for row in whole)
    assert "the fee is due" in str(whole) and whole[len(whole) - 1].date == note.maturity_date


def test_table_and_summary_tell_it(note: Any) -> None:
    assert ("fee", "amount", "2.50", "FEE-1", "cover") in note.table().rows
    assert ("fee", "amount 2.50, first 2002-05-01, payable twice", "FEE-1 FEE-2") in note.summary().rows


def test_its_scheduled_events_are_replayed(note: Any) -> None:
    ledger = cn.replay(note, cn.scenario("as-it-was"))
    entries = [entry for entry in ledger.entries if entry.kind == "fee"]
    assert [(entry.date, entry.cash, entry.rules) for entry in entries] == [
        (date(2002, 5, 1), 690_000_000 * Decimal("0.0025"), ("FEE-1",)),
        (date(2003, 5, 1), 690_000_000 * Decimal("0.0025"), ("FEE-1",)),
    ]
    assert entries[0].text.startswith("a fee of EUR 1725000")
    assert "a fee is paid on fixed days" in ledger.explain()


def test_it_can_be_pickled_copied_compared_and_asked_in_floats(note: Any) -> None:
    assert pickle.loads(pickle.dumps(note)) == copy.deepcopy(note) == note
    assert note != cn.load("amazon-peacs-2010")
    assert float(note.floats.fee.amount) == 2.5
    assert cn.loads(cn.dumps(note.floats)) == note


def test_it_is_given_to_the_constructor_by_its_section_or_among_the_extras(note: Any) -> None:
    plain = cn.load("amazon-peacs-2010")
    assert replace(plain, fee=note.fee) == replace(plain, extras={"fee": note.fee})
    with pytest.raises(cn.TermsError, match=r'extras\.fee: got Put; expected a provision whose section is "fee"'):
        replace(plain, extras={"fee": cn.provisions.Put(prices=[["2005-01-01", 1]])})  # type: ignore[dict-item, arg-type]
    with pytest.raises(TypeError):
        replace(plain, fees=1)  # type: ignore[call-arg]


MODEL = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)


def test_simulation_and_price_refuse_its_events_by_rule(note: Any) -> None:
    with pytest.raises(cn.TermsError, match=r"^simulate fee \(FEE-1\): the events of \[fee\] are known to replay alone"):
        cn.simulate(note, MODEL, paths=10)
    short = replace(note, withdrawal=None, reset=None)
    with pytest.raises(cn.PricingError, match="FEE-1"):
        cn.price(short, MODEL)


def test_one_that_moves_no_cash_is_simulated(note: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fee, "moves_cash", False)
    told = cn.simulate(note, MODEL, paths=50, seed=1)
    usual = cn.simulate(cn.load("amazon-peacs-2010"), MODEL, paths=50, seed=1)
    assert told.present_value.tolist() == usual.present_value.tolist()


def test_rows_and_findings_of_another_shape_are_refused(note: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fee, "rows", lambda self, note: [("2002-05-01", "fee")])
    with pytest.raises(cn.TermsError, match=r"^fee\.rows: .*expected \(day, kind, rule\)"):
        len(cn.schedule(note))
    monkeypatch.setattr(Fee, "findings", lambda self, note: ["wrong"])
    with pytest.raises(cn.TermsError, match=r"^fee\.findings: .*expected pairs"):
        note.check()


# --- what register refuses


def made(**body: Any) -> Any:
    return dataclass(frozen=True, kw_only=True)(type("Made", (Provision,), {"__annotations__": {}, **body}))


def test_a_section_that_is_taken_is_refused() -> None:
    for section in ("put", "name", "check", "maturity_date", "not_modelled"):
        with pytest.raises(cn.TermsError, match="the section is taken"):
            cn.provisions.register(made(section=section))


@pytest.mark.parametrize("section", ["", "Two Words", 5, "UPPER"])
def test_a_section_that_no_table_can_have_is_refused(section: Any) -> None:
    with pytest.raises(cn.TermsError, match="small letters and underscores"):
        cn.provisions.register(made(section=section))


def test_another_kind_of_class_is_refused() -> None:
    with pytest.raises(cn.TermsError, match="expected a class under"):
        cn.provisions.register(int)  # type: ignore[type-var]
    with pytest.raises(cn.TermsError, match="frozen=True"):
        cn.provisions.register(type("Bare", (Provision,), {"section": "bare"}))


def test_a_rule_id_that_is_not_one_is_refused() -> None:
    body = {"section": "made", "x": term(positive, "a rule", change=neutral), "__annotations__": {"x": Decimal}}
    with pytest.raises(cn.TermsError, match="expected a rule id such as COV-1"):
        cn.provisions.register(made(**body))


def test_rules_go_with_the_section_they_came_with() -> None:
    assert cn.provisions.RULES["FEE-1"] == Rule("FEE-1", "a fee is paid on fixed days, per denomination", "note")
    cn.provisions.register(Fee)  # again
    cn.provisions.unregister("fee")
    assert "FEE-1" not in cn.provisions.RULES and "FEE-2" not in cn.provisions.RULES
    cn.provisions.unregister("put")
    assert "put" in term_sheet_schema()["properties"]
