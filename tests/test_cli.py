"""The command line, as a person and as another program meet it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import convnote as cn
from convnote.cli import main
from convnote.testing import cases as testing_cases

AMAZON = "amazon-peacs-2010"


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe, unless a test says how wide the terminal is."""
    monkeypatch.delenv("COLUMNS", raising=False)


def run(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 0) -> str:
    """What a command prints; where it must fail, its one line on standard error."""
    try:
        code = main(argv)
    except SystemExit as stopped:  # argparse
        code = int(stopped.code or 0)
    captured = capsys.readouterr()
    assert code == status, captured.err
    if status == 0:
        assert captured.err == ""
        return captured.out
    assert captured.out == ""
    assert captured.err.count("\n") == 1 and captured.err.startswith("convnote")
    return captured.err.rstrip("\n")


# --- replay -----------------------------------------------------------------------------------------------------------


def test_replay_shows_what_amazons_note_did(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "replay", AMAZON).splitlines()

    def line(start: str, part: str = "") -> str:
        (found,) = [each for each in lines if each.startswith(start) and part in each]
        return found

    for year in range(2001, 2011):
        amount = "47,567,465.75" if year in (2001, 2005, 2009) else "47,437,500.00"
        assert line(f"{year}-02-16", "Coupon:").split()[1] == amount
        assert "INT-1" in line(f"{year}-02-16", "Coupon:")
    first, second = line("2001-02-16", "Reset:"), line("2002-02-16", "Reset:")
    assert "average 18." in first and "floor is 84.883" in first and "RST-2" in first
    assert "the conversion price is now 84.883" in first
    assert "the conversion price stays at 84.883" in second
    near = line("2003-02-20", "never met")
    assert "75.293 on 2000-03-27" in near and "WDR-1" in near
    assert line("2010-02-16", "Maturity:").split()[1] == "690,000,000.00"
    assert line("Cash to the holders: EUR 1,164,764,897.25")
    assert line("Principal: 690,000,000 = matured 690,000,000 + outstanding 0.")
    assert line("Closes: scenario as-it-was: days between published closes are interpolated.")


def test_replay_as_csv_is_the_ledger(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(run(capsys, "replay", AMAZON, "--csv"))))
    entries = cn.replay(cn.load(AMAZON), cn.scenario("as-it-was")).entries
    assert [row["date"] for row in rows] == [str(entry.date) for entry in entries]
    assert [Decimal(row["cash"]) for row in rows] == [entry.cash for entry in entries]
    assert [tuple(row["rules"].split()) for row in rows] == [entry.rules for entry in entries]
    saturday = next(row for row in rows if row["kind"] == "coupon" and row["date"] == "2002-02-16")
    assert saturday["payment_date"] == "2002-02-19"


def test_replay_as_json_has_entries_open_rights_and_state(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, "replay", AMAZON, "--json", "--until", "2001-12-31"))
    assert (told["note"], told["currency"]) == (AMAZON, "EUR")
    assert [entry["cash"] for entry in told["entries"] if entry["kind"] == "coupon"] == ["47567465.75"]
    assert told["state"] == {
        "date": "2001-12-31",
        "status": "outstanding",
        "outstanding": "690000000",
        "conversion_price": "84.883",
        "convertible": True,
        "retired": {},
    }


def test_replay_explained_is_the_file_note(capsys: pytest.CaptureFixture[str]) -> None:
    page = run(capsys, "replay", AMAZON, "--explain")
    assert page == cn.replay(cn.load(AMAZON), cn.scenario("as-it-was")).explain()


def test_replay_of_a_rally_withdraws_conversion_and_pays_the_make_whole(capsys: pytest.CaptureFixture[str]) -> None:
    page = run(capsys, "replay", AMAZON, "--scenario", "rally")
    # before the first coupon: 206.25 per 1,000 on 690,000,000
    assert "142,312,500.00" in page
    assert "WDR-4" in page


