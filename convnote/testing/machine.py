"""Random lives in lock-step through our engine and another, as a report or a Hypothesis state machine.

`check_engine` runs anywhere; `state_machine` makes a class that pytest collects. Both stop at the first difference and shrink it.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, given, reporting, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from convnote.calendars import LAST_YEAR, day_number, to_date
from convnote.errors import TermsError
from convnote.inputs import MaybeNone
from convnote.lifecycle import events as ev
from convnote.lifecycle.agenda import acting_day
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.testing import stories
from convnote.testing.differences import Difference
from convnote.testing.edges import Edge, bundled
from convnote.testing.engine import Lockstep, Maker, Step, steps_of
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import first_of, seeded
from convnote.testing.strategies import lives, near, picker

#: calendars end here, long after every note that is drawn
_LAST_DAY = int(day_number(f"{LAST_YEAR}-12-31"))

#: Days after the last event within which every conversion is settled.
SETTLED_WITHIN = 500

_QUIET = {
    "database": None,
    "derandomize": False,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "verbosity": Verbosity.quiet,
}


@dataclass
class Report:
    """The result of a check: `difference` is None, or the smallest life found in which the two engines differ."""

    examples: int = 0
    seconds: float = 0.0
    #: examples and seconds until the difference was first found; the rest was spent on shrinking it
    found_after: tuple[int, float] | None = None
    difference: Difference | MaybeNone = None
    #: number of lives that reached each status, had an event of each kind, and had an event refused by each rule
    statuses: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def ok(self) -> bool:
        """True if no difference was found."""
        return self.difference is None

    def __str__(self) -> str:
        rate = f"{self.examples} lives in {self.seconds:.1f} s"
        if self.difference is None:
            reached = ", ".join(f"{name} {count}" for name, count in self.statuses.most_common())
            return f"no difference in {rate}; ends: {reached}"
        assert self.found_after is not None
        return f"a difference, found after {self.found_after[0]} lives in {self.found_after[1]:.1f} s\n{self.difference}"


class _Parted(AssertionError):
    """Two engines differ."""


#: A note, its market and its recorded events.
Life = tuple[ConvertibleNote, SpelledHistory, list[ev.Event]]


def check_engine(
    engine: Maker,
    *,
    note: ConvertibleNote | None = None,
    notes: st.SearchStrategy[ConvertibleNote] | None = None,
    kinds: Sequence[type[ev.Event]] | None = None,
    examples: int = 1000,
    seconds: float = 60.0,
    seed: int = 0,
    shrink: bool = True,
) -> Report:
    """Compare an engine with ours over random lives, with or without pytest: the smallest difference, or how much was tried.

    `engine(note, history)` makes an `Engine`; a class works. The lives are of `note` (None: the bundled one) or of the `notes`
    that a strategy draws, with events of the `kinds` that the engine supports (None: all). A note's boundaries among the
    kit's come first (the bundled note has most), then lives drawn by Hypothesis. It stops after `examples` lives or
    `seconds`; a difference found is then shrunk to the smallest life in which the same figure differs (`shrink=False`: not
    shrunk).

    >>> from convnote.testing.engine import Ours
    >>> check_engine(Ours, examples=5).ok
    True

    Raises `TermsError` if both `note` and `notes` are given, for an engine without `advance` and for kinds that are not events.
    """
    if note is not None and notes is not None:
        raise TermsError("expected either a note or a strategy of notes", field="check_engine notes")
    _must_run(engine, examples)
    terms = notes if notes is not None else st.just(bundled() if note is None else note)
    report, started = Report(), time.perf_counter()
    wanted = _kinds(kinds)

    smallest: list[Life] = []

    def tried(life: Life) -> Difference | None:
        report.examples += 1
        difference = live(engine, *life, report=report if report.difference is None else None)
        if difference is not None and (report.difference is None or _figure(difference) == _figure(report.difference)):
            report.difference, smallest[:] = difference, [life]
            if report.found_after is None:
                report.found_after = report.examples, time.perf_counter() - started
        return difference

    if notes is None:
        for life in boundary_lives(bundled() if note is None else note, wanted, seed):
            if report.examples >= examples or time.perf_counter() - started > seconds:
                break
            if tried(life):
                break
    examples -= report.examples

    def over() -> bool:
        return report.difference is None and time.perf_counter() - started > seconds

    if report.difference is None and examples > 0:
        _try_drawn(lives(terms, wanted), tried, over, examples=examples, seed=seed, shrink=shrink)
    if report.difference is not None and shrink:
        _smallest(tried, smallest[0], report.difference)
    report.seconds = time.perf_counter() - started
    return report


def _must_run(engine: Maker, examples: int) -> None:
    if not callable(engine):
        raise TermsError("expected a class or a function of (note, history)", field="check_engine engine", value=repr(engine))
    if isinstance(examples, bool) or not isinstance(examples, int) or examples < 1:
        raise TermsError("expected a whole number of 1 or more", field="check_engine examples", value=repr(examples))


def _try_drawn(
    drawn: st.SearchStrategy[Life],
    tried: Callable[[Life], Difference | None],
    over: Callable[[], bool],
    *,
    examples: int,
    seed: int,
    shrink: bool,
) -> None:
    """Try lives drawn by Hypothesis until the engines differ or the time is `over`."""

    # The same Hypothesis seed gives the same lives, regardless of earlier runs.
    @hypothesis.seed(seed)
    @settings(max_examples=examples, phases=[Phase.generate, Phase.shrink][: 1 + shrink], **_QUIET)  # type: ignore[arg-type]
    @given(drawn)
    def run(life: Life) -> None:
        if over():
            return
        if (difference := tried(life)) is not None:
            raise _Parted(str(difference))

    try:
        with reporting.with_reporter(lambda _: None):
            run()
    except (_Parted, Flaky):
        pass


def _kinds(kinds: Sequence[type[ev.Event]] | None) -> tuple[type[ev.Event], ...] | None:
    for kind in kinds or ():
        if kind not in ev.RECORDED.values():
            allowed = ", ".join(f"cn.{name}" for name in ev.RECORDED)
            raise TermsError(
                f"expected kinds of event, of: {allowed}", field="kinds", value=getattr(kind, "__name__", repr(kind))
            )
    return None if kinds is None else tuple(kinds)


def boundary_lives(note: ConvertibleNote, kinds: tuple[type[ev.Event], ...] | None, seed: int) -> Iterator[Life]:
    """A life on each side of every boundary and turn of this note among the kit's, within `kinds`; simplest first."""
    edges, turns = near(note, kinds)
    for pick in (first_of, seeded(seed)):
        for made in (*(make(pick) for make in edges), *(make(pick) for make in turns)):
            lives = _both_sides(made)
            yield from (life for life in lives if life[0] == note)  # a boundary may also draw its terms


