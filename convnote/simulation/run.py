"""Run: `simulate`, its argument checks, and the combined results of all blocks."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.errors import MarketError, TermsError, as_given, must_be
from convnote.inputs import Number
from convnote.lifecycle import State
from convnote.lifecycle.amending import terms_in_force
from convnote.market.model_base import MarketModel
from convnote.market.model_walks import OWN, kind_of
from convnote.note import ConvertibleNote
from convnote.policies import chosen
from convnote.policies.policy import Decides
from convnote.simulation import observing
from convnote.simulation.job import Job, plan_of, results, with_bar
from convnote.simulation.outcomes import Outcomes
from convnote.simulation.statistics import Statistics

KEEP = ("paths", "summary")


def simulate(
    note: ConvertibleNote,
    model: MarketModel,
    *,
    paths: int = 100_000,
    seed: int = 7,
    principal: Number | None = None,
    policy: Decides | None = None,
    state: State | None = None,
    executor: Executor | None = None,
    keep: str = "paths",
    progress: bool = False,
) -> Outcomes:
    """What `note` does on many paths drawn from `model`, under `policy` (None: the default policy).

    Amounts are on `principal` (None: one denomination); values are on the day of the model. The note starts at issue or continues
    from `state`, the end of a replay up to the model's day. `keep="summary"` keeps sums instead of paths. `executor` is any
    `concurrent.futures.Executor`; the result is the same bit for bit with any of them. `progress` shows a bar.

    A policy of your own, any object with `decide(note, state, on, observations)` and `respond(note, state, event, observations)`,
    is slow: every path is replayed exactly, twice, each taking some tenths of a second for ten years. It must keep nothing from
    one day or path to the next. Under a total default (`default_jump` 1) it is not asked about the default. It sees the closes a
    `cn.Policy` with the same decisions sees, except where the hazard depends on the price, a put is asked for or used at once, or
    Notes may be put after low closes once conversion is withdrawn.

    Two kinds of note are simulated in the same slow exact way under any policy: one to which a change before `state` may still
    bring additional shares or a lower price (MWT-1, CHG-1), and one that may be called on a condition once it no longer converts,
    without regard to its conversion value (SFT-1).

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05, hazard_rate=0.03, recovery=0.4)
    >>> outcomes = cn.simulate(note, model, paths=1000, seed=1)
    >>> len(outcomes.present_value)
    1000

    Raises `TermsError` or `MarketError` naming the field and the value for anything that cannot be simulated.
    """
    job = _checked(note, model, paths, seed, principal, policy, state, keep, executor, progress)
    plan = plan_of(job)  # any fault of the note, the policy or the model shows here, before any work is done
    blocks = results(job, executor)
    if progress:
        blocks = with_bar(blocks, job.blocks)
    statistics, settled = Statistics.empty(plan), []
    for each, kept in blocks:
        statistics.add(each)
        if kept is not None:
            settled.append(kept)
    return Outcomes(job, plan, statistics, settled)


#: More would run for days and is surely a typing error.
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
    must_be(progress, bool, "simulate progress", "expected True or False")
    if not isinstance(note, ConvertibleNote):
        faults.append(TermsError("expected a ConvertibleNote (see cn.load)", field="simulate note", value=repr(note)))
    for name, value, least in (("paths", paths, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            faults.append(TermsError(f"expected a whole number of {least} or more", field=f"simulate {name}", value=repr(value)))
    if not faults and paths > MOST_PATHS:
        faults.append(TermsError(f"at most {MOST_PATHS:,} paths", field="simulate paths", value=paths))
    if state is not None and not isinstance(state, State):
        faults.append(TermsError("expected the state of a ledger", field="simulate state", value=repr(state)))
    if executor is not None and not callable(getattr(executor, "submit", None)):
        reason = "expected a concurrent.futures.Executor, such as distributed.Client(…).get_executor()"
        faults.append(TermsError(reason, field="simulate executor", value=repr(executor)))
    if not isinstance(keep, str) or keep not in KEEP:
        faults.append(TermsError(f"allowed: {', '.join(KEEP)}", field="simulate keep", value=repr(keep)))
    if isinstance(note, ConvertibleNote) and principal is not None and not _can_be_held(note, principal, state):
        reason = f"expected a positive multiple of {note.denomination if state is None else note.principal.smallest}"
        faults.append(TermsError(reason, field="simulate principal", rule="ID-4", value=principal))
    if faults:
        raise TermsError.of(faults)
    if not isinstance(model, MarketModel):
        reason = "expected a market model: cn.Lognormal, cn.CrossCurrency, cn.Bootstrap or a MarketModel of your own with walk()"
        raise MarketError(reason, field="simulate model", value=as_given(model))
    if kind_of(model) == OWN and model.hazard_exponent:
        reason = "a hazard that depends on the share price is not simulated under a walk of your own; a hazard_rate alone is"
        raise MarketError(reason, field=f"{type(model).__name__}.hazard_exponent", value=model.hazard_exponent)
    if model.dividends:
        reason = "cash dividends are not simulated; cn.price carries them, and dividend_yield is simulated"
        rule = note.adjustment.dividend_rule if note.adjustment is not None else None
        raise MarketError(reason, field=f"{type(model).__name__}.dividends", value=f"{len(model.dividends)} dividends", rule=rule)
    amount = float(note.denomination if principal is None else fraction(principal))
    terms = observing.as_chosen(terms_in_force(note, state, "simulate"), state)
    return Job(terms, model, chosen(policy), state, amount, int(paths), int(seed), keep)


def _can_be_held(note: ConvertibleNote, principal: Number, state: State | None) -> bool:
    """Whether a holder can have the principal: whole denominations at issue, later multiples of the smallest Note (PIK-1c)."""
    if not note.principal.is_multiple(principal):
        return False
    return state is not None or fraction(principal) % fraction(note.denomination) == 0