def test_replay_takes_events_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "events.toml"
    path.write_text('[[events]]\nkind = "Convert"\non = 2001-03-05\nprincipal = 1_000_000\n', encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run(capsys, "replay", AMAZON, "--events", str(path), "--csv"))))
    (conversion,) = [row for row in rows if row["kind"] == "conversion"]
    assert conversion["shares"] == "11780"  # 1,000,000 / 84.883 = 11,780.92…
    page = run(capsys, "replay", AMAZON, "--events", str(path))
    assert "Principal: 690,000,000 = converted 1,000,000 + matured 689,000,000 + outstanding 0." in page


def test_replay_takes_closes_and_rates_from_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    history = cn.scenario("as-it-was")
    close, rate = tmp_path / "close.csv", tmp_path / "rate.csv"
    rows = zip(history.dates, history.closes, strict=True)
    close.write_text("date,close\n" + "".join(f"{day},{2 * value:.2f}\n" for day, value in rows), encoding="utf-8")
    rate.write_text("date,usd_per_eur\n" + "".join(f"{day},2\n" for day in history.dates), encoding="utf-8")
    page = run(capsys, "replay", AMAZON, "--close", str(close), "--fx", str(rate))
    assert "75.295 on 2000-03-27" in page
    alone = run(capsys, "replay", AMAZON, "--close", str(close))
    assert "150.59 on 2000-03-27" in alone  # 2 x 73.125 / 0.9712 to the cent
    assert f"Closes: {close}, taken to be in the note's currency." in alone


def test_replay_undoes_a_split_that_a_vendor_adjusted_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    history = cn.scenario("as-it-was")
    close, rate = tmp_path / "AMZN.csv", tmp_path / "rate.csv"
    rows = zip(history.dates, history.closes, strict=True)
    # closes in quarters of a dollar at 1.00, adjusted for twenty shares in place of one
    lines = [f"{day},0,0,0,{round(4 * value) / 80:.6f},0,1\n" for day, value in rows]
    close.write_text("Date,Open,High,Low,Close,Adj Close,Volume\n" + "".join(lines), encoding="utf-8")
    rate.write_text("date,usd_per_eur\n" + "".join(f"{day},1\n" for day in history.dates), encoding="utf-8")
    page = run(capsys, "replay", AMAZON, "--close", str(close), "--fx", str(rate), "--split", "2022-06-06=20")
    assert "the highest close was 75.25 on" in page  # 75.293 to the quarter


@pytest.mark.real
def test_replay_of_the_real_closes_finds_the_two_averages(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    files = "--close", str(data / "amzn_close_usd.csv"), "--fx", str(data / "eurusd_ecb.csv")
    page = run(capsys, "replay", AMAZON, *files)
    # 18.0478 and 15.0000, rounded half-up to EUR 0.001
    assert "average 18.0478;" in page and "average 15.0000;" in page
    assert "75.293 on 2000-03-27" in page


# --- schedule, check, accrued -----------------------------------------------------------------------------------------


def test_schedule_shows_due_days_and_where_the_money_moves(capsys: pytest.CaptureFixture[str]) -> None:
    page = run(capsys, "schedule", AMAZON)
    (saturday,) = [line for line in page.splitlines() if line.startswith("2002-02-16") and "coupon" in line]
    assert saturday.split()[:3] == ["2002-02-16", "68.750000", "2002-02-19"]
    assert saturday.endswith("[INT-1]")
    (friday,) = [line for line in page.splitlines() if line.startswith("2001-02-16") and "coupon" in line]
    assert friday.split()[:3] == ["2001-02-16", "68.938356", "coupon:"]  # paid the same day
    (first_call,) = [line for line in page.splitlines() if "first call:" in line]
    assert first_call.startswith("2003-02-20")


def test_schedule_as_json_and_csv_keeps_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, "schedule", AMAZON, "--json"))
    leap = next(row for row in told if row["date"] == "2001-02-16" and row["kind"] == "coupon")
    assert leap["amount"].startswith("68.9383561643835616438356")  # 68.75 x 366/365
    rows = list(csv.DictReader(io.StringIO(run(capsys, "schedule", AMAZON, "--csv"))))
    assert [row["amount"] for row in rows] == [row["amount"] or "" for row in told]


