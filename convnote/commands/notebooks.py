"""`convnote notebooks`: the notebooks that come with the library, copied to a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from convnote.commands.command import Command
from convnote.errors import TermsError
from convnote.files import write_all
from convnote.note import ConvertibleNote
from convnote.terminal import say


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    written = {Path(asked.out) / path.name: path.read_text(encoding="utf-8") for path in _bundled()}
    for path, text in written.items():
        # never overwrite a notebook that may have been edited
        if path.exists() and (not path.is_file() or path.read_bytes() != text.encode()):
            raise TermsError(f"{path.name} is there already and differs; choose another folder", field=f"--out {asked.out}")
    write_all(written)
    say("\n".join(map(str, written)))


def _bundled() -> list[Path]:
    """The notebooks within the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    found = sorted((package / "notebooks").glob("*.ipynb")) or sorted((package.parent / "notebooks").glob("*.ipynb"))
    if not found:
        raise TermsError("the notebooks are not part of this installation", field="notebooks")
    return found


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to copy them to")


COMMAND = Command(
    name="notebooks",
    run=run,
    summary="the notebooks that come with the library, copied to a folder",
    add=_add,
    forms=(),
    of_note=False,
)
