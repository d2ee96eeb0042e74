"""`convnote rules`: the rules, or one of them."""

from __future__ import annotations

import argparse

from convnote import schemas
from convnote.commands.command import Command
from convnote.commands.settings import shown_as
from convnote.errors import TermsError, did_you_mean
from convnote.note import ConvertibleNote
from convnote.provisions import RULES


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    if asked.rule is not None and asked.rule not in RULES:
        meant = did_you_mean(asked.rule, RULES, "; convnote rules lists them")
        raise TermsError(f"not a rule{meant}", field="rules ID", value=asked.rule)
    shown_as(schemas.rules_table(asked.rule), asked)


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="ID", nargs="?", help="one rule, such as WDR-3 (default: all)")


COMMAND = Command(
    name="rules",
    run=run,
    summary="the rules by id: what each says and where it is printed",
    add=_add,
    example="convnote rules WDR-3",
    of_note=False,
)
