"""What must hold on any machine: files, pipes, interrupts, control characters, JSON, missing extras."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import convnote as cn
from convnote import files, report
from convnote.cli import main
from convnote.printing import json_text, on_one_line, printable
from convnote.tables import Table, plain

AMAZON = "amazon-peacs-2010"
posix = pytest.mark.skipif(os.name != "posix", reason="signals, links and /dev/full are POSIX")


def python(program: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False, **options)


# --- files ------------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("spelled", ["same", "dotted", "link", "hard link", "relative"])
def test_a_report_is_never_written_over_its_term_sheet(
    spelled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = tmp_path / "my.toml"
    sheet.write_text(cn.dumps(cn.load("afv-2003")), encoding="utf-8")
    before = sheet.read_bytes()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to(sheet)
    os.link(sheet, tmp_path / "hard")
    out = {
        "same": str(sheet), "dotted": str(tmp_path / "sub" / ".." / "my.toml"), "link": "link", "hard link": "hard",
        "relative": "./my.toml",
    }[spelled]  # fmt: skip
    assert main(["report", str(sheet), "--out", out]) == 2
    assert "would be written over an input" in capsys.readouterr().err
    assert sheet.read_bytes() == before and (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("option", ["--close", "--fx", "--events", "--scenario"])
def test_nor_over_any_other_input(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "given.csv"
    path.write_text("date,close\n2000-02-16,1\n", encoding="utf-8")
    closes = ["--close", str(path)] if option == "--fx" else []
    assert main(["report", AMAZON, *closes, option, str(path), "--out", str(path)]) == 2
    assert "would be written over an input" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "date,close\n2000-02-16,1\n"


def test_a_full_disk_leaves_the_old_files_and_nothing_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {tmp_path / name: f"old {name}" for name in ("a.json", "b.json")}
    for path, text in old.items():
        path.write_text(text, encoding="utf-8")
    begun = []

    def full(handle: int, mode: str) -> Any:
        begun.append(handle)
        if len(begun) == 2:
            os.close(handle)
            raise OSError(28, "No space left on device")
        return open(handle, mode)

    monkeypatch.setattr("convnote.files.os.fdopen", full)
    with pytest.raises(cn.TermsError, match=r"b\.json: cannot be written: No space left on device"):
        files.write_all(dict.fromkeys(old, "new"))
    assert {path: path.read_text(encoding="utf-8") for path in old} == old
    assert sorted(os.listdir(tmp_path)) == ["a.json", "b.json"]


@posix
def test_a_file_keeps_its_permissions_and_a_link_stays_a_link(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    files.write(page, "old")
    assert page.stat().st_mode & 0o777 == 0o666 & ~files._umask()
    page.chmod(0o640)
    (tmp_path / "link.html").symlink_to(page)
    files.write(tmp_path / "link.html", "new")
    assert page.read_text(encoding="utf-8") == "new" and page.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link.html").is_symlink()


def test_a_place_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path, tmp_path / "file" / "page.html", tmp_path / ("x" * 300), "a\0b"):
        with pytest.raises(cn.TermsError, match="cannot be written"):
            report.write(place, cn.load("afv-2003"))


def test_cases_that_cannot_all_be_written_are_none(tmp_path: Path) -> None:
    (tmp_path / "index.json").mkdir()
    with pytest.raises(cn.TermsError, match=r"index\.json: cannot be written"):
        files.write_all({tmp_path / "one.json": "1", tmp_path / "index.json": "2"})
    assert os.listdir(tmp_path) == ["index.json"]


# --- the program ------------------------------------------------------------------------------------------------------


@posix
def test_a_closed_or_full_output_is_one_line() -> None:
    command = [sys.executable, "-m", "convnote", "accrued", AMAZON, "2002-02-17"]
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True, check=False)
    assert (closed.returncode, closed.stderr) == (1, "convnote: the output cannot be written: standard output is closed\n")
    both = subprocess.run(["sh", "-c", '"$@" >&- 2>&-', "sh", *command], check=False)
    assert both.returncode == 1
    if Path("/dev/full").exists():
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert (done.returncode, done.stderr) == (1, "convnote: the output cannot be written: No space left on device\n")


@posix
@pytest.mark.parametrize("module", ["convnote", "convnote.cli"])
@pytest.mark.parametrize("held_up", ["numpy", "convnote.termsheet", "convnote.simulation"])
def test_an_interrupt_ends_the_program_with_130_and_without_a_word(module: str, held_up: str) -> None:
    """It comes while a module is imported: one that the package needs, or one that the command does."""
    program = (
        "import sys, time, runpy\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == '{held_up}':\n"
        "            print('go', file=sys.stderr, flush=True)\n"
        "            time.sleep(60)\n"
        "sys.meta_path.insert(0, Slow())\n"
        f"sys.argv[:] = ['-m', 'simulate', '{AMAZON}', '--paths', '10']\n"
        f"sys.orig_argv[:] = ['python', '-m', '{module}']\n"
        f"runpy.run_module('{module}', run_name='__main__', alter_sys=True)\n"
    )
    # a shell starts what it puts in the background with interrupts ignored: tests may run there, the program does not
    heard = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heard
    )
    assert process.stderr is not None and process.stderr.readline() == "go\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=50)
    assert (process.returncode, out, err) == (130, "", "")


def test_main_called_as_a_function_returns_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("convnote.commands.asked.note", interrupted)
    before = signal.getsignal(signal.SIGINT)
    assert main(["check", AMAZON]) == 130
    assert signal.getsignal(signal.SIGINT) is before


def test_python_m_convnote_is_the_program() -> None:
    done = subprocess.run([sys.executable, "-m", "convnote", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"convnote {cn.__version__}\n")


def test_notebooks_are_copied_and_one_that_was_worked_in_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine"
    assert main(["notebooks", "--out", str(out)]) == 0
    names = sorted(path.name for path in out.iterdir())
    assert (
        names == sorted(path.name for path in (Path(cn.__path__[0]).parent / "notebooks").glob("*.ipynb"))
        and names[0] == "1-the-note-in-ten-minutes.ipynb"
    )
    assert main(["notebooks", "--out", str(out)]) == 0  # the same again
    (out / names[2]).write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert main(["notebooks", "--out", str(out)]) == 2
    assert f"{names[2]} is there already and differs" in capsys.readouterr().err
    assert (out / names[2]).read_text(encoding="utf-8") == "mine"


# --- what is printed --------------------------------------------------------------------------------------------------

EVIL = "Notes\x1b[2J\x07\x9b31m\u202e due\r\n2010"


def test_control_characters_of_a_description_reach_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = cn.dumps(cn.load("afv-2003"))
    line = next(each for each in sheet.splitlines() if each.startswith("description"))
    path = tmp_path / "evil.toml"
    path.write_text(sheet.replace(line, f"description = {json.dumps(EVIL)}"), encoding="utf-8")
    for asked in (["schedule"], ["check"], ["schedule", "--csv"], ["schedule", "--json"], ["check", "--json"]):
        assert main([asked[0], str(path), *asked[1:]]) == 0
        page = capsys.readouterr().out
        assert page.replace("\n", "").isprintable(), asked
    page = report.html(cn.load(path))
    assert printable(page) == page and "Notes" in page


def test_nor_do_those_of_keys_and_file_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evil\x1b[2J.toml"
    path.write_text('"a\\u001b[2J" = 1\n', encoding="utf-8")
    assert main(["check", str(path)]) == 2
    assert main(["check", "no\x1b[2Jwhere"]) == 2
    with pytest.raises(SystemExit):
        main(["che\x1b[2Jck", AMAZON])
    err = capsys.readouterr().err
    assert err.replace("\n", "").isprintable() and err.count("\n") == 3
    with pytest.raises(cn.TermsError) as caught:
        cn.load(path)
    assert "\x1b" not in str(caught.value)


def test_words_that_look_like_formulas_are_guarded_in_csv_and_figures_are_not() -> None:
    words = ["=cmd|' /C calc'!A1", "+1", "-1", "@SUM(A1)", "\tx", "A"]
    table = Table.of(("word", "figure", "several"), [(word, Decimal(-5), [word, "b"]) for word in words])
    rows = list(csv.reader(io.StringIO(table.csv())))[1:]
    assert [row[0] for row in rows] == [*(f"'{word}" for word in words[:-1]), "A"]
    assert {row[1] for row in rows} == {"-5"}
    assert rows[0][2].startswith("'=")


def test_a_holder_named_like_a_formula_is_guarded_in_the_ledger() -> None:
    note = cn.load(AMAZON)
    holders = {"=cmd": 1000, "B": note.issue_size - 1000}
    entries = cn.replay(note, cn.scenario("as-it-was"), positions=holders).entries
    page = Table.of(cn.Entry._fields, entries).csv()
    cells = {cell for row in csv.reader(io.StringIO(page)) for cell in row}
    assert "'=cmd" in cells and "=cmd" not in cells


def test_json_has_null_for_what_is_not_finite(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"a": float("nan"), "b": [float("inf"), 1.5, {"c": float("-inf")}], "d": "\x1b\u202e"}
    text = json_text(value)
    assert json.loads(text, parse_constant=pytest.fail) == {"a": None, "b": [None, 1.5, {"c": None}], "d": "\x1b\u202e"}
    assert "\x1b" not in text and plain(float("nan")) is None
    assert main(["simulate", AMAZON, "--paths", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["standard_errors"]["present_value"] is None  # of one path there is none


def test_a_title_stays_on_its_line() -> None:
    assert on_one_line("a\r\nb\t c\u2028d") == "a b c d"


# --- looking around without the extras --------------------------------------------------------------------------------


def test_looking_at_the_package_works_without_matplotlib() -> None:
    blocked = "import sys; sys.modules['matplotlib'] = None\nimport inspect, pydoc, convnote\n"
    done = python(blocked + "found = dict(inspect.getmembers(convnote))\nprint(pydoc.render_doc(convnote)[:6], 'grid' in found)")
    assert (done.returncode, done.stdout) == (0, "Python True\n"), done.stderr
    done = python(blocked + "convnote.plots")
    assert "ImportError: pictures need Matplotlib: pip install 'convnote[notebook]'" in done.stderr


def test_a_frame_without_pandas_names_the_extra() -> None:
    program = (
        "import sys; sys.modules['pandas'] = None\nimport convnote as cn\nnote = cn.load('afv-2003')\n"
        "model = cn.Lognormal(as_of=note.issue_date, spot=100, volatility=0.2, rate=0.05)\n"
        "history = cn.scenario('as-it-was')\n"
        "asked = [cn.schedule(note), history, cn.replay(cn.load('amazon-peacs-2010'), history),\n"
        "         cn.simulate(note, model, paths=2), cn.schedule(note).table()]\n"
        "for each in asked:\n"
        "    try:\n"
        "        getattr(each, 'to_frame', None) and each.to_frame() or each.frame()\n"
        "    except cn.ConvnoteError as error:\n"
        "        assert isinstance(error, ImportError)\n"
        "        print(error)\n"
    )
    done = python(program)
    assert done.stdout == "a frame needs pandas: pip install 'convnote[frame]'\n" * 5, done.stderr
