"""The command line: `convnote COMMAND NOTE`, where NOTE is a bundled name or a TOML file; `commands/` has the commands.

It calls the library and shows the answer: a table fitted to the terminal (one row per line if the output is piped), or with
`--csv` or `--json` every digit. Bad input gives one line on standard error and exit status 2. Computes nothing itself.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Sequence
from typing import ClassVar, NoReturn

from convnote.commands import COMMANDS, asked
from convnote.commands.command import DEFAULT_NOTE, FORMS, Command
from convnote.errors import ConvnoteError, LifecycleError, did_you_mean
from convnote.files import not_an_input, remove_unfinished
from convnote.interrupts import INTERRUPTED, end_at_once
from convnote.printing import on_one_line, shortened
from convnote.terminal import one_line
from convnote.termsheet import available
from convnote.version import __version__

NOT_WRITTEN, BAD_INPUT, PIPE_CLOSED = 1, 2, 141


class _Parser(argparse.ArgumentParser):
    #: all commands and options, to suggest the nearest for a misspelt one
    known: ClassVar[set[str]] = set()

    def error(self, message: str) -> NoReturn:
        found = _MISSPELT.search(message)
        meant = did_you_mean(found[1] or found[2], self.known) if found else ""
        self.exit(BAD_INPUT, f"{self.prog}: {shortened(on_one_line(message))}{meant}\n")


#: A command or an option in an argparse message.
_MISSPELT = re.compile(r"COMMAND: invalid choice: '(.*?)'|unrecognized arguments: (--[^\s=]+)")


def _parser() -> argparse.ArgumentParser:
    notes = f"a bundled name ({', '.join(available())}) or a TOML file"
    epilog = f"NOTE is {notes}. 'convnote COMMAND --help' tells more."
    parser = _Parser(prog="convnote", description="A convertible note, executable.", epilog=epilog)
    parser.add_argument("--version", action="version", version=f"convnote {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _Parser.known |= {command.name for command in COMMANDS}
    for command in COMMANDS:
        _add(commands, command, notes)
    return parser


def _add(commands: argparse._SubParsersAction[_Parser], command: Command, notes: str) -> None:
    summary = command.summary
    example = f"Example: {command.example}" if command.example else None
    description = summary[0].upper() + summary[1:] + "."
    added = commands.add_parser(command.name, help=summary, description=description, epilog=example, allow_abbrev=False)
    added.set_defaults(run=command.run, note=DEFAULT_NOTE)
    if command.of_note:
        added.add_argument("note", metavar="NOTE", help=notes)
    if command.forms:  # argparse cannot write the usage of an empty group
        form = added.add_mutually_exclusive_group()
        for name in command.forms:
            form.add_argument(f"--{name}", action="store_true", help=FORMS[name])
    command.add(added)
    _Parser.known |= {name for name in added._option_string_actions if name.startswith("--")}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0; 1 if the output cannot be written, 2 for bad input, 130 if interrupted, 141
    if the reader of the output closed it.

    >>> main(["accrued", "amazon-peacs-2010", "2002-02-17", "--csv"])
    date,from,days,year,accrued,as_paid
    2002-02-17,2002-02-16,1,365,0.1883561643835616438356164383561644,0.19
    0
    """
    if sys.stdout is None or sys.stdout.closed:
        return _complain("the output cannot be written: standard output is closed", NOT_WRITTEN)
    try:
        if hasattr(sys.stdout, "reconfigure"):  # characters the terminal cannot show become question marks
            sys.stdout.reconfigure(errors="replace")
        given = _parser().parse_args(argv)
        if out := getattr(given, "out", None):
            not_an_input(out, [value for name, value in vars(given).items() if name != "out" and isinstance(value, str)])
        note = asked.note(given.note)
        if getattr(given, "csv", False) or getattr(given, "json", False):  # CSV and JSON have no heading for caveats
            for words in note.caveats():
                _tell(words)
        given.run(note, given)
        sys.stdout.flush()
    except LifecycleError as error:
        return _complain(f"{one_line(error)} (event of {error.event.on})", BAD_INPUT)
    except (ConvnoteError, ImportError) as error:  # ImportError: an extra is not installed
        return _complain(one_line(error), BAD_INPUT)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # an error of standard output: files raise their own errors
        _silence()
        if isinstance(error, BrokenPipeError):
            return PIPE_CLOSED
        return _complain(f"the output cannot be written: {error.strerror}", NOT_WRITTEN)
    return 0


def _complain(words: str, status: int) -> int:
    """Print one line on standard error and return the status."""
    _tell(f"convnote: {words}")
    return status


def _tell(words: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(on_one_line(words), file=sys.stderr)


def _silence() -> None:
    """Discard buffered output: Python would report the error again when it flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def program() -> NoReturn:
    """The program `convnote`: runs `main`, but an interrupt ends it at once."""
    end_at_once(remove_unfinished)
    sys.exit(main())


if __name__ == "__main__":
    program()