def test_check_tells_the_findings_or_that_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert "four hundred million euros" in run(capsys, "check", AMAZON)
    found = ["ID-3", "INT-2", "INT-6", "RST-1", "WDR-1", "WDR-4", "RED-1", "WDR-3"]
    assert [row["rule"] for row in json.loads(run(capsys, "check", AMAZON, "--json"))] == found
    assert "nothing found" in run(capsys, "check", "afv-2003")
    assert json.loads(run(capsys, "check", "afv-2003", "--json")) == []


def test_accrued_on_several_days(capsys: pytest.CaptureFixture[str]) -> None:
    page = run(capsys, "accrued", AMAZON, "2002-02-16", "2002-02-17", "--principal", "690,000,000", "--csv")
    rows = list(csv.DictReader(io.StringIO(page)))
    assert [row["as_paid"] for row in rows] == ["0.00", "129965.75"]  # 690,000,000 x 0.06875 / 365
    assert rows[1]["accrued"].startswith("129965.753424657534246575")
    assert (rows[1]["from"], rows[1]["days"], rows[1]["year"]) == ("2002-02-16", "1", "365")
    assert "0.188356" in run(capsys, "accrued", AMAZON, "2002-02-17")  # of one denomination


# --- how it looks -----------------------------------------------------------------------------------------------------

COMMANDS = [
    ("replay", AMAZON),
    ("replay", AMAZON, "--explain"),
    ("schedule", AMAZON),
    ("check", AMAZON),
    ("accrued", AMAZON, "2001-01-01", "--principal", "690_000_000"),
    ("schedule", "afv-2003"),
]


@pytest.mark.parametrize("argv", COMMANDS)
def test_no_line_is_longer_than_the_terminal(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run(capsys, *argv).splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)


def test_a_pipe_gets_each_row_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "schedule", AMAZON).splitlines()
    assert len(lines) == 4 + len(cn.schedule(cn.load(AMAZON)))  # title, blank line, head and rule


