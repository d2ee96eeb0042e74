"""The settings that differ between two sets of terms of one note, each with the judge of a change to it (AMD-1…AMD-3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convnote.provisions.changes import Judge, Verdict, depends, neutral
from convnote.provisions.registry import PROVISIONS

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

#: Words in a note's identity that state its ranking (SUB-1): the library cannot judge new ones, so each holder must agree.
_RANKING = ("rank", "ranks_equally_with")
_RANK = depends("how the new words rank the Notes", "subordination against holders")


def compared(now: NoteTerms, proposed: NoteTerms) -> Iterator[tuple[str, Any, Any, Judge]]:
    """Every setting of either note, its values in both (None: not set), and the judge of a change to it."""
    for key in {**now.identity, **proposed.identity}:
        yield f"identity.{key}", now.identity.get(key), proposed.identity.get(key), _RANK if key in _RANKING else neutral
    own = {name: type(part) for note in (now, proposed) for name, part in note.extras.items()}
    for name, kind in {**PROVISIONS, **own}.items():
        before, after = getattr(now, name, None), getattr(proposed, name, None)
        # Adding or removing a provision is one change: each of its settings needs the consent that the whole needs.
        whole = None if (before is None) is (after is None) else kind.presence(before is not None, after is not None)
        for setting, old, new, judge in kind.compared(before, after):
            yield f"{name}.{setting}", old, new, judge if whole is None else _always(whole)
    yield "principal.certificates", now.principal.certificates, proposed.principal.certificates, neutral


def _always(verdict: Verdict) -> Judge:
    return lambda old, new: verdict
