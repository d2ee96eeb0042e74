"""What a note may declare as not modelled (NMD-1), and what it may hold in addition to the library's provisions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from convnote.errors import TermsError, did_you_mean
from convnote.provisions.provision import Provision
from convnote.provisions.registry import BUILT_IN, PROVISIONS

#: A rule id or its family; unknown ids are accepted, since the omitted rule may be one the library lacks.
_RULE = re.compile(r"[A-Z]{2,3}(-[1-9][0-9]?c?)?", re.ASCII)


def _settings() -> frozenset[str]:
    """Every setting of every provision, by the place named in errors."""
    return frozenset(part.place(each.name) for part in PROVISIONS.values() for each in part.settings())


def omission_faults(table: Any) -> Iterator[TermsError]:
    """Faults in a `not_modelled` table (NMD-1)."""
    if not isinstance(table, Mapping):
        reason = 'expected a table of words, such as { SFT-1 = "callable only above 140%" }'
        yield TermsError(reason, field="not_modelled", rule="NMD-1", value=type(table).__name__)
        return
    for key, words in table.items():
        if not isinstance(key, str) or not (_RULE.fullmatch(key) or key in _settings()):
            nearest = did_you_mean(key, sorted(_settings())) if isinstance(key, str) and "." in key else ""
            reason = f'expected a rule id (SFT-1), its family (SFT) or a setting ("conversion.called_until"){nearest}'
            yield TermsError(reason, field="not_modelled", rule="NMD-1", value=repr(key))
        elif not isinstance(words, str) or not words.strip():
            yield TermsError("expected text", field=f"not_modelled.{key}", rule="NMD-1", value=repr(words))


def extra_faults(extras: Any) -> Iterator[TermsError]:
    """Faults in a note's own provisions."""
    if not isinstance(extras, Mapping):
        yield TermsError("expected own provisions by their section", field="extras", value=type(extras).__name__)
        return
    for name, part in extras.items():
        if not isinstance(part, Provision):
            yield TermsError("expected a Provision", field=f"extras.{name}", value=type(part).__name__)
        elif name in BUILT_IN or part.section != name:
            reason = f'expected a provision whose section is "{name}"'
            yield TermsError(reason, field=f"extras.{name}", value=type(part).__name__)
