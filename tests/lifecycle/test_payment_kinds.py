"""The table of kinds of payment: the only list of them, to which a kind is added by one row."""

import ast
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import convnote as cn
from convnote.errors import TermsError
from convnote.lifecycle.payment_kinds import KINDS, PaymentKind, register
from convnote.lifecycle.payments import pay_claims
from convnote.lifecycle.state import State, Status
from convnote.provisions import payment_names
from convnote.replays.sentences import sentence

from .walk import NOTE

ROOT = Path(__file__).parents[2] / "convnote"
ROOMS = ("lifecycle", "replays", "policies", "simulation")
#: The table itself, and what names rights or ways out by the same words.
READ_ELSEWHERE = {"lifecycle/payment_kinds.py", "lifecycle/on_record.py", "policies/settings.py", "policies/policy.py"}
SINKING = PaymentKind(
    "sinking-fund", "Sinking fund", ("RED-7",), "RED-7", "sinking fund of",
    lambda note, state: [int(cn.calendars.day_number("2005-02-16"))],
    lambda note, day: (Fraction(1), True), "sunk", Status.REDEEMED, fixed=True,
)  # fmt: skip


@pytest.fixture
def sinking():
    register("sinking", SINKING)
    yield "sinking"
    del KINDS["sinking"], payment_names.NAMES["sinking"]


def test_a_kind_is_added_by_one_row(sinking):
    state, day = State.opening(NOTE), int(cn.calendars.day_number("2005-02-17"))
    paid = pay_claims(NOTE, state, {"issue": Fraction(1_000_000)}, day, sinking)
    [flow] = paid.flows
    # 5 years and a day since nothing was paid: 1,827 + 1 days x 6.875% / 365 … of one million
    assert flow.kind == "sinking-fund" and flow.rules[0] == "RED-7" and paid.state.retired == {"sunk": 1_000_000}
    assert sentence(NOTE, flow, cn.Cure("2005-02-17", sinking)).startswith(
        "Sinking fund: EUR 1,000,000 at par plus interest accrued from 2000-02-16"
    )


def test_a_kind_that_was_added_can_be_missed_and_cured_and_not_waived(sinking):
    assert cn.MissedPayment("2005-02-16", sinking).of == sinking
    assert not NOTE.consent.may_waive(sinking)
    day = int(cn.calendars.day_number("2005-02-16"))
    state = cn.replay(NOTE, cn.scenario("as-it-was"), events=[cn.MissedPayment("2005-02-16", sinking)], until="2005-02-16").state
    assert state.missed == ((sinking, day),)
    missed = pay_claims(NOTE, state, {"issue": Fraction(1_000_000)}, day, sinking)
    assert "sinking fund of EUR 1,000,000" in sentence(NOTE, missed.flows[0], cn.MissedPayment("2005-02-16", sinking))
    [unpaid] = missed.state.unpaid
    assert unpaid.of == sinking and unpaid.owed == {"issue": 1_000_000}
    ledger = cn.replay(
        NOTE, cn.scenario("as-it-was"), state=missed.state, events=[cn.Cure("2005-04-17", sinking)], until="2005-05-02"
    )
    [entry] = ledger.of_kind("sinking-fund")
    # 6.875% x 60/365 of one million
    assert (str(entry.date), str(entry.cash)) == ("2005-04-17", "1011301.37")


def test_a_name_is_taken_once():
    with pytest.raises(TermsError, match="not registered yet"):
        register("put", KINDS["put"])


@dataclass
class Names(ast.NodeVisitor):
    """Literals that list two or more kinds of payment."""

    found: list

    def listed(self, node, parts):
        names = {part.value for part in parts if isinstance(part, ast.Constant) and part.value in KINDS}
        if len(names) > 1:
            self.found.append((node.lineno, sorted(names)))
        self.generic_visit(node)

    def visit_Tuple(self, node):
        self.listed(node, node.elts)

    visit_List = visit_Set = visit_Tuple

    def visit_Dict(self, node):
        self.listed(node, node.keys)

    def visit_FunctionDef(self, node):
        compared = {
            part.value
            for test in ast.walk(node)
            if isinstance(test, ast.Compare) and ast.unparse(test.left).split(".")[-1] == "of"
            for part in test.comparators
            if isinstance(part, ast.Constant) and part.value in KINDS
        }
        if len(compared) > 1:
            self.found.append((node.lineno, sorted(compared)))
        self.generic_visit(node)


def test_nothing_else_lists_kinds_of_payment():
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    files += [ROOT / "provisions" / name for name in ("consent.py", "default.py", "payment_names.py")]
    found = {}
    for path in files:
        if (name := path.relative_to(ROOT).as_posix()) not in READ_ELSEWHERE:
            names = Names([])
            names.visit(ast.parse(path.read_text(encoding="utf-8")))
            found |= {name: names.found} if names.found else {}
    assert not found, found


def test_a_list_of_kinds_is_noticed():
    for source in ('A = ("interest", "make-whole")', 'B = {"put": 1, "redemption": 2}'):
        names = Names([])
        names.visit(ast.parse(source))
        assert names.found
