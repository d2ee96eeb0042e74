"""Lists of rules, settings and events, the schema of a sheet, the nearest to what is misspelt: made from the declarations."""

import json
import tomllib
from decimal import Decimal
from importlib import resources

import pytest

import convnote as cn
from convnote.cli import main
from convnote.commands import COMMANDS
from convnote.commands.events import EXAMPLE
from convnote.lifecycle import events as ev
from convnote.note import PROVISIONS
from convnote.provisions import RULES
from convnote.schemas import events_table, rules_table, settings_table, term_sheet_schema

SETTINGS = {kind.place(each.name): each for name, kind in PROVISIONS.items() for each in kind.settings()}


def as_json(sheet):
    """A sheet as JSON holds it: days as text, numbers as numbers."""
    return json.loads(json.dumps(sheet, default=lambda value: float(value) if isinstance(value, Decimal) else value.isoformat()))


def test_every_setting_is_listed_and_has_a_schema():
    assert [row[0] for row in settings_table().rows] == list(SETTINGS)
    schema = term_sheet_schema()
    for place in SETTINGS:
        table, key = place.split(".")
        assert schema["properties"][table]["properties"][key]["description"].split(":")[0] in RULES, place
    rows = {row[0]: row[1:] for row in settings_table().rows}
    assert rows["default.grace_days"] == ("a whole number from 0 to 366", "30", "DEF-2", "convention")
    steps = "a number from 0 to 1, or a list of pairs [date, a number from 0 to 1]"
    assert rows["interest.rate"][:3] == (steps, "", "INT-1")


@pytest.mark.parametrize("name", ["amazon-peacs-2010", "afv-2003"])
def test_a_bundled_sheet_is_valid_and_one_with_a_wrong_key_is_not(name):
    jsonschema = pytest.importorskip("jsonschema")
    text = (resources.files("convnote") / "termsheets" / f"{name}.toml").read_text(encoding="utf-8")
    sheet = as_json(tomllib.loads(text))
    validator = jsonschema.Draft202012Validator(term_sheet_schema())
    jsonschema.Draft202012Validator.check_schema(term_sheet_schema())
    assert list(validator.iter_errors(sheet)) == []
    for wrong in (
        {"frequency": 5},
        {"day_count": "act/366"},
        {"rate": -1},
        {"rat": 1},
        {"end_of_month": "yes"},
        {"stub": "short"},
    ):
        bad = {**sheet, "interest": {**sheet["interest"], **wrong}}
        assert list(validator.iter_errors(bad)), wrong


def test_every_rule_and_every_kind_of_event_is_listed():
    assert [row[0] for row in rules_table().rows] == list(RULES)
    assert [row[0] for row in events_table().rows] == [*ev.RECORDED, *ev.ALSO_RECORDED]


def test_the_example_of_an_events_file_is_one(tmp_path, capsys):
    path = tmp_path / "events.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert main(["replay", "amazon-peacs-2010", "--events", str(path), "--csv"]) == 0
    assert "conversion" in capsys.readouterr().out
    assert main(["events"]) == 0
    assert EXAMPLE.strip() in capsys.readouterr().out


@pytest.mark.parametrize("command", ["rules", "settings", "events"])
def test_lists_come_as_json_too(command, capsys):
    assert main([command, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 15


def test_one_rule_is_told_and_the_schema_is_json(capsys):
    assert main(["rules", "WDR-3"]) == 0
    assert RULES["WDR-3"].says in capsys.readouterr().out
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == term_sheet_schema()


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["repaly", "amazon-peacs-2010"], "replay"),
        (["schedul"], "schedule"),
        (["rule"], "rules"),
        (["replay", "amazon-peacs-2010", "--scenaro", "rally"], "--scenario"),
        (["replay", "amazon-peacs-2010", "--explian"], "--explain"),
        (["simulate", "amazon-peacs-2010", "--path", "5"], "--paths"),
        (["replay", "amazon-peacs-2010", "--scenario", "raly"], "rally"),
        (["replay", "amazon-peacs-2011"], "amazon-peacs-2010"),
        (["rules", "WDR3"], "WDR-3"),
    ],
)
def test_what_is_misspelt_is_told_the_nearest(words, meant, capsys):
    try:
        status = main(words)
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    assert status == 2 and not out
    assert f"did you mean {meant}?" in err


def test_a_rule_asked_of_a_note_is_told_the_nearest():
    with pytest.raises(cn.TermsError, match=r"did you mean WDR-3\?"):
        cn.load("afv-2003").authority("WDR3")


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.example], ids=lambda each: each.name)
def test_help_has_an_example(command, capsys):
    with pytest.raises(SystemExit):
        main([command.name, "--help"])
    assert " ".join(f"Example: {command.example}".split()) in " ".join(capsys.readouterr().out.split())


def test_every_command_on_a_note_has_an_example():
    assert [each.name for each in COMMANDS if each.of_note and not each.example] == []
