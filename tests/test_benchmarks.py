"""The benchmark scripts run: with tiny sizes, for their sake, not for their times."""

import importlib
import sys

import pytest


@pytest.mark.parametrize(
    "name", ["accrual", "growing", "holders", "kit", "pricing", "replays", "schedules", "simulating", "walks", "workers"]
)
def test_a_benchmark_runs_and_prints_a_line_for_each_candidate(name, capsys):
    times = importlib.import_module(f"tests.benchmarks.{name}").main(["--size", "40", "--rounds", "1"])
    printed = capsys.readouterr().out
    assert len(times) >= 2
    assert all(time > 0 and label in printed for label, time in times.items())


@pytest.mark.parametrize("name", ["accrual", "pricing", "replays", "schedules"])
def test_a_benchmark_runs_where_nothing_is_installed_to_compare_with(name, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "QuantLib", None)
    times = importlib.import_module(f"tests.benchmarks.{name}").main(["--size", "40", "--rounds", "1"])
    assert all(label.startswith("convnote") for label in times)
    assert "QuantLib is not installed" in capsys.readouterr().out
