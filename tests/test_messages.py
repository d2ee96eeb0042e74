"""What a wrong term sheet is told: one table of bad terms and the exact message.

Each row changes one place of a right sheet. A message names table and key, the rule, the value as it stands in the sheet,
and what is allowed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import convnote as cn
from convnote.provisions.registry import PROVISIONS as ALL_PROVISIONS

RIGHT = """
name = "ten years"

[principal]
issue_date = 2000-02-16
maturity_date = 2010-02-16
issue_size = 690_000_000
currency = "EUR"
certificates = { P-1 = { figures = 690_000_000 } }

[interest]
rate = 0.06875

[conversion]
price = 104.947
authority = { price = "note" }

[reset]
dates = [2001-02-16, 2002-02-16]
floor = 84.883

[withdrawal]
trigger = 167.915
before = 2003-02-20

[redemption]
prices = [[2003-02-20, 1.00]]

[put]
prices = [[2005-02-16, 1.05]]

[default]
grace_days = 30
"""
PROVISIONS = ", ".join(ALL_PROVISIONS)
NUMBER = 'expected a number, such as 0.06875, "6.875%", "11/160" or "6 7/8%"'

ROWS = [
    # the sheet
    ('name = "ten years"', "", "name: required"),
    ('name = "ten years"', 'nme = "ten years"', "nme: unknown key; did you mean name?", "name: required"),
    ('name = "ten years"', 'name = ""', 'name: got ""; expected text'),
    ('"ten years"', '"ten years"\ndescription = 5', "description: got 5; expected text"),
    ('"ten years"', '"ten years"\nidentity = "x"', 'identity: got "x"; expected a table [identity] of words'),
    ('"ten years"', '"ten years"\nidentity = {cusip = 23135}', "identity.cusip: got 23135; expected text"),
    ("[put]", "[puts]", "puts: unknown table; did you mean put?"),
    (
        "[put]",
        "[zzz]",
        f"zzz: unknown table; allowed: name, description, identity, not_modelled, {PROVISIONS}",
    ),
    ("[interest]\nrate = 0.06875", "", "interest: the table [interest] is required"),
    ("[default]\ngrace_days = 30", "[[default]]\ngrace_days = 30", "default: got [{grace_days = 30}]; expected a table [default]"),
    # keys
    ("grace_days", "grace_day", "default.grace_day: unknown key; did you mean grace_days?"),
    ("grace_days", "xyz", "default.xyz: unknown key; allowed: grace_days, covenant_notice_days, authority"),
    ("rate = 0.06875", "", "interest.rate (INT-1): required"),
    ("trigger = 167.915", "", "withdrawal.trigger (WDR-1): required, or trigger_multiple and trigger_of (WDR-7)"),
    # numbers
    ("rate = 0.06875", "rate = -0.05", "interest.rate (INT-1): got -0.05; expected a number of 0 or more"),
    ("rate = 0.06875", 'rate = "-1/2"', 'interest.rate (INT-1): got "-1/2"; expected a number of 0 or more'),
    ("rate = 0.06875", f"rate = '{'x' * 200}'", f'interest.rate (INT-1): got "{"x" * 98}…; {NUMBER}'),
    ("rate = 0.06875", "rate = nan", "interest.rate (INT-1): got NaN; expected a finite number of ordinary size"),
    ("rate = 0.06875", "rate = 1e999", "interest.rate (INT-1): got 1E+999; expected a finite number of ordinary size"),
    ("rate = 0.06875", "rate = true", "interest.rate (INT-1): got true; expected a number"),
    ("rate = 0.06875", 'rate = "6 7/8 percent"', f'interest.rate (INT-1): got "6 7/8 percent"; {NUMBER}'),
    ("rate = 0.06875", 'rate = "5/0"', 'interest.rate (INT-1): got "5/0"; a fraction is not divided by 0'),
    ("rate = 0.06875", "rate = 6.875", "interest.rate (INT-1): got 6.875; expected a rate a year from 0 to 1: 6.875% is 0.06875"),
    ("rate = 0.06875", "rate = 7", "interest.rate (INT-1): got 7; expected a rate a year from 0 to 1: 7% is 0.07"),
    ("[[2003-02-20, 1.00]]", "[[2003-02-20, 102.75]]", "redemption.prices (RED-1): got [[2003-02-20, 102.75]]; expected a share above 0 and at most 10: 102.75% is 1.0275"),
    ("[[2005-02-16, 1.05]]", "[[2005-02-16, 105]]", "put.prices (PUT-1): got [[2005-02-16, 105]]; expected a share above 0 and at most 10: 105% is 1.05"),
    ('"EUR"', '"EUR"\nmaturity_price = 100', "principal.maturity_price (PRN-1): got 100; expected a share above 0 and at most 10: 100% is 1"),
    ("before = 2003-02-20", "before = 2003-02-20\ntrigger_multiple = 160", "withdrawal.trigger_multiple (WDR-1): got 160; expected a share above 0 and at most 10: 160% is 1.6"),
    ('"EUR"', '"US"', 'principal.currency (PRN-2): got "US"; expected a three-letter currency code, such as USD'),
    ('"EUR"', '"eur"', 'principal.currency (PRN-2): got "eur"; expected a three-letter currency code, such as EUR'),
    ('"EUR"', '"EUR"\nshare_currency = "$"', 'principal.share_currency (FX-1): got "$"; expected a three-letter currency code, such as USD'),
    ("price = 104.947", "price = 0", "conversion.price (CNV-3): got 0; expected a number above 0"),
    ("690_000_000\ncurr", "690_000_500\ncurr", "principal.issue_size (ID-2): got 690000500; expected a multiple of the denomination 1000"),
    ("grace_days = 30", "grace_days = 30.0", "default.grace_days (DEF-2): got 30.0; expected a whole number"),
    ("grace_days = 30", "grace_days = 367", "default.grace_days (DEF-2): got 367; expected a whole number from 0 to 366"),
    # words
    ('"EUR"', "978", "principal.currency (PRN-2): got 978; expected text"),
    ('"EUR"', '"EUR"\nbusiness_days = "FD"', 'principal.business_days (DAY-2): got "FD"; allowed: FED, TARGET, NASDAQ, NYSE, weekdays, none, a code of the holidays package such as XLON or JP, or several joined by \'+\'; did you mean FED?'),
    ("rate = 0.06875", 'rate = 0.06875\nday_count = "act/366"', 'interest.day_count (INT-2): got "act/366"; allowed: act/365f, act/360, 30/360, act/act-isda, 30e/360, 30e/360-isda, 30/360-us, act/act-icma'),
    ("rate = 0.06875", "rate = 0.06875\nfrequency = 5", "interest.frequency (INT-1): got 5; allowed: 0, 1, 2, 3, 4, 6, 12"),
    ("rate = 0.06875", "rate = 0.06875\nfrequency = 1.0", "interest.frequency (INT-1): got 1.0; allowed: 0, 1, 2, 3, 4, 6, 12"),
    # dates
    ("issue_date = 2000-02-16", "issue_date = 2000-02-16T09:00:00", "principal.issue_date (PRN-1): got 2000-02-16T09:00:00; expected a date, without a time of day"),
    ("issue_date = 2000-02-16", "issue_date = 20000216", "principal.issue_date (PRN-1): got 20000216; expected a date, without a time of day"),
    ("issue_date = 2000-02-16", 'issue_date = "16.2.2000"', 'principal.issue_date (PRN-1): got "16.2.2000"; a day is written YYYY-MM-DD'),
    ("maturity_date = 2010-02-16", "maturity_date = 2000-02-16", "principal.maturity_date (PRN-1): got 2000-02-16; expected a day after the issue date 2000-02-16"),
    ("[2001-02-16, 2002-02-16]", "2001-02-16", "reset.dates (RST-1): got 2001-02-16; expected a list of dates"),
    ("[2001-02-16, 2002-02-16]", "[2002-02-16, 2001-02-16]", "reset.dates (RST-1): got [2002-02-16, 2001-02-16]; expected dates in ascending order, none twice"),
    ("floor = 84.883", "floor = 84.883\nrounding = 85", "reset.rounding (RST-3): got 85; expected a step of at most the floor of 84.883: a coarser one rounds below it"),
    # prices
    ("[[2003-02-20, 1.00]]", "[2003-02-20, 1.00]", "redemption.prices (RED-1): got [2003-02-20, 1.00]; expected a list of pairs [date, price], such as [[2003-02-20, 1.00]]"),
    ("[[2003-02-20, 1.00]]", "[[2003-02-20, 1.00, 2]]", "redemption.prices (RED-1): got [[2003-02-20, 1.00, 2]]; expected a list of pairs [date, price], such as [[2003-02-20, 1.00]]"),
    ("[[2003-02-20, 1.00]]", "1.00", "redemption.prices (RED-1): got 1.00; expected a list of pairs [date, price]"),
    ("[[2003-02-20, 1.00]]", "[]", "redemption.prices (RED-1): got []; expected at least one pair of date and price"),
    ("[[2003-02-20, 1.00]]", "[[2003-02-20, -1]]", "redemption.prices (RED-1): got [[2003-02-20, -1]]; expected a number above 0"),
    # authority
    ('{ price = "note" }', '"note"', 'conversion.authority: got "note"; expected a table, such as { floor = "cover" }'),
    ('price = "note"', 'price = "indenture"', 'conversion.authority.price: got "indenture"; allowed: note, cover, agreement, filing, by-laws, convention'),
    ('price = "note"', 'prize = "note"', "conversion.authority.prize: unknown key; did you mean price?"),
    # certificates
    ("{ P-1 = { figures = 690_000_000 } }", "5", "principal.certificates: got 5; expected tables such as [principal.certificates.P-1]"),
    ("{ figures = 690_000_000 }", "5", "principal.certificates.P-1: got 5; expected a table [principal.certificates.P-1] with figures and words"),
    ("{ figures = 690_000_000 }", "{ }", "principal.certificates.P-1.figures (ID-3): required"),
    ("{ figures = 690_000_000 }", "{ figures = 1, word = 'x' }", "principal.certificates.P-1.word: unknown key; did you mean words?"),
    ("figures = 690_000_000", "figures = -1", "principal.certificates.P-1.figures (ID-3): got -1; expected a number above 0"),
    # between settings
    ("before = 2003-02-20", "before = 2003-02-20\ndays = 31", "withdrawal.days (WDR-1): got 31; no more than the period of 30 is possible"),
    ("[conversion]\nprice = 104.947\nauthority = { price = \"note\" }", "[conversion]", "conversion.price (CNV-3): required, or a rate in shares per denomination (RTE-1)"),
    ("prices = [[2005-02-16, 1.05]]", "prices = [[2005-02-16, 1.05]]\nnotice_at_least = 90", "put.notice_at_least (PUT-2): got 90; no more than notice_at_most, 60, is possible"),
    ("[conversion]\nprice = 104.947\nauthority = { price = \"note\" }", "", "conversion: a note that does not convert has no reset and no withdrawal"),
    ("rate = 0.06875", "rate = 0.06875\nfirst_payment = 2000-08-15", "interest.first_payment (INT-1): got 2000-08-15; expected a whole number of periods of 12 months before maturity"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "messages"), [(row[0], row[1], row[2:]) for row in ROWS])
def test_a_wrong_term_sheet_is_told_what_is_wrong_with_it(right: str, wrong: str, messages: tuple[str, ...]) -> None:
    assert RIGHT.count(right) == 1, "the row must change one place"
    with pytest.raises(cn.TermsError) as refusal:
        cn.loads(RIGHT.replace(right, wrong))
    assert refusal.value.faults == messages
    if len(messages) == 1:
        assert str(refusal.value) == messages[0]


def test_the_sheet_that_the_rows_change_is_right() -> None:
    assert cn.loads(RIGHT).issue_size == 690_000_000


def test_faults_of_several_tables_come_all_at_once() -> None:
    wrong = RIGHT.replace("0.06875", '"seven"').replace("floor = 84.883", "flor = 84.883").replace("[put]", "[putt]")
    wrong = wrong.replace("before = 2003-02-20", "before = 2003-02-20\ndays = 31")
    with pytest.raises(cn.TermsError) as refusal:
        cn.loads(wrong)
    assert refusal.value.faults == (
        "putt: unknown table; did you mean put?",
        f'interest.rate (INT-1): got "seven"; {NUMBER}',
        "reset.flor: unknown key; did you mean floor?",
        "reset.floor (RST-2): required",
        "withdrawal.days (WDR-1): got 31; no more than the period of 30 is possible",
    )
    assert str(refusal.value) == "5 faults:\n  " + "\n  ".join(refusal.value.faults)


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_syntax_error_names_file_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "x"\n[principal]\nissue_date 2000-02-16\n', encoding="utf-8")
    with pytest.raises(cn.TermsError) as refusal:
        cn.load(path)
    assert str(refusal.value) == f"{path}: not valid TOML: Expected '=' after a key in a key/value pair (at line 3, column 12)"


@pytest.mark.parametrize("text", ["rate = 1e99999999999999999999", "rates = " + "[" * 5_000, "rate = " + "1" * 5_000])
def test_what_no_computer_holds_is_no_term_sheet(text: str) -> None:
    with pytest.raises(cn.TermsError, match=r"^term sheet: not valid TOML: "):
        cn.loads(text)


def test_an_unknown_name_is_told_the_bundled_ones() -> None:
    with pytest.raises(cn.TermsError) as refusal:
        cn.load("amazon-peacs")
    assert str(refusal.value) == (
        f"term sheet: got amazon-peacs; expected a bundled name ({', '.join(cn.available())}) or a TOML file; "
        "no such file or directory; did you mean amazon-peacs-2010?"
    )


def test_a_folder_or_a_picture_is_no_term_sheet(tmp_path: Path) -> None:
    with pytest.raises(cn.TermsError, match=r"or a TOML file; is a directory"):
        cn.load(tmp_path)
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\xff\xfe")
    with pytest.raises(cn.TermsError, match=r"expected a text file in UTF-8"):
        cn.load(picture)