def _both_sides(made: Any) -> list[Life]:
    if isinstance(made, Edge):
        return [(made.note, made.history, events) for events in (made.inside, made.outside)]
    return [(side.note, side.history, list(side.events)) for side in (made.one, made.other)]


def smaller(life: Life) -> Iterator[Life]:
    """Each life that is one step smaller: one event fewer, one spell of closes fewer, or a principal of one denomination."""
    note, history, events = life
    for place in reversed(range(len(events))):
        yield note, history, events[:place] + events[place + 1 :]
    for place in reversed(range(1, len(history.steps))):
        yield note, SpelledHistory(note, history.steps[:place] + history.steps[place + 1 :]), events
    for place, event in enumerate(events):
        principal = getattr(event, "principal", None)
        if principal is not None and principal > note.denomination:
            least = dataclasses.replace(event, principal=note.denomination)  # type: ignore[call-arg]
            yield note, history, [*events[:place], least, *events[place + 1 :]]


def _smallest(tried: Callable[[Life], Difference | None], life: Life, found: Difference) -> None:
    """Shrink the life while the same figure differs; the report has the last life tried that differs."""
    same, going_on = _figure(found), True
    while going_on:
        going_on = False
        for candidate in smaller(life):
            difference = tried(candidate)
            if difference is not None and _figure(difference) == same:
                life, going_on = candidate, True
                break


def _figure(difference: Difference) -> str:
    """The name of the differing figure, without its day."""
    return difference.what.replace(str(difference.on), "")


