"""Sheets: what a file may say, and what a wrong one is told."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import convnote as cn
from convnote.filings import Bylaws, Filing, Grant, Offering, arguments
from convnote.filings.filing import at
from convnote.provisions.provision import rules

OFFERING = cn.offering("amazon-peacs-2010")
SALE = """
name = "ours"
note = "amazon-peacs-2010"

[sale]
agreement_date = 2000-02-11
closing_date = 2000-02-16
purchase_price = 0.975
increase_ninth = "1/9"

[underwriters]
"First" = 414_000_000
"Second" = 276_000_000

[lock_up]
days = 90

[[conditions]]
section = "5(h)"
words = "listed"

[[findings]]
rule = "OFF-8"
words = "said twice"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sheet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sheet_of_ones_own(tmp_path: Path) -> None:
    ours = cn.offering(write(tmp_path, SALE))
    assert (ours.name, ours.amount, list(ours.underwriters)) == ("ours", 690_000_000, ["First", "Second"])
    assert (ours.default_tenth, ours.increase_ninth) == (Fraction(1, 10), Fraction(1, 9))
    assert ours.prospectus_date == ours.agreement_date and ours.lock_up.group_shares == 600_000
    assert ours.lines["conditions"] == (("5(h)", "listed"),)
    assert ("OFF-8", "said twice") in ours.check()
    assert cn.offering(str(tmp_path / "sheet.toml")) == ours


def test_one_ninth_is_taken_exactly(tmp_path: Path) -> None:
    bundled = OFFERING.increase_ninth
    assert bundled == Fraction(1, 9) and OFFERING.default_tenth == Decimal("0.1")
    decimals = cn.offering(write(tmp_path, SALE.replace('"1/9"', "0.1111111111")))
    assert decimals.increase_ninth == Decimal("0.1111111111")


def test_the_note_lies_beside_the_sheet(tmp_path: Path) -> None:
    (tmp_path / "note.toml").write_text(cn.dumps(cn.load("afv-2003")), encoding="utf-8")
    amount = int(cn.load("afv-2003").denomination)
    text = SALE.replace('note = "amazon-peacs-2010"', 'note = "note.toml"')
    text = text.replace("414_000_000", str(amount)).replace("276_000_000", str(3 * amount))
    assert cn.offering(write(tmp_path, text)).note.name == "afv-2003"


