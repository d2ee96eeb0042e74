"""What a sheet leaves out (NMD-1): every answer repeats its key and its words as they stand."""

import dataclasses
import json

import pytest

import convnote as cn
from convnote import report
from convnote.cli import main

WORDS = (
    "callable only above 140% of the price in force, 20 of 30 days; "
    '"soft call" — not <modelled> & not priced, though it is worth something'
)
TABLE = {"SFT": WORDS, "TAX-1": "redemption for taxation", "conversion.called_until": "two Business Days before"}


@pytest.fixture(scope="module")
def note():
    return dataclasses.replace(cn.load("amazon-peacs-2010"), not_modelled=TABLE)


@pytest.fixture(scope="module")
def history():
    return cn.scenario("as-it-was")


MODEL = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)


def repeated(text, escaped=False):
    for key, words in TABLE.items():
        if escaped:
            words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        assert f"{key}: {words}" in text


def test_nmd1_a_sheet_keeps_the_table(note):
    text = cn.dumps(note)
    assert "[not_modelled]" in text
    assert cn.loads(text) == note and cn.loads(text).not_modelled == TABLE
    assert cn.load("amazon-peacs-2010").not_modelled == {}


def test_nmd1_the_table_of_terms_has_each_as_the_note_has_it(note):
    rows = [row for row in note.table().rows if row[0] == "not_modelled"]
    assert rows == [("not_modelled", key, words, "NMD-1", "note") for key, words in TABLE.items()]


def test_nmd1_check_has_a_finding_for_each(note):
    told = {finding.rule: finding.message for finding in note.check()}
    assert {key: told[key] for key in TABLE} == {key: f"not modelled: {words}" for key, words in TABLE.items()}


def test_nmd1_schedule_and_ledger_repeat_it(note, history):
    rows, ledger = cn.schedule(note), cn.replay(note, history)
    for text in (str(rows), str(ledger), ledger.explain(), str(ledger.explain())):
        repeated(text)
    for page in (rows._repr_html_(), ledger._repr_html_()):
        repeated(page, escaped=True)
    for frame in (rows.to_frame(), ledger.to_frame(), ledger.to_frame(exact=True), note.to_frame()):
        assert frame.attrs["not_modelled"] == TABLE


def test_nmd1_simulation_and_grid_repeat_it(note):
    outcomes = cn.simulate(note, MODEL, paths=200, seed=1)
    table = cn.grid(note, MODEL, spot=[60, 80], options={"paths": 100, "seed": 1, "keep": "summary"})
    for answer in (outcomes, outcomes.summary(), outcomes.ledger(3), table):
        repeated(str(answer))
        repeated(answer._repr_html_(), escaped=True)
    for frame in (outcomes.to_frame(), table.to_frame()):
        assert frame.attrs["not_modelled"] == TABLE
    assert outcomes.summary().as_dict()["not_modelled"] == TABLE


def test_nmd1_the_report_says_it_in_its_heading(note, history):
    page = report.html(note, history)
    head, body = page.split("</header>")
    repeated(head, escaped=True)
    assert note.description in head and "<section" in body


@pytest.mark.parametrize(
    ("command", "plain"),
    [
        (["schedule"], True),
        (["replay"], True),
        (["replay", "--explain"], True),
        (["accrued", "2001-03-01"], True),
        (["simulate", "--paths", "100", "--spot", "72"], True),
        (["schedule", "--json"], False),
        (["schedule", "--csv"], False),
        (["replay", "--json"], False),
        (["simulate", "--paths", "100", "--spot", "72", "--json"], False),
    ],
)
def test_nmd1_the_command_line_repeats_it(note, command, plain, tmp_path, capsys):
    sheet = tmp_path / "mine.toml"
    sheet.write_text(cn.dumps(note), encoding="utf-8")
    assert main([command[0], str(sheet), *command[1:]]) == 0
    out, err = capsys.readouterr()
    repeated(out if plain else err)
    if "--json" in command:
        answer = json.loads(out)
        assert isinstance(answer, list) or answer["not_modelled"] == TABLE


@pytest.mark.parametrize("columns", ["40", "80", "100"])
@pytest.mark.parametrize(
    "command", [["schedule"], ["replay"], ["replay", "--explain"], ["simulate", "--paths", "100", "--spot", "72"]]
)
def test_nmd1_the_words_are_the_same_in_a_window_of_any_width(note, command, columns, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    sheet = tmp_path / "mine.toml"
    sheet.write_text(cn.dumps(note), encoding="utf-8")
    assert main([command[0], str(sheet), *command[1:]]) == 0
    # a window folds a line between two words, and nowhere else
    repeated(" ".join(capsys.readouterr().out.split()))


def test_nmd1_a_note_that_leaves_nothing_out_says_nothing(history):
    whole = cn.load("amazon-peacs-2010")
    for answer in (cn.schedule(whole), cn.replay(whole, history), cn.simulate(whole, MODEL, paths=100, seed=1)):
        assert "modelled" not in str(answer)
    assert cn.schedule(whole).to_frame().attrs["not_modelled"] == {}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('"soft call" = "x"', "not_modelled (NMD-1): got 'soft call'; expected a rule id (SFT-1), its family (SFT) or a setting"),
        ('sft = "x"', "got 'sft'"),
        ('SFT-1 = ""', "not_modelled.SFT-1 (NMD-1): got ''; expected text"),
        ("SFT-1 = 5", "not_modelled.SFT-1 (NMD-1): got 5; expected text"),
        ('"conversion.called until" = "x"', "got 'conversion.called until'"),
        ('"conversion.called_untill" = "x"', "got 'conversion.called_untill'"),
        ('"conversion.called_untill" = "x"', "did you mean conversion.called_until?"),
        ('"soft.call" = "x"', "got 'soft.call'"),
        ('"covenants.limit" = "x"', "got 'covenants.limit'"),
        ('GREENSHOE = "x"', "got 'GREENSHOE'"),
        ('SFTS-1 = "x"', "got 'SFTS-1'"),
        ('S = "x"', "got 'S'"),
        ('SFT-0 = "x"', "got 'SFT-0'"),
        ('SFT-1d = "x"', "got 'SFT-1d'"),
        ('SFT- = "x"', "got 'SFT-'"),
        ('withdrawal = "x"', "got 'withdrawal'"),
    ],
)
def test_nmd1_other_keys_and_values_are_refused(line, message):
    sheet = cn.dumps(cn.load("afv-2003")) + f"\n[not_modelled]\n{line}\n"
    with pytest.raises(cn.TermsError) as refusal:
        cn.loads(sheet)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    "key", ["SFT", "SFT-1", "FX-1", "CNV-10", "CNV-3c", "XYZ-12", "conversion.called_until", "interest.rate"]
)
def test_nmd1_a_key_is_a_rule_a_family_or_a_setting(key):
    assert dataclasses.replace(cn.load("afv-2003"), not_modelled={key: "words"}).not_modelled == {key: "words"}


def test_nmd1_what_is_no_table_is_refused():
    with pytest.raises(cn.TermsError, match=r"not_modelled \(NMD-1\)"):
        cn.loads('not_modelled = "soft call"\n' + cn.dumps(cn.load("afv-2003")))
    with pytest.raises(cn.TermsError, match=r"not_modelled \(NMD-1\)"):
        dataclasses.replace(cn.load("afv-2003"), not_modelled=["SFT"])
