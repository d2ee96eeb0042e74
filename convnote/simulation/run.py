"""Run: blocks of paths, in order, here or on any executor; a lost worker costs time, a failing block raises its own error.

The result depends on the seed and the number of paths alone: each block draws from a seed of its own, and what blocks give is put
together in the order of the blocks.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.errors import MarketError, TermsError, must_be
from convnote.inputs import Number
from convnote.lifecycle import State
from convnote.lifecycle.amending import terms_in_force
from convnote.market.model_base import MarketModel
from convnote.note import ConvertibleNote
from convnote.policies import Policy, chosen
from convnote.simulation.outcomes import Outcomes
from convnote.simulation.paths import BLOCK, Draws
from convnote.simulation.plan import Course
from convnote.simulation.search import Search
from convnote.simulation.settlement import Lives, fold
from convnote.simulation.statistics import Tally
from convnote.simulation.walk_models import walk_of
from convnote.simulation.walks import give_back

KEEP = ("paths", "summary")


@dataclass(frozen=True)
class Job:
    """Everything a block needs: it can be sent to another process."""

    note: ConvertibleNote
    model: MarketModel
    policy: Policy
    state: State | None
    principal: float
    paths: int
    seed: int
    keep: str

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return -(-self.paths // BLOCK)

    def size(self, block: int) -> int:
        """The number of paths of a block."""
        return min(BLOCK, self.paths - block * BLOCK)

    def course(self) -> Course:
        """The tables of this job."""
        return Course.of(self.note, self.policy, self.model, self.state, self.principal)

    def search(self, course: Course, block: int) -> Search:
        """The look-out over one block, not begun."""
        size = self.size(block)
        walk = walk_of(course.grid, Draws.of(course.grid, self.seed, block, size), size, course.prior, course.plan.reach)
        return Search(walk, course.plan)


#: The tables of the last job that this process worked on: blocks of one job come one after another.
_last: list[tuple[Job, Course]] = []


def course_of(job: Job) -> Course:
    """The tables of a job, made once for all its blocks in a process."""
    for known, course in _last:
        if known is job or known == job:
            return course
    course = job.course()
    _last[:] = [(job, course)]
    return course


def run_block(job: Job, block: int) -> tuple[Tally, Lives | None]:
    """One block: its sums for the summary and, where paths are kept, what became of each."""
    course = course_of(job)
    lives = fold(course, job.search(course, block).run())
    return Tally.of(course, lives), lives if job.keep == "paths" else None


def simulate(
    note: ConvertibleNote,
    model: MarketModel,
    *,
    paths: int = 100_000,
    seed: int = 7,
    principal: Number | None = None,
    policy: Policy | None = None,
    state: State | None = None,
    executor: Executor | None = None,
    keep: str = "paths",
    progress: bool = False,
) -> Outcomes:
    """What `note` does on many paths drawn from `model`, under `policy` (None: the default one).

    Money is on `principal` (None: one denomination), values are on the day of the model. The note starts at issue, or goes on
    from `state`, the end of a replay until the model's day. `keep="summary"` keeps sums instead of paths. `executor` is any
    `concurrent.futures.Executor`; the result has the same bits for any of them. `progress` shows a bar.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05, hazard_rate=0.03, recovery=0.4)
    >>> outcomes = cn.simulate(note, model, paths=1000, seed=1)
    >>> len(outcomes.present_value)
    1000

    Raises `TermsError` or `MarketError` naming the field and the value for anything that cannot be simulated.
    """
    job = _checked(note, model, paths, seed, principal, policy, state, keep, executor, progress)
    course = course_of(job)  # what is wrong with the note, the policy or the model is found here, before any work
    results = _results(job, executor)
    if progress:
        results = _with_bar(results, job.blocks)
    tally, lives = Tally.empty(course), []
    for each, kept in results:
        tally.add(each)
        if kept is not None:
            lives.append(kept)
    return Outcomes(job, course, tally, lives)


#: More would run for days: a slip of the keyboard.
MOST_PATHS = 10**10


def _checked(
    note: Any,
    model: Any,
    paths: Any,
    seed: Any,
    principal: Number | None,
    policy: Any,
    state: Any,
    keep: Any,
    executor: Any,
    progress: Any,
) -> Job:
    faults: list[TermsError] = []
    must_be(progress, bool, "simulate progress", "True or False is needed")
    if not isinstance(note, ConvertibleNote):
        faults.append(TermsError("a ConvertibleNote is needed (see cn.load)", field="simulate note", value=repr(note)))
    for name, value, least in (("paths", paths, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            faults.append(TermsError(f"a whole number of {least} or more is needed", field=f"simulate {name}", value=repr(value)))
    if not faults and paths > MOST_PATHS:
        faults.append(TermsError(f"at most {MOST_PATHS:,} paths", field="simulate paths", value=paths))
    if state is not None and not isinstance(state, State):
        faults.append(TermsError("the state of a ledger is needed", field="simulate state", value=repr(state)))
    if executor is not None and not callable(getattr(executor, "submit", None)):
        reason = "a concurrent.futures.Executor is needed, such as distributed.Client(…).get_executor()"
        faults.append(TermsError(reason, field="simulate executor", value=repr(executor)))
    if not isinstance(keep, str) or keep not in KEEP:
        faults.append(TermsError(f"allowed: {', '.join(KEEP)}", field="simulate keep", value=repr(keep)))
    if isinstance(note, ConvertibleNote) and principal is not None and not note.principal.is_multiple(principal):
        reason = f"a positive multiple of {note.denomination} is needed"
        faults.append(TermsError(reason, field="simulate principal", rule="ID-4", value=principal))
    if faults:
        raise TermsError.of(faults)
    if not isinstance(model, MarketModel):
        raise MarketError("a market model is needed (see cn.Lognormal)", field="simulate model", value=repr(model))
    if model.dividends:
        reason = "cash dividends are not simulated; cn.price carries them, and dividend_yield is simulated"
        raise MarketError(reason, field=f"{type(model).__name__}.dividends", value=f"{len(model.dividends)} dividends")
    amount = float(note.denomination if principal is None else fraction(principal))
    return Job(terms_in_force(note, state, "simulate"), model, chosen(policy), state, amount, int(paths), int(seed), keep)


# --- where the blocks are worked on


def _results(job: Job, executor: Executor | None) -> Iterator[tuple[Tally, Lives | None]]:
    """The results of all blocks, in order."""
    if executor is None:
        try:
            yield from (run_block(job, block) for block in range(job.blocks))
        finally:
            give_back()
    else:
        yield from _spread(job, executor)


def _spread(job: Job, executor: Executor) -> Iterator[tuple[Tally, Lives | None]]:
    """Blocks on an executor: a few more are submitted than can run, and each is handed on when its turn comes."""
    ahead = 4 * (getattr(executor, "_max_workers", None) or 16)
    pending: dict[int, Future[tuple[Tally, Lives | None]]] = {}
    submitted, broken = 0, False
    try:
        for block in range(job.blocks):
            while not broken and submitted < min(job.blocks, block + ahead):
                try:
                    pending[submitted] = executor.submit(run_block, job, submitted)
                except (BrokenExecutor, RuntimeError) as fault:
                    broken = _lost(fault, submitted)
                    break
                submitted += 1
            future = pending.pop(block, None)
            if future is not None:
                try:
                    yield future.result()
                    continue
                except BrokenExecutor as fault:
                    broken = broken or _lost(fault, block)
            yield run_block(job, block)
    finally:
        for future in pending.values():
            future.cancel()
        if pending:
            wait([future for future in pending.values() if not future.cancelled()], timeout=0, return_when=FIRST_COMPLETED)


def _lost(fault: BaseException, block: int) -> bool:
    if not isinstance(fault, BrokenExecutor):
        raise fault
    warnings.warn(
        f"the executor broke ({fault}); from block {block} on the missing blocks are computed here", RuntimeWarning, stacklevel=4
    )
    return True


def _with_bar(results: Iterable[Any], blocks: int) -> Iterator[Any]:
    from tqdm.auto import tqdm

    yield from tqdm(results, total=blocks, unit="block", desc="simulate")