ROWS: list[tuple[str, str, str]] = [
    ('name = "ours"', "", "name: required"),
    ('name = "ours"', "name = 5", "name: got 5; expected text"),
    ('note = "amazon-peacs-2010"', "", "note: required"),
    ("[lock_up]", "[lock]", "lock: unknown table; did you mean lock_up?"),
    ("days = 90", "dys = 90", "lock_up.dys: unknown key; did you mean days?"),
    ("days = 90", "days = 0", "lock_up.days (OFF-4): got 0; expected a whole number from 1"),
    ("days = 90", "days = 90\nauthority = { days = 'hearsay' }", 'lock_up.authority.days: got "hearsay"; allowed: note, cover, agreement, filing, by-laws, convention'),
    ("purchase_price = 0.975", "", "sale.purchase_price (OFF-1): required"),
    ("purchase_price = 0.975", "purchase_price = -1", "sale.purchase_price (OFF-1): got -1; expected a number above 0"),
    ("purchase_price = 0.975", "purchase_price = 1.01", "offering.offering_price (OFF-18): got 1; not less than the purchase price, 1.01"),
    ('"1/9"', '"10/9"', 'sale.increase_ninth (OFF-3): got "10/9"; expected a number from 0 to 1'),
    ('"1/9"', '"ninth"', 'sale.increase_ninth (OFF-3): got "ninth"; expected a finite number'),
    ("closing_date = 2000-02-16", "closing_date = 2000-02-10", "offering.closing_date (OFF-1): got 2000-02-10; not before the day of the agreement, 2000-02-11"),
    ("closing_date = 2000-02-16", 'closing_date = 2000-02-16\nclosing_time = "noon"', 'sale.closing_time (OFF-1): got "noon"; expected a time of day HH:MM'),
    ("414_000_000", "414_000_500", "offering.underwriters['First'] (OFF-17): got 414000500; expected a multiple of the denomination 1000"),
    ("414_000_000", "0", "offering.underwriters['First'] (OFF-2): got 0; expected a number above 0"),
    ('section = "5(h)"\n', "", 'conditions: got [{words = "listed"}]; expected a list of tables [[conditions]] with section and words'),
    ('section = "5(h)"', "section = 5", "conditions.section: got 5; expected text"),
    ('rule = "OFF-8"', 'rule = "OPT-8"', f'findings.rule: got "OPT-8"; allowed: {", ".join(OFFERING.RULES)}'),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message"), ROWS)
def test_a_wrong_sheet_is_told_what_is_wrong_with_it(right: str, wrong: str, message: str, tmp_path: Path) -> None:
    assert SALE.count(right) == 1
    with pytest.raises(cn.TermsError) as refusal:
        cn.offering(write(tmp_path, SALE.replace(right, wrong)))
    assert str(refusal.value) == message


def test_all_faults_of_a_sheet_come_at_once(tmp_path: Path) -> None:
    wrong = SALE.replace("days = 90", "days = 0").replace("purchase_price = 0.975", "").replace("[underwriters]", "[buyers]")
    with pytest.raises(cn.TermsError) as refusal:
        cn.offering(write(tmp_path, wrong))
    assert refusal.value.faults == (
        "buyers: unknown table; allowed: name, description, sale, lock_up, note, underwriters, conditions, expenses, indemnity, "
        "termination, silence, pointers, findings",
        "sale.purchase_price (OFF-1): required",
        "lock_up.days (OFF-4): got 0; expected a whole number from 1",
        "underwriters: required",
    )


def test_a_name_or_a_file_that_is_none_is_told_the_bundled_ones(tmp_path: Path) -> None:
    for load, kind, names in (
        (cn.offering, "offering", "amazon-peacs-2010"),
        (cn.grant, "grant", "amazon-1994, amazon-2004"),
        (cn.bylaws, "bylaws", "amazon-2000"),
    ):
        with pytest.raises(cn.TermsError) as refusal:
            load("nothing")
        assert str(refusal.value).startswith(f"{kind} sheet: got nothing; expected a bundled name ({names}) or a TOML file")
    with pytest.raises(cn.TermsError, match="not valid TOML"):
        cn.grant(write(tmp_path, "name ="))


def test_a_grant_with_a_schedule_of_its_own(tmp_path: Path) -> None:
    text = """
name = "ours"
[grant]
grant_date = 2000-01-31
shares = 1_000
exercise_price = 12.5
[vesting]
instalments = [[2001-01-31, "1/3"], [2002-01-31, "1/3"], [2003-01-31, "1/3"]]
[term]
expiry = 2010-01-31
"""
    ours = cn.grant(write(tmp_path, text))
    assert [row.shares for row in ours.instalments()] == [333, 333, 334] and ours.vested("2003-01-31") == 1_000
    monthly = text.replace(
        'instalments = [[2001-01-31, "1/3"], [2002-01-31, "1/3"], [2003-01-31, "1/3"]]',
        "instalments = { first = 2000-01-31, last = 2000-04-30, every_months = 1, share = 0.25 }",
    )
    assert [str(row.date) for row in cn.grant(write(tmp_path, monthly)).instalments()] == [
        "2000-01-31", "2000-02-29", "2000-03-31", "2000-04-30",
    ]  # fmt: skip
    for wrong in ("5", '"soon"', "{ first = 2000-01-31 }", "[[2001-01-31]]", "[[2001-01-31, true]]"):
        with pytest.raises(cn.TermsError, match=r"vesting.instalments \(OPT-3\)"):
            cn.grant(write(tmp_path, text.replace('[[2001-01-31, "1/3"], [2002-01-31, "1/3"], [2003-01-31, "1/3"]]', wrong)))


@pytest.mark.parametrize("kind", [Offering, Grant, Bylaws])
def test_every_bundled_sheet_states_its_settings(kind: Any) -> None:
    for name in kind.BUNDLED:
        filing = kind.load(name)
        assert filing.name == name and filing.description
        for rule in kind.RULES:
            assert filing.authority(rule)


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("offering.note", "OFF-5", {"note": "amazon-peacs-2010"}),
    ("offering.underwriters", "OFF-2", {"underwriters": {}}),
    ("offering.underwriters", "OFF-2", {"underwriters": ["A"]}),
    ("offering.underwriters", "OFF-2", {"underwriters": {"": 1_000}}),
    ("offering.underwriters['A']", "OFF-2", {"underwriters": {"A": "much"}}),
    ("offering.underwriters['A']", "OFF-17", {"underwriters": {"A": 1_500}}),
    ("offering.sources", "", {"sources": {"closing_dte": "note"}}),
    ("offering.sources", "", {"sources": {"closing_date": "hearsay"}}),
    ("offering.closing_date", "OFF-1", {"closing_date": "16 February"}),
    ("offering.group_shares", "OFF-4", {"group_shares": -1}),
]


@pytest.mark.parametrize(("field", "rule", "changes"), WRONG)
def test_a_changed_offering_is_checked_again(field: str, rule: str, changes: dict[str, Any]) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        dataclasses.replace(OFFERING, **changes)
    assert refusal.value.field == field and (refusal.value.rule or "") == rule and refusal.value.value is not None


def test_all_faults_of_an_offering_come_at_once() -> None:
    with pytest.raises(cn.TermsError) as refusal:
        dataclasses.replace(OFFERING, underwriters={"A": 1_500, "B": -1})
    assert len(refusal.value.faults) == 2
    with pytest.raises(cn.TermsError) as refusal:
        dataclasses.replace(OFFERING, closing_date="2000-02-10", purchase_price=2)
    assert len(refusal.value.faults) == 2


