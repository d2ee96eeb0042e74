"""A strategy for notes with rights that depend on low closes: puts, and revisions of the conversion price."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from hypothesis import strategies as st

from convnote.note import ConvertibleNote
from convnote.provisions import ConditionalPut, Revision
from convnote.testing.terms import Chooser, usual_notes


@st.composite
def notes_after_low_closes(draw: st.DrawFn) -> ConvertibleNote:
    """Notes that holders may put after low closes, some with a price that the Company may then lower (CPT-1, DWN-1).

    >>> from hypothesis import find
    >>> find(notes_after_low_closes(), lambda note: note.revision is not None).conditional_put.once_a_year
    True
    """
    return after_low_closes(draw(usual_notes()), Chooser(draw))


def after_low_closes(note: ConvertibleNote, one: Chooser) -> ConvertibleNote:
    """The note with a put after low closes, and for some a revision (CPT-1, DWN-1)."""
    days, period = one.draw(st.sampled_from(((1, 1), (5, 5), (3, 10), (30, 30))))
    low = {"days": days, "period": period, "of": "in-force", "strict": one.draw(st.booleans()), "below": True, "ends": "notice"}
    put = ConditionalPut(
        from_date=one.draw(st.sampled_from((None, note.issue_date + timedelta(days=400)))),
        once_a_year=one.draw(st.sampled_from((True, False))),
        used_up_by=one.draw(st.sampled_from(("holder", "anyone"))),
        price=one.draw(st.sampled_from((1, "1.03"))),  # type: ignore[arg-type]
        accrued=one.draw(st.sampled_from(("clean", "dirty"))),
        pays_after=one.draw(st.sampled_from((5, 0, 30))),
        condition={**low, "multiple": one.draw(st.sampled_from(("0.9", "1.1", "0.7")))},  # type: ignore[arg-type]
    )
    if one.draw(st.booleans()):
        return dataclasses.replace(note, conditional_put=put)
    floor = one.draw(st.sampled_from(("higher of 20 and 1", "lower of 5 and 2", "average of 1", "0.01")))
    condition = {**low, "multiple": one.draw(st.sampled_from(("0.95", "1.2")))}
    return dataclasses.replace(note, conditional_put=put, revision=Revision(condition=condition, floor=floor))  # type: ignore[arg-type]
