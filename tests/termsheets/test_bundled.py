"""What holds of every real note that comes with the library: nothing assumed, a source, a scenario of its own, every command."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import convnote as cn
from convnote.cli import main

#: afv-2003 is the contract of an article, without a share; amazon-peacs-2010 has four scenarios and tests of its own
OTHERS = [name for name in cn.available() if name not in ("afv-2003", "amazon-peacs-2010")]


@pytest.mark.parametrize("name", OTHERS)
def test_a_sheet_says_every_setting_and_where_it_is_from(name: str) -> None:
    note = cn.load(name)
    assert note.assumed == () and note.name == name
    assert note.identity["source"] and note.identity["title"] and note.description
    said = {part.authority_of(each.name) for _, part in note.provisions() for each in part.settings()}
    assert {"filing", "convention"} <= said


@pytest.mark.parametrize("name", OTHERS)
def test_a_scenario_of_its_own_in_its_currency_says_that_it_is_invented(name: str) -> None:
    note, history = cn.load(name), cn.scenario(name)
    assert (history.belongs_to, history.currency) == (name, note.closes_currency)
    assert history.issued == note.principal.issue_day and history.trading_days == note.principal.trading_days
    assert "invented" in history.source and history.gaps() == []
    folder = Path(cn.__file__).parent / "market" / "scenarios"
    assert "invented" in tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))["description"]


@pytest.mark.parametrize("name", OTHERS)
def test_every_command_works_by_the_name_alone(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for command in ("replay", "schedule", "check"):
        assert main([command, name]) == 0
        out, err = capsys.readouterr()
        assert out and not err
    assert main(["replay", name, "--explain"]) == 0
    assert main(["report", name, "--out", str(tmp_path / "report.html")]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No replay" not in page and "no replay." not in page
    for words in cn.load(name).not_modelled.values():
        assert words.split(" (")[0].split("'")[0][:40] in page


@pytest.mark.parametrize("name", OTHERS)
def test_a_life_in_the_scenario_ends_and_adds_up(name: str) -> None:
    note = cn.load(name)
    ledger = cn.replay(note, cn.scenario(name))
    assert ledger.state.outstanding == 0 and sum(ledger.state.retired.values()) == note.issue_size
    assert [words for words in ledger.warnings if "not modelled" not in words.lower()] == []
    assert len(note.summary().rows) <= 24 and str(note.summary())


@pytest.mark.parametrize("name", OTHERS)
def test_simulated_lives_are_those_of_their_ledgers(name: str) -> None:
    note, history = cn.load(name), cn.scenario(name)
    spot = float(history.exact_close(note.principal.sessions.on_or_before(note.principal.issue_day)))
    model = cn.Lognormal(as_of=str(note.issue_date), spot=spot, volatility=0.4, rate=0.03, hazard_rate=0.03, recovery=0.4)
    paths = 200 if note.conditional_put is None else 16  # with such a put each path is replayed (CPT-1)
    outcomes = cn.simulate(note, model, paths=paths, seed=11)
    for path in range(0, paths, max(paths // 8, 1)):
        ledger = outcomes.ledger(path)
        assert str(ledger.state.status) == outcomes.status[path], path
        assert float(ledger.total()) == pytest.approx(outcomes.cash[path], rel=1e-12, abs=0.005), path
        assert sum(entry.shares for entry in ledger) == outcomes.shares[path], path


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("toray-2019", ("clean-up", "of all Notes, once less than 10% of the issue is outstanding", "CCP-1")),
        ("toray-2019", ("fraction of a share", "dropped", "FRC-1")),
        ("toray-2019", ("when called", "converts until 3 business days before the redemption date", "END-2")),
        ("qiagen-2031", ("clean-up", "of all Notes, once at most 20% of the issue is outstanding", "CCP-1")),
        ("everbright-2023", ("clean-up", "of all Notes, once less than CNY 30,000,000 is outstanding", "CCP-1")),
        ("everbright-2023", ("when called", "converts until the redemption date", "END-2")),
        ("gpre-2027", ("only after", "20 of 30 closes at or above 140% of the conversion price in force", "SFT-1")),
        (
            "amazon-2009",
            ("only after", "20 of 30 closes above 150% of the conversion price in force, until 2002-02-06", "SFT-1"),
        ),
    ],
)
def test_the_summary_tells_the_terms_of_its_time(name: str, row: tuple[str, str, str]) -> None:
    assert row in cn.load(name).summary().rows
