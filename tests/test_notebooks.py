"""Notebooks are stored without outputs, open with question, source and seed, and run top to bottom offline."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
nbformat = pytest.importorskip("nbformat", reason="needs nbformat: pip install 'convnote[test]'")


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks() -> None:
    assert [path.name[0] for path in NOTEBOOKS] == [str(number) for number in range(1, len(NOTEBOOKS) + 1)]
    assert len(NOTEBOOKS) == 8


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_has_no_outputs(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None, cell.source
            assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE), "no magic, no shell"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_first_cell_says_question_source_and_seed_and_the_last_checks_a_number(path: Path) -> None:
    cells = read(path).cells
    assert cells[0].cell_type == "markdown"
    for word in ("# ", "**Question.**", "**Source.**", "**Seed.**"):
        assert word in cells[0].source
    assert cells[-1].cell_type == "code" and "assert " in cells[-1].source and "checked: " in cells[-1].source
    prose = sum(len(cell.source) for cell in cells if cell.cell_type == "markdown")
    assert prose > 1_500, "a person who has never seen the note must be able to follow"


def run(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a notebook prints, run top to bottom in a fresh kernel, in an empty folder, without a network."""
    client = pytest.importorskip("nbclient", reason="needs nbclient: pip install 'convnote[test]'")
    monkeypatch.setenv("CONVNOTE_QUICK", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    notebook = read(path)
    where = {"metadata": {"path": str(folder)}}
    client.NotebookClient(notebook, timeout=60, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "stream" and output.name == "stderr"], "no warning"
    left = {each.name for each in folder.iterdir()} - {".hypothesis"}  # where Hypothesis keeps what it works out once
    assert left == set(), "a notebook leaves nothing behind"
    return "".join(output.text for output in outputs if output.output_type == "stream")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_less_than_a_minute(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVNOTE_DATA", raising=False)
    begun = time.monotonic()
    said = run(path, tmp_path, monkeypatch)
    assert time.monotonic() - begun < 60
    assert re.search(r"^checked: ", said, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.filterwarnings("default")
def test_ten_years_on_real_files(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = [path for path in NOTEBOOKS if path.stem == "2-ten-years"]
    said = run(path, tmp_path, monkeypatch)
    assert "amzn_close_usd.csv" in said and "average 18.0478" in said and "average 15.0000" in said
