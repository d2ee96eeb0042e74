"""A term sheet to fill in: every part and setting as a comment, with its question, accepted values, default and rule.

Generated from the declarations, so that a new setting appears as soon as its provision declares it. The settings required in
every sheet, the coupon and the conversion price are marked; once they are filled in, the sheet loads.
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
# The term sheet of a convertible note: complete it from the paper, part by part.
#
# 1. Lines that begin with "{FILL.strip()}" are required in every sheet. Delete these words and replace the example with the
#    figure in the paper.
# 2. A line "# setting = value" shows a default or, where the setting has none, an example. To state the setting, delete the "#"
#    and write the value in the paper. State a setting even if the paper agrees with its default: a setting that is left out
#    counts as an assumption, and results list how many were made.
# 3. A part whose [name] is a comment is optional. If the paper has it, delete the "#" before its name as well.
# 4. Then run: convnote check SHEET, convnote schedule SHEET, convnote replay SHEET --close CLOSES.csv --currency USD.

name = "my-note"
description = "My convertible note"

[identity]  # any keys, with text as their values
# issuer = "…"
# title = "…"
# source = "…"  # the paper and its date

# Provisions of the paper that no setting describes: a rule or a setting, and the wording of the paper. Results repeat them.
# [not_modelled]
# TAX = "redemption for tax reasons"
"""


def skeleton() -> str:
    """The text of a term sheet to fill in.

    >>> print("\\n".join(skeleton().splitlines()[22:30]))
    # --- principal: Dates, size, currency and denomination of the Notes; the calendars and the rounding of payments
    [principal]
    # From which date does interest accrue?
    #   a date; required (PRN-1)
    # FILL IN: issue_date = 2025-03-01
    # On which date is principal repaid?
    #   a date; required (PRN-1)
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
    yield from _comment(QUESTIONS.get(place) or says[0].upper() + says[1:])  # a provision of a user's own has no question
    required = each.default is dataclasses.MISSING
    fill = (required and part in REQUIRED) or place in ("conversion.price", "interest.rate")
    if required or each.default is None:
        value, default = EXAMPLES.get(place, "…"), "required" if required or fill else "optional"
    else:
        value, default = kind.written(kind(each.default)), "default shown"
    yield from _comment(f"  {kind.words}; {default} ({rule})")
    yield f"{FILL if fill else '# '}{key_of(each)} = {value}"


def _comment(words: str) -> list[str]:
    indent = "# " + " " * (len(words) - len(words.lstrip()))
    return textwrap.wrap(words.strip(), _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
