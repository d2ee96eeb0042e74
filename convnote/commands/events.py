"""`convnote events`: the events file of `--events`."""

from __future__ import annotations

import argparse

from convnote import schemas
from convnote.commands.command import Command
from convnote.commands.settings import shown_as
from convnote.note import ConvertibleNote
from convnote.terminal import say

#: A file that `--events` reads.
EXAMPLE = """\
[[events]]
kind = "Convert"
on = 2001-03-05
principal = 1_000_000
holder = "A"  # optional

[[events]]
kind = "RedemptionNotice"
on = 2003-01-20
redemption_date = 2003-02-20
"""


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    shown_as(schemas.events_table(), asked)
    if not (asked.json or asked.csv):
        say(f"\nA file is TOML, a table [[events]] for each, such as\n\n{EXAMPLE}")


COMMAND = Command(
    name="events",
    run=run,
    summary="the file of recorded events that --events reads: every kind, what it needs and an example",
    example="convnote events",
    of_note=False,
)