MS, CSFB, DLJ = OFFERING.underwriters
ASKED: list[tuple[str, str, Any]] = [
    ("allocate defaults", "OFF-3", lambda: OFFERING.allocate({"Nobody": 1_000})),
    ("allocate defaults", "OFF-3", lambda: OFFERING.allocate([MS])),
    (f"allocate defaults[{MS!r}]", "OFF-3", lambda: OFFERING.allocate({MS: 414_001_000})),
    (f"allocate defaults[{MS!r}]", "OFF-17", lambda: OFFERING.allocate({MS: 500})),
    (f"allocate defaults[{MS!r}]", "OFF-3", lambda: OFFERING.allocate({MS: -1_000})),
    (f"allocate defaults[{MS!r}]", "OFF-3", lambda: OFFERING.allocate({MS: "all"})),
    ("allocate proportions", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, proportions={"Nobody": 1})),
    ("allocate proportions", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, proportions={MS: 1, CSFB: 1})),
    ("allocate proportions", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, proportions={CSFB: 0, DLJ: 0})),
    ("allocate proportions", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, proportions={})),
    (f"allocate proportions[{DLJ!r}]", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, proportions={CSFB: 2, DLJ: -1})),
    ("allocate consents", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, consents=["Nobody"])),
    ("allocate consents", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, consents=MS)),
    ("allocate consents", "OFF-3", lambda: OFFERING.allocate({MS: 1_000}, consents=True)),
    ("purchase underwriter", "OFF-2", lambda: OFFERING.purchase(underwriter="Nobody")),
    ("purchase closing", "OFF-1", lambda: OFFERING.purchase("2000-02-30")),
    ("purchase after_default", "OFF-1", lambda: OFFERING.purchase(after_default="yes")),
    ("purchase allocation", "OFF-3", lambda: OFFERING.purchase(allocation={MS: 1_000})),
    ("contribution loss", "OFF-12", lambda: OFFERING.contribution(-1)),
    ("contribution otherwise_paid", "OFF-12", lambda: OFFERING.contribution(1, {"Nobody": 1})),
    (f"contribution otherwise_paid[{MS!r}]", "OFF-12", lambda: OFFERING.contribution(1, {MS: -1})),
    ("authority", "OFF-19", lambda: OFFERING.authority("OFF-19")),
]


@pytest.mark.parametrize(("field", "rule", "ask"), ASKED)
def test_a_question_is_refused_with_field_rule_and_value(field: str, rule: str, ask: Any) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        ask()
    assert (refusal.value.field, refusal.value.rule) == (f"offering.{field}", rule) and refusal.value.value is not None


LOCK_UP: list[tuple[str, Any]] = [
    ("kind", lambda lock_up: lock_up.allows("swap", "2000-03-01")),
    ("on", lambda lock_up: lock_up.allows("sale", "March")),
    ("shares", lambda lock_up: lock_up.allows("group sale", "2000-03-01", shares="1.5")),
    ("disposed", lambda lock_up: lock_up.allows("group sale", "2000-03-01", disposed=-1)),
    ("outstanding_since", lambda lock_up: lock_up.allows("exercise", "2000-03-01", outstanding_since=True)),
    ("exercisable", lambda lock_up: lock_up.allows("grant", "2000-06-01", exercisable="soon")),
    ("bound", lambda lock_up: lock_up.allows("acquisition", "2000-03-01", bound="no")),
    ("approved", lambda lock_up: lock_up.allows("group sale", "2000-03-01", approved=1)),
    ("consent", lambda lock_up: lock_up.allows("sale", "2000-03-01", consent=None)),
]


@pytest.mark.parametrize(("name", "ask"), LOCK_UP)
def test_the_lock_up_refuses(name: str, ask: Any) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        ask(OFFERING.lock_up)
    assert (refusal.value.field, refusal.value.rule) == (f"lock_up.allows {name}", "OFF-4")
    assert refusal.value.value is not None
    for changes in ({"days": 0}, {"group_shares": "many"}, {"prospectus_date": None}):
        with pytest.raises(cn.TermsError, match=r"lock_up\.\w+ \(OFF-4\)"):
            dataclasses.replace(OFFERING.lock_up, **changes)


def test_a_filing_of_another_kind_needs_no_more_than_its_settings() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
    class Lease(Filing):
        rent: Decimal = at("rent", arguments.price, "LSE-1", "filing")
        KIND = "lease"
        BUNDLED = ()
        RULES = rules(LSE_1=("rent is paid", "filing"))
        FINDINGS = staticmethod(lambda lease: iter([("LSE-1", "rent has no currency")]))

    lease = Lease.of_sheet({"name": "ours", "rent": {"rent": Decimal(5)}})
    assert lease.check() == [("LSE-1", "rent has no currency")] and lease.authority("LSE-1") == "filing"
    assert lease.table().rows == (("rent", "rent", "5", "LSE-1", "filing"),)
    with pytest.raises(cn.TermsError, match=r"lease.rent \(LSE-1\): got 0"):
        dataclasses.replace(lease, rent=0)
