"""`convnote new`: a sheet to fill in, made from the declarations."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import convnote as cn
from convnote.cli import main
from convnote.provisions.provision import key_of
from convnote.provisions.registry import PROVISIONS
from convnote.termsheet import skeleton
from convnote.termsheet.questions import EXAMPLES, PARTS, QUESTIONS
from convnote.termsheet.skeleton import FILL, OPEN

TEXT = skeleton()


def filled(text: str) -> str:
    return text.replace(FILL, "")


def with_defaults(text: str) -> str:
    """Every line that shows a default, said."""
    said, part = [], ""
    for line in text.splitlines():
        if head := re.fullmatch(r"(# )?\[(\w+)\]", line):
            part = "" if head[1] else head[2]
        setting = re.match(r"# (\w+) = ", line)
        declared = {each.name: each for each in PROVISIONS[part].settings()} if setting and part in PROVISIONS else {}
        each = declared.get(setting[1]) if setting else None
        said.append(line[2:] if each is not None and each.default not in (None, dataclasses.MISSING) else line)
    return "\n".join(said)


#: Settings without which a part is incomplete, although each alone is optional.
ALSO = {"withdrawal": ("trigger",), "settlement": ("specified",), "clean_up": ("share",)}


def opened(text: str, part: str) -> str:
    """The table of one part, with the examples of what it requires."""
    head, mark, rest = text.partition(f"\n# [{part}]\n")
    assert mark
    for each in PROVISIONS[part].settings():
        if each.default is dataclasses.MISSING or each.name in ALSO.get(part, ()):
            rest = rest.replace(f"# {each.name} = ", f"{each.name} = ", 1)
    return f"{head}\n[{part}]\n{rest}"


def test_it_loads_once_the_required_figures_are_filled_in() -> None:
    note = cn.loads(filled(TEXT))
    assert str(note.maturity_date) == "2030-03-01" and note.issue_size == 100_000_000
    assert TEXT.count(FILL) == 6  # four of the principal, the coupon, the price
    assert str(cn.schedule(note)) and note.assumed


def test_what_is_not_filled_in_is_asked_for_by_name() -> None:
    with pytest.raises(cn.TermsError) as refused:
        cn.loads(TEXT)
    missing = [fault.partition(" ")[0].rstrip(":") for fault in refused.value.faults]
    assert missing[:5] == [
        "principal.issue_date",
        "principal.maturity_date",
        "principal.issue_size",
        "principal.currency",
        "interest.rate",
    ]


def test_with_every_default_said_nothing_is_assumed() -> None:
    assert cn.loads(with_defaults(filled(TEXT))).assumed == ()


@pytest.mark.parametrize("part", [name for name in PROVISIONS if name not in (*OPEN, "accretion", "exchange")])
def test_a_part_that_is_opened_loads_with_its_examples(part: str) -> None:
    note = cn.loads(with_defaults(opened(filled(TEXT), part)))
    assert getattr(note, part) is not None and note.assumed == ()


def test_an_exchangeable_note_loads_with_the_rate_in_place_of_the_price() -> None:
    by_rate = opened(filled(TEXT), "exchange").replace("\nprice = 25.00", "\n", 1).replace("# rate = 40.0000", "rate = 40.0000")
    assert cn.loads(by_rate).exchange.property == (("EXPL", 40),)


def test_every_part_and_setting_is_there_once_in_order() -> None:
    found, part = [], ""
    for line in TEXT.splitlines():
        if head := re.fullmatch(r"(?:# )?\[(\w+)\]", line):
            part = head[1]
        elif (setting := re.match(rf"(?:{FILL}|# )(\w+) = ", line)) and part in PROVISIONS:
            found.append(f"{part}.{setting[1]}")
    assert found == [f"{name}.{key_of(each)}" for name, kind in PROVISIONS.items() for each in kind.settings()]
    assert max(map(len, TEXT.splitlines())) <= 140
    assert set(OPEN) <= set(PROVISIONS)


def test_every_setting_has_a_question_in_the_order_of_the_sheet() -> None:
    assert list(QUESTIONS) == [f"{name}.{key_of(each)}" for name, kind in PROVISIONS.items() for each in kind.settings()]
    assert list(PARTS) == list(PROVISIONS)
    assert all(question[0].isupper() or question[0] == "…" for question in QUESTIONS.values())


def test_every_setting_without_a_default_has_an_example_that_its_kind_accepts() -> None:
    none = (None, dataclasses.MISSING)
    places = [f"{name}.{key_of(each)}" for name, kind in PROVISIONS.items() for each in kind.settings() if each.default in none]
    assert list(EXAMPLES) == places
    for name, kind in PROVISIONS.items():
        for each in kind.settings():
            if (example := EXAMPLES.get(f"{name}.{key_of(each)}")) is not None:
                taken = each.metadata["kind"]
                value = cn.termsheet.parsed(f"x = {example}", "example")["x"]
                assert taken(taken.read(value)) is not None, (name, each.name)


def test_the_command_writes_it_and_does_not_write_over_a_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my.toml"
    assert main(["new", "--out", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == TEXT and "convnote check" in capsys.readouterr().out
    path.write_text(filled(TEXT), encoding="utf-8")
    assert main(["check", str(path)]) == 0 and "is assumed" in capsys.readouterr().out
    assert main(["new", "--out", str(path)]) == 2 and "is there already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == filled(TEXT)
    assert main(["new"]) == 0 and capsys.readouterr().out == TEXT
