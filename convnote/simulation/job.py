"""Job: what blocks of paths need, and the blocks run in order, here or on any executor.

The result depends only on the seed and the number of paths: each block draws from its own seed, and the results of blocks
are combined in block order. A lost worker costs time; a failing block raises its own error.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

import numpy as np

from convnote.lifecycle import State
from convnote.market.model_base import MarketModel
from convnote.market.model_walks import OWN, kind_of
from convnote.note import ConvertibleNote
from convnote.policies.policy import Decides, is_settled
from convnote.simulation.exact_paths import ExactSearch, RetracedSearch, settle_exactly
from convnote.simulation.paths import BLOCK, OWN_BLOCK, Draws
from convnote.simulation.plan import Plan
from convnote.simulation.search import Search
from convnote.simulation.settlement import Settled, settle
from convnote.simulation.statistics import Statistics
from convnote.simulation.walk_models import walk_of
from convnote.simulation.walks import give_back
from convnote.simulation.watchlist import Found


@dataclass(frozen=True)
class Job:
    """Everything a block needs; it can be sent to another process."""

    note: ConvertibleNote
    model: MarketModel
    policy: Decides
    state: State | None
    principal: float
    paths: int
    seed: int
    keep: str
    #: distinguishes this job from every other: equal objects supplied by the user may have changed since
    token: str = field(default_factory=lambda: uuid4().hex, compare=False)

    @cached_property
    def block(self) -> int:
        """The number of paths of a block: few where a user's model draws all days at once."""
        return OWN_BLOCK if kind_of(self.model) == OWN else BLOCK

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return -(-self.paths // self.block)

    def size(self, block: int) -> int:
        """The number of paths of a block."""
        return min(self.block, self.paths - block * self.block)

    @property
    def is_of_the_library(self) -> bool:
        """True if model, policy and answers are the library's: equal ones then have equal tables."""
        if not is_settled(self.policy):
            return False
        parts = (self.model, self.policy, *vars(self.policy).values())
        return all(type(part).__module__.partition(".")[0] in ("convnote", "builtins", "decimal", "fractions") for part in parts)

    def plan(self) -> Plan:
        """The day tables and the watchlist of this job."""
        return Plan.of(self.note, self.policy, self.model, self.state, self.principal)

    def settle(self, plan: Plan, block: int, found: Found) -> Settled:
        """The outcome of each path of a block, from what the search found."""
        return settle(plan, found) if plan.is_settled else settle_exactly(self, plan, block, found)

    def search(self, plan: Plan, block: int, left: np.ndarray | None = None) -> Search:
        """The search for one block, not yet run."""
        size = self.size(block)
        walk = walk_of(plan.grid, Draws.of(plan.grid, self.seed, block, size), size, plan.prior, plan.watchlist.reach)
        if plan.is_settled:
            return Search(walk, plan.watchlist)
        return ExactSearch(walk, plan) if left is None else RetracedSearch(walk, plan, left)


#: Tables of the last job this process worked on: the blocks of one job run one after another.
_last: list[tuple[Job, Plan]] = []


def plan_of(job: Job) -> Plan:
    """The tables of a job, built once per process for all its blocks."""
    for known, plan in _last:
        if known.token == job.token or (job.is_of_the_library and known == job):
            return plan
    plan = job.plan()
    _last[:] = [(job, plan)]
    return plan


def run_block(job: Job, block: int) -> tuple[Statistics, Settled | None]:
    """One block: its sums for the summary and, where paths are kept, the outcome of each."""
    plan = plan_of(job)
    settled = job.settle(plan, block, job.search(plan, block).run())
    return Statistics.of(plan, settled), settled if job.keep == "paths" else None


# --- where the blocks run


def results(job: Job, executor: Executor | None) -> Iterator[tuple[Statistics, Settled | None]]:
    """The results of all blocks, in order."""
    if executor is None:
        try:
            yield from (run_block(job, block) for block in range(job.blocks))
        finally:
            give_back()
    else:
        yield from _spread(job, executor)


def _spread(job: Job, executor: Executor) -> Iterator[tuple[Statistics, Settled | None]]:
    """Blocks on an executor: slightly more are submitted than can run at once, and results are yielded in order."""
    ahead = 4 * (getattr(executor, "_max_workers", None) or 16)
    pending: dict[int, Future[tuple[Statistics, Settled | None]]] = {}
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


def with_bar(results: Iterable[Any], blocks: int) -> Iterator[Any]:
    from tqdm.auto import tqdm

    yield from tqdm(results, total=blocks, unit="block", desc="simulate")
