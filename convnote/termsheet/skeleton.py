"""A term sheet to fill in: every part and setting as a comment, with its question, accepted values, default and rule.

Generated from the declarations, so that a new setting of a provision appears as soon as it is declared. Settings required in
every sheet, the coupon, and the conversion price or rate, are marked; once those are filled in, the sheet loads.
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator
from typing import Any

from convnote.provisions.provision import key_of
from convnote.provisions.registry import PROVISIONS, RULES
from convnote.termsheet.questions import EXAMPLES, PARTS, QUESTIONS
from convnote.termsheet.reading import REQUIRED

#: Parts whose tables are active; the tables of the others are commented out.
OPEN = (*REQUIRED, "conversion")
FILL = "# FILL IN: "
_WIDTH = 120
_HEAD = f"""\
# The term sheet of a convertible note. Read the paper beside it, from top to bottom.
#
# 1. Lines that begin with "{FILL.strip()}" are needed in every sheet: take these words away, and write the paper's figure
#    in the place of the example.
# 2. A line "# setting = value" shows the default. Take the "#" away and write what the paper says, even where that is the
#    default: what a sheet does not say is assumed, and every answer tells how much was.
# 3. A part that is a comment from its [name] on is one that this note may not have. Take the "#" away from its name too.
# 4. Then: convnote check SHEET, convnote schedule SHEET, convnote replay SHEET --close CLOSES.csv --currency USD.

name = "my-note"
description = "My convertible note"

[identity]  # words, as many as you like
# issuer = "…"
# title = "…"
# source = "…"  # the paper and its date

# What the paper has and this sheet cannot say: a rule or a setting, and the paper's words. Every answer repeats them.
# [not_modelled]
# TAX = "redemption for tax reasons"
"""


def skeleton() -> str:
    """The text of a term sheet to fill in.

    >>> print("\\n".join(skeleton().splitlines()[21:29]))
    # --- principal: Size, dates, currency and denominations; then the calendars and the smallest amount that is paid
    [principal]
    # From which day does interest run?
    #   a day; required (PRN-1)
    # FILL IN: issue_date = 2025-03-01
    # When is principal paid?
    #   a day; required (PRN-1)
    # FILL IN: maturity_date = 2030-03-01
    """
    lines = _HEAD.splitlines()
    for name, kind in PROVISIONS.items():
        about = PARTS.get(name) or (kind.__doc__ or name).strip().partition("\n")[0]
        lines += ["", *_comment(f"--- {name}: {about}"), f"[{name}]" if name in OPEN else f"# [{name}]"]
        for each in kind.settings():
            lines += _setting(name, each)
    return "\n".join(lines) + "\n"


def _setting(part: str, each: dataclasses.Field[Any]) -> Iterator[str]:
    place, kind, rule = f"{part}.{key_of(each)}", each.metadata["kind"], each.metadata["rule"]
    says = RULES[rule].says
    yield from _comment(QUESTIONS.get(place) or says[0].upper() + says[1:])
    required = each.default is dataclasses.MISSING
    if required or each.default is None:
        value, default = EXAMPLES.get(place, "…"), "required" if required else "none unless said"
    else:
        value, default = kind.written(kind(each.default)), "the default is below"
    yield from _comment(f"  {kind.words}; {default} ({rule})")
    fill = (required and part in REQUIRED) or place in ("conversion.price", "interest.rate")
    yield f"{FILL if fill else '# '}{key_of(each)} = {value}"


def _comment(words: str) -> list[str]:
    indent = "# " + " " * (len(words) - len(words.lstrip()))
    return textwrap.wrap(words.strip(), _WIDTH, initial_indent=indent, subsequent_indent=indent)