# --- what cannot be done ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("replay amazon", f"expected a bundled name ({', '.join(cn.available())}) or a TOML file"),
        (f"replay {AMAZON} --scenario moon", f"bundled are {', '.join(cn.available_scenarios())}"),
        (f"replay {AMAZON} --fx rates.csv", "--fx: needs the file of closes, --close, beside it"),
        (f"replay {AMAZON} --split 2022-06-06=20", "--split: needs the file of closes, --close, beside it"),
        (f"replay {AMAZON} --close a.csv --split 2022=20", "argument --split: a day is written YYYY-MM-DD, not '2022'"),
        (f"replay {AMAZON} --close a.csv --split 2022-06-06", "argument --split: expected an amount, not ''"),
        (f"replay {AMAZON} --close a.csv --scenario rally", "either a scenario or closes of your own"),
        (f"replay {AMAZON} --close nowhere.csv", "got nowhere.csv; cannot be read"),
        (f"replay {AMAZON} --events nowhere.toml", "nowhere.toml: cannot be read: No such file or directory"),
        (f"replay {AMAZON} --until 2001-02-30", "argument --until: a day is written YYYY-MM-DD, not '2001-02-30'"),
        (f"replay {AMAZON} --json --csv", "not allowed with argument"),
        (f"accrued {AMAZON} 2011-01-01", "interest.accrued on (INT-4): got 2011-01-01"),
        (f"accrued {AMAZON} 2001-01-01 --principal 1500", "--principal (ID-4): got 1500; expected a positive multiple of 1000"),
        (f"accrued {AMAZON} 2001-01-01 --principal some", "expected an amount, not 'some'"),
        (f"accrued {AMAZON}", "the following arguments are required: DATE"),
        ("", "the following arguments are required: COMMAND"),
        (f"worth {AMAZON}", "invalid choice: 'worth'"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(argv: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in run(capsys, *argv.split(), status=2)


def test_a_wrong_term_sheet_is_told_all_its_faults_on_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "x"\n[principal]\n[interest]\nrate = "x"\n', encoding="utf-8")
    message = run(capsys, "check", str(path), status=2)
    assert message.startswith(f"convnote: {path}: 5 faults: principal.issue_date (PRN-1): required | ")
    path.write_text("name\n", encoding="utf-8")
    message = run(capsys, "check", str(path), status=2)
    assert message.count(str(path)) == 1 and "line 1" in message


def test_events_that_are_wrong_are_told_together(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "events.toml"
    path.write_text(
        '[[events]]\nkind = "Convrt"\non = 2001-03-05\n[[events]]\nkind = "Convert"\non = 2001-03-05\n', encoding="utf-8"
    )
    message = run(capsys, "replay", AMAZON, "--events", str(path), status=2)
    assert message.startswith(f"convnote: 2 faults: {path} event 1: event.kind: got 'Convrt'")
    assert f"{path} event 2: Convert.principal: " in message
    path.write_text("events = 5\n", encoding="utf-8")
    assert "expected a list of tables [[events]]" in run(capsys, "replay", AMAZON, "--events", str(path), status=2)
    path.write_text("split = 2\n[[events]]\n", encoding="utf-8")
    assert "expected a list of tables" in run(capsys, "replay", AMAZON, "--events", str(path), status=2)
    path.write_text("events = [\n", encoding="utf-8")
    assert "not valid TOML" in run(capsys, "replay", AMAZON, "--events", str(path), status=2)


def test_an_event_that_the_note_forbids_names_its_rule_and_day(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "events.toml"
    path.write_text('[[events]]\nkind = "RedemptionNotice"\non = 2002-12-21\nredemption_date = 2003-02-20\n', encoding="utf-8")
    message = run(capsys, "replay", AMAZON, "--events", str(path), status=2)
    assert message.startswith("convnote: RedemptionNotice (RED-2): ")  # 61 days before
    assert "2002-12-21" in message


# --- as a program -----------------------------------------------------------------------------------------------------


def program(*argv: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "convnote.cli", *argv]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload, no-any-return]


def test_as_a_program_it_fails_with_status_2_and_no_traceback() -> None:
    process = program("check", "nothing")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("convnote: term sheet: got nothing;") and err.count("\n") == 1


def test_a_terminal_without_a_character_shows_a_question_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = cn.dumps(cn.load("afv-2003")).replace("Ayache", "Zürich")
    path.write_text(text, encoding="utf-8")
    process = program("check", str(path), env={**os.environ, "PYTHONIOENCODING": "ascii"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "of Z?rich, Forsyth" in out


@pytest.mark.skipif(os.name != "posix", reason="pipes close otherwise on other systems")
def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "convnote.cli", "replay", AMAZON, "--json"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


# --- price ------------------------------------------------------------------------------------------------------------

PRICED = ("price", "afv-2003", "--spot", "100", "--volatility", "0.2", "--rate", "0.05", "--hazard-rate", "0.02")


def test_price_shows_the_value_in_desk_units(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, *PRICED).splitlines()
    (price,) = [line for line in lines if line.startswith("price ")]
    assert price.split()[2:] == ["points,", "dirty"]
    assert float(price.split()[1]) == pytest.approx(122.731, abs=0.02)  # the article's, in years of 360 days, here of 365
    assert any("both sides act optimally" in line for line in lines)


def test_price_as_json_and_csv_holds_the_figures_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02)
    value = cn.price(cn.load("afv-2003"), model)
    told = json.loads(run(capsys, *PRICED, "--json"))
    figures = {row["figure"]: row["value"] for row in told["figures"]}
    assert figures["price"] == pytest.approx(value.price, abs=1e-6)
    assert figures["delta"] == pytest.approx(100 * value.delta, abs=1e-6)
    assert told["notes"] == list(value.notes)
    rows = list(csv.DictReader(io.StringIO(run(capsys, *PRICED, "--csv", "--ladder"))))
    assert [float(row["step"]) for row in rows][::4] == [-0.2, 0.0, 0.2]
    assert float(rows[4]["price"]) == pytest.approx(value.price, abs=1e-6)


def test_a_model_is_asked_for_in_numbers_or_percentages(capsys: pytest.CaptureFixture[str]) -> None:
    in_percent = ("price", "afv-2003", "--spot", "100", "--volatility", "20%", "--rate", "5%", "--hazard-rate", "2 %")
    assert run(capsys, *in_percent) == run(capsys, *PRICED)
    simulated = ("simulate", AMAZON, "--paths", "5", "--spot", "80", "--rate")
    assert run(capsys, *simulated, "4 1/2%") == run(capsys, *simulated, "0.045")
    with pytest.raises(SystemExit):
        main([*PRICED, "--recovery", "forty%"])
    assert "--recovery: expected a number or a percentage, such as 0.3 or 30%, not 'forty%'" in capsys.readouterr().err


def test_price_refuses_in_one_line_and_leaves_out_what_it_is_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("price", AMAZON, "--spot", "72", "--volatility", "0.5", "--rate", "0.05")
    assert "WDR-1" in run(capsys, *asked, status=2)
    assert "ignored: WDR-1" in run(capsys, *asked, "--ignore", "WDR", "--ignore", "RST")
    assert "expected the share's price" in run(capsys, "price", AMAZON, *asked[4:], status=2)


# --- simulate ---------------------------------------------------------------------------------------------------------


def test_simulate_tells_its_market_and_the_chances(capsys):
    assert main(["simulate", "amazon-peacs-2010", "--paths", "300", "--seed", "4", "--hazard-rate", "0.03"]) == 0
    page = capsys.readouterr().out
    # the close of the issue date, 70.6875 / 0.9804
    assert "EUR on 1,000 of principal; lognormal from 72.10 on 2000-02-16: volatility 0.5, rate 0.05, hazard rate 0.03." in page
    assert "300 paths" in page and "present value" in page and "defaulted" in page


def test_simulate_gives_the_summary_of_the_library_as_json(capsys):
    assert main(["simulate", "amazon-peacs-2010", "--paths", "300", "--seed", "4", "--spot", "80", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    model = cn.Lognormal(as_of="2000-02-16", spot=80, volatility=0.5, rate=0.05)
    summary = cn.simulate(cn.load("amazon-peacs-2010"), model, paths=300, seed=4, keep="summary").summary()
    assert told["means"]["present_value"] == summary.present_value
    assert sum(told["endings"].values()) == pytest.approx(1, abs=1e-12)
    assert (told["seed"], told["model"]["spot"], told["model"]["as_of"]) == (4, 80.0, "2000-02-16")


def test_simulate_goes_on_from_a_later_day_and_tells_one_path(capsys):
    asked = ["simulate", "amazon-peacs-2010", "--paths", "20", "--as-of", "2009-03-02", "--ledger", "3"]
    assert main(asked) == 0
    page = capsys.readouterr().out
    assert "Closes: path 3 of a simulation" in page
    assert "2009-02-16" in page and "2008-02-16" not in page  # the coupon of 2010 runs from 16 February 2009


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["amazon-peacs-2010", "--paths", "0"], "simulate paths: got 0;"),
        (["amazon-peacs-2010", "--volatility", "-1"], "Lognormal.volatility: got -1.0;"),
        (["afv-2003"], "--spot: expected the share's price"),
        (["amazon-peacs-2010", "--paths", "9", "--ledger", "9"], "Outcomes path: got 9;"),
    ],
)
def test_simulate_refuses_in_one_line(capsys, asked, says):
    assert main(["simulate", *asked]) == 2
    assert capsys.readouterr().err.startswith(f"convnote: {says}")


def test_cases_are_written_for_any_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # few of them: that all are written and read back is tested in tests/testing/test_cases.py
    few = list(itertools.islice(testing_cases.made_cases(), 40))
    monkeypatch.setattr(testing_cases, "made_cases", lambda: iter(few))
    said = run(capsys, "cases", "--out", str(tmp_path / "made"))
    written = list((tmp_path / "made").glob("*.json"))
    assert said.startswith(f"{len(written) - 3} cases in ")
    said = run(capsys, "cases", "--filings", "--out", str(tmp_path / "others"))
    assert said.startswith(f"{len(list((tmp_path / 'others').glob('*.json'))) - 2} cases in ")
    assert main(["cases", "--out", "/dev/null/nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# --- the papers beside the note ---------------------------------------------------------------------------------------

CSFB = "Credit Suisse First Boston (Europe) Limited"


def test_offering_shows_payments_days_and_findings(capsys: pytest.CaptureFixture[str]) -> None:
    said = run(capsys, "offering")
    assert "672,750,000.00" in said and "2000-02-17  22:00  arrangement" in said and "11 pointers" in said
    answer = json.loads(run(capsys, "offering", AMAZON, "--json"))
    assert answer["purchase"][-1]["total"] == "672750000.00" and len(answer["timetable"]) == 9
    assert [row["rule"] for row in answer["findings"]].count("OFF-4") == 6
    (total,) = [row for row in csv.DictReader(io.StringIO(run(capsys, "offering", "--csv"))) if row["underwriter"] == "total"]
    assert total["principal"] == "690000000"


def test_offering_allocates_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("offering", AMAZON, "--default", f"{CSFB}=61_336_000")
    said = run(capsys, *asked)
    assert said.startswith("Underwriting agreement") and "46,002,000" in said and "0 unplaced" in said
    answer = json.loads(run(capsys, *asked, "--consent", "Morgan Stanley & Co. International Limited", "--json"))
    assert (answer["unplaced"], answer["terminates"], len(answer["needs_consent"])) == ("1000", False, 2)
    assert answer["arranged_by"] == "2000-02-17T22:00" and answer["warnings"]
    assert "1,000 is unplaced" in run(capsys, *asked, "--consent", "Morgan Stanley & Co. International Limited")
    assert "3,000 unplaced" in run(capsys, *asked, "--consent")
    twice = run(
        capsys, "offering", "--default", f"{CSFB}=35000000", "--default", "Donaldson, Lufkin & Jenrette International=34001000"
    )
    assert "the agreement ends unless arrangements are made" in twice


def test_grant_shows_what_is_known_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    said = run(capsys, "grant", "amazon-2004", "--shares", "200,000")
    assert (
        said.startswith("Employee stock option")
        and "2003-07-01   0.05  10,000  2011-09-06  OPT-3" in said
        and "33,334" not in said
    )
    assert "33,334" in run(capsys, "grant", "amazon-2004") and "instalments" in run(capsys, "grant", "amazon-2004", "--json")
    letter = json.loads(run(capsys, "grant", "amazon-1994", "--on", "1997-01-14", "--json"))["on"]
    assert letter[2]["on the day"] == 709_568 and "not in the paper" in letter[0]["why not"]
    form = run(capsys, "grant", "amazon-2004", "--shares", "200000", "--on", "2004-11-29", "--csv")
    assert form.splitlines()[1:3] == ['"vested, part of the grant",0.3,OPT-3', '"vested, shares",60000,OPT-3']


def test_bylaws_show_what_they_print_or_the_days_of_a_year(capsys: pytest.CaptureFixture[str]) -> None:
    assert "the appendix on claims" in run(capsys, "bylaws", "amazon-2000")
    days = json.loads(run(capsys, "bylaws", "amazon-2000", "--year", "2000", "--json"))
    assert days["year"] == 2000 and [row["date"] for row in days["days"]][-2:] == ["2000-05-11", "2000-09-08"]
    assert "2000-03-12,last proposal,BYL-5" in run(capsys, "bylaws", "amazon-2000", "--year", "2000", "--csv")
    assert json.loads(run(capsys, "bylaws", "amazon-2000", "--json"))["bylaws"] == "amazon-2000"
    assert "postponement limit" in run(capsys, "bylaws", "amazon-2000", "--year", "2001")


def test_dilution_counts_shares_and_earnings(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("dilution", AMAZON, "--on", "2000-12-31", "--shares", "100", "--price", "10", "--option", "40=5", "30=12")
    said = run(capsys, *asked, "--income", "240", "--interest", "1e12")
    assert "options, net of what their price buys back" in said and "earnings per share, diluted, with options  " in said
    rows = {row["what"]: row["shares"] for row in json.loads(run(capsys, *asked, "--income", "-1", "--json"))}
    assert rows["options, gross"] == 70 and rows["options, net of what their price buys back"] == 20
    assert rows["earnings per share, diluted, with neither options nor the note"] == "-0.01"
    later = ("dilution", AMAZON, "--on", "2001-12-31", "--shares", "100", "--price", "10", "--scenario", "as-it-was", "--csv")
    assert "conversion of the note,8128836.16" in run(capsys, *later)


def test_dilution_counts_the_settlement_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    def said(*more: str) -> str:
        asked = ("dilution", "gpre-2027", "--on", "2023-12-29", "--shares", "59000000", "--price", "40")
        main((*asked, *more))
        return capsys.readouterr().out  # that the sheet leaves terms out is printed beside it

    net = ("--method", "combination", "--specified", "1,000")
    assert "conversion of the note,7272738," in said("--csv") and "1,522,738" in said(*net)
    assert "conversions settled in cash up to USD 1,000 per 1,000 and shares beyond" in said(*net).replace("\n", " ")
    assert "conversion of the note,761369," in said(*net, "--prices", "30", "40", "--csv")
    refused = run(
        capsys, "dilution", "gpre-2027", *"--on 2023-12-29 --shares 1 --price 1".split(), *net, "--fx-rate", "2", status=2
    )
    assert "dilution.fx (FX-1): got 2; the share is in USD, the note's currency: expected no fx" in refused


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("offering nothing", "offering sheet: got nothing; expected a bundled name (amazon-peacs-2010)"),
        ("offering --default First", "expected NAME=PRINCIPAL, not 'First'"),
        ("offering --default First=5", "offering.allocate defaults (OFF-3): got 'First'; allowed: Morgan Stanley"),
        ("grant amazon-1994 --shares 0", "grant.shares (OPT-1): got 0; expected a whole number above 0"),
        ("bylaws amazon-2000 --year 2100", "bylaws.annual_meeting year (BYL-1): got 2100; expected a year from 1970 to 2099"),
        ("dilution afv-2003 --on 2003-07-01 --shares 0 --price 1", "dilution.shares (DIL-3): got 0"),
        ("dilution afv-2003 --on 2003-07-01 --shares 1 --price 1 --option 5", "expected COUNT=STRIKE, not '5'"),
        (
            "dilution afv-2003 --on 2003-07-01 --shares 1 --price 1 --interest 5",
            "--interest (DIL-3): got 5; needs --income beside it",
        ),
        (
            f"dilution {AMAZON} --on 2001-12-31 --shares 1 --price 1",
            "dilution.state (DIL-1): got none; expected a state of 2001-02-16 or later",
        ),
        (f"dilution {AMAZON} --on 2001-12-31 --shares 1", "the following arguments are required: --price"),
    ],
)
def test_a_wrong_question_about_a_filing_is_one_line(argv: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in run(capsys, *argv.split(), status=2)
