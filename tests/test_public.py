"""Every public name says what it is, with an example that runs, and is fully typed."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import convnote as cn
from convnote import analytics, plots, report

ROOT = Path(__file__).parent.parent
NAMES = [(cn, name) for name in cn.__all__ if not inspect.ismodule(getattr(cn, name))]
NAMES += [(module, name) for module in (analytics, plots) for name in module.__all__] + [(report, "html")]


@pytest.mark.parametrize(("module", "name"), NAMES, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_a_public_name_has_a_docstring_with_an_example(module: Any, name: str) -> None:
    words = inspect.getdoc(getattr(module, name)) or ""
    assert len(words.splitlines()[0]) > 20 and ">>> " in words


def members(kind: type) -> list[tuple[str, Any]]:
    """What a person finds on a class after the dot, defined in this package."""
    found = []
    for name, value in vars(kind).items():
        inner = value.__func__ if isinstance(value, (classmethod, staticmethod)) else getattr(value, "fget", value)
        inner = getattr(inner, "func", inner)  # a cached property
        if not name.startswith("_") and inspect.isfunction(inner):
            found.append((name, inner))
    return found


@pytest.mark.parametrize(
    "kind",
    [cn.ConvertibleNote, cn.Ledger, cn.MarketHistory, cn.Outcomes, cn.State, cn.Summary, cn.Curve],
    ids=lambda kind: kind.__name__,
)
def test_what_is_found_after_the_dot_says_what_it_is(kind: type) -> None:
    assert len(members(kind)) >= 3
    assert [name for name, inner in members(kind) if not inspect.getdoc(inner)] == []


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "convnote" / "py.typed").exists()


@pytest.mark.slow
def test_a_user_of_the_public_face_passes_strict_mypy(tmp_path: Path) -> None:
    program = tmp_path / "user.py"
    program.write_text(
        "import convnote as cn\n\n"
        'note: cn.ConvertibleNote = cn.load("amazon-peacs-2010")\n'
        'history: cn.MarketHistory = cn.scenario("as-it-was")\n'
        'ledger: cn.Ledger = cn.replay(note, history, events=[cn.Convert("2001-03-01", 1000)])\n'
        "total: str = str(ledger.total())\n"
        "axes = cn.plots.timeline(note)\n"
        "page: str = cn.report.html(note, history)\n"
        "reveal: list[str] = [entry.kind for entry in ledger]\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert "user.py" not in done.stdout, done.stdout
    program.write_text("import convnote as cn\n\ncn.load(3)\ncn.nothing_of_that_name\n", encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.count("user.py") == 2, done.stdout
