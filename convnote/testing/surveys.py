"""Surveys: every reference case run on an engine, with the results by rule.

Unlike `check_engine`, which stops at the first difference, a survey runs every case: it shows how far an engine agrees,
not why it differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from convnote.calendars import day_number, to_date
from convnote.errors import LifecycleError, TermsError, must_be
from convnote.provisions import RULES
from convnote.testing.cases import Case, event_of, history_of, lived, note_of, unanswered_cases
from convnote.testing.differences import Difference
from convnote.testing.engine import Lockstep, Maker, Step, steps_of


@dataclass(frozen=True)
class Survey:
    """Reference cases by rule: those the engine answered as the library does, those it did not, and those not run.

    Each is a mapping from a rule id to the ids of its cases, in the order of the paper.
    """

    passed: Mapping[str, tuple[str, ...]]
    failed: Mapping[str, tuple[str, ...]]
    #: cases of forbidden events, run only on an engine with `judges = True`
    left_out: Mapping[str, tuple[str, ...]]
    #: the difference of each failed case
    differences: Mapping[str, Difference] = field(repr=False)

    @property
    def ok(self) -> bool:
        """True if no case failed."""
        return not self.failed

    def __str__(self) -> str:
        rules = [rule for rule in RULES if rule in self.passed or rule in self.failed or rule in self.left_out]
        lines = ["rule      passed  failed"]
        for rule in rules:
            failed = self.failed.get(rule, ())
            named = f"  {', '.join(failed[:3])}{' …' if len(failed) > 3 else ''}" if failed else ""
            lines.append(f"{rule:<8}  {len(self.passed.get(rule, ())):>6}  {len(failed):>6}{named}")
        total = [sum(map(len, group.values())) for group in (self.passed, self.failed, self.left_out)]
        left_out = f"; {total[2]} that the note forbids were left out (the engine has no judges = True)" if total[2] else ""
        return "\n".join([*lines, f"{total[0]} cases passed, {total[1]} failed{left_out}"])


def survey(engine: Maker, *, cases: Iterable[Case] | None = None) -> Survey:
    """Run the reference cases of lives on an engine and sort them, by rule, by whether it answers as the library does.

    `engine(note, history)` makes an `Engine`, as in `check_engine`. `cases` are reference cases (None: all that `convnote cases`
    writes; see `read_cases`); questions to a single provision are not run, because an engine answers lives. A life that the note
    forbids is run only on an engine with `judges = True`.

    Raises `TermsError` for an engine that cannot be called or has no method `advance`.

    >>> from convnote.testing import Ours
    >>> first = [case for case in unanswered_cases() if case["rule"] == "RST-2"]
    >>> found = survey(Ours, cases=first)
    >>> found.ok, list(found.passed)
    (True, ['RST-2'])
    """
    if not callable(engine):
        raise TermsError("expected a class or a function of (note, history)", field="survey engine", value=repr(engine))
    if cases is not None:
        must_be(cases, Iterable, "survey cases", "expected a list of reference cases (see read_cases)")
        cases = list(cases)
        for case in cases:
            must_be(case, dict, "survey cases", "expected a reference case (see read_cases)")
    groups: tuple[dict[str, list[str]], ...] = ({}, {}, {})
    differences: dict[str, Difference] = {}
    for case in unanswered_cases() if cases is None else cases:
        if case["kind"] != "life":
            continue
        note = note_of(case["terms"])
        both = Lockstep(note, history_of(note, case["market"]), engine)
        if not both.judges and isinstance(lived(case), LifecycleError):
            place = 2
        elif (difference := _lived_by(both, case)) is None:
            place = 0
        else:
            place, differences[case["id"]] = 1, difference
        groups[place].setdefault(case["rule"], []).append(case["id"])
    passed, failed, left_out = ({rule: tuple(names) for rule, names in group.items()} for group in groups)
    return Survey(passed, failed, left_out, differences)


def _lived_by(both: Lockstep, case: Case) -> Difference | None:
    """Run the life of a case in lock-step to its end: the first difference, or None."""
    note = both.note
    last = note.maturity_date if case["until"] is None else to_date(int(day_number(case["until"])))
    events = [event_of(event) for event in case["events"]]
    steps = [step for step in steps_of(note, events) if case["until"] is None or step.until <= last]
    if all(step.until != last for step in steps):
        steps = sorted([*steps, Step(last, ())])
    return next((found for found in map(both.step, steps) if found is not None), None)