def live(
    engine: Maker, note: ConvertibleNote, history: MarketHistory, events: Sequence[ev.Event], report: Report | None = None
) -> Difference | MaybeNone:
    """One life in lock-step, to maturity and to the last event after it: the first difference, or None.

    >>> import convnote as cn
    >>> from convnote.testing.engine import Batch
    >>> note = cn.load("amazon-peacs-2010")
    >>> never_pays = Batch.of(lambda note, history, events, until: [])
    >>> live(never_pays, note, SpelledHistory(note, [("1999-11-01", 100)]), []).what
    'cash of 2001-02-16'
    """
    both = Lockstep(note, history, engine)
    steps = steps_of(note, (event for event in events if event.day >= note.principal.issue_day))
    if not steps or steps[-1].until < note.maturity_date:
        steps.append(Step(note.maturity_date, ()))
    elif all(step.until != note.maturity_date for step in steps):
        steps = sorted([*steps, Step(note.maturity_date, ())])
    difference = None
    for step in steps:
        difference = both.step(step)
        if report is not None:
            report.statuses[str(both.ours.state.status)] += 1
        if difference is not None:
            break
    if difference is None and both.ours.state.settlements:  # conversions that are settled after maturity (STL-1)
        difference = both.step(Step(to_date(both.ours.walk.day + SETTLED_WITHIN), ()))
    if report is not None:
        report.kinds.update({type(event).__name__ for event in both.events})
        report.refusals.update(set(both.refusals))
    return difference


class _Machine(RuleBasedStateMachine):
    """Time moves forward; events are only proposed for later days."""

    maker: ClassVar[staticmethod[[ConvertibleNote, MarketHistory], Any]]
    notes: ClassVar[st.SearchStrategy[ConvertibleNote] | None]
    kinds: ClassVar[tuple[type[ev.Event], ...] | None]
    both: Lockstep | None = None
    pending: list[ev.Event]

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Draw a note and a market."""
        note = bundled() if self.notes is None else data.draw(self.notes, label="note")
        self.pick = picker(data.draw)  # type: ignore[arg-type]
        self.history = stories.market(note, self.pick)
        self.both = Lockstep(note, self.history, self.maker)
        self.pending = []
        self.day = note.principal.issue_day - 1

    @precondition(lambda self: self.both is not None)
    @rule(days=st.sampled_from([1, 30, 366, 2000]))
    def wait(self, days: int) -> None:
        """Move time forward and apply the events due."""
        assert self.both is not None
        until = min(self.day + days, _LAST_DAY)
        if until > self.day:
            self._happen(until)

    @precondition(lambda self: self.both is not None)
    @rule(data=st.data())
    def tell(self, data: st.DataObject) -> None:
        """Propose a sequence of events on later days."""
        assert self.both is not None
        self.pick = picker(data.draw)  # type: ignore[arg-type]
        told = stories.life(self.both.note, self.history, self.pick, self.kinds)
        self.pending += [event for event in told if acting_day(self.both.note, event) > self.day]

    def _happen(self, until: int) -> None:
        __tracebackhide__ = True  # pytest then shows the difference, not this search
        assert self.both is not None
        note = self.both.note
        due = [event for event in self.pending if acting_day(note, event) <= until]
        self.pending = [event for event in self.pending if acting_day(note, event) > until]
        steps = steps_of(note, due)
        last = to_date(until)
        if not steps or steps[-1].until < last:
            steps.append(Step(last, ()))
        for step in steps:
            difference = self.both.step(step)
            if difference is not None:
                self.both = None  # steps after the first difference have no meaning
                raise AssertionError(f"\n{difference}")
        self.day = until

    def teardown(self) -> None:
        """Play the rest of the life, to a year after maturity."""
        if self.both is not None:
            last = self.both.note.principal.maturity_day + timedelta(days=366).days
            if last > self.day:
                self._happen(last)


def state_machine(
    engine: Maker,
    *,
    notes: st.SearchStrategy[ConvertibleNote] | None = None,
    kinds: Sequence[type[ev.Event]] | None = None,
) -> type[RuleBasedStateMachine]:
    """A Hypothesis state machine that gives one life's events to both engines; pytest collects `state_machine(Mine).TestCase`.

    >>> from convnote.testing.engine import Ours
    >>> issubclass(state_machine(Ours), RuleBasedStateMachine)
    True
    """
    members = {"maker": staticmethod(engine), "notes": notes, "kinds": _kinds(kinds), "__module__": __name__}
    name = f"{getattr(engine, '__name__', 'Engine')}InLockstep"
    machine: type[RuleBasedStateMachine] = type(name, (_Machine,), members)
    # The explain phase takes ten times as long as shrinking and adds nothing, because a life is reported as its events.
    machine.TestCase.settings = settings(machine.TestCase.settings, phases=set(Phase) - {Phase.explain})
    return machine
