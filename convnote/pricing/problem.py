"""The problem solved by a sweep: contract, model and exercise behaviour on one time axis and one grid of share prices."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, exp, log
from typing import Any

import numpy as np

from convnote.market.model_base import MarketModel
from convnote.policies import AtEnd, Never, Policy
from convnote.pricing.answers import Answers
from convnote.pricing.contract import Contract, converts_until
from convnote.pricing.elected import Elected
from convnote.pricing.grids import NODES, nodes
from convnote.pricing.kernel import Coefficients
from convnote.pricing.resets import ResetAhead
from convnote.pricing.timeline import Segment, Timeline, breaks, clock, timeline
from convnote.pricing.withdrawal import Withdrawals

#: with a negative exponent the intensity is capped as S falls to 0, per year
HAZARD_CAP = 50.0
#: the default number of steps per year, where V is read from the grid of today, and with a table of shares for called Notes or
#: conversion that may be withdrawn today, as V falls at the trigger
STEPS, STEPS_TODAY, STEPS_MORE = 2.0, 8.0, 16.0
#: steps per year for each unit of hazard per year
STEPS_A_HAZARD = 4.0
#: steps over the segment that ends with today's value, if it is stepped
LAST_STEPS = 8
#: steps per year before a reset, if several are ahead: V has kinks at the floor and at the price in force
STEPS_TO_RESET = 24.0
#: steps between two closes: V has a kink at each, and one step would blur it by some percent of one day's value
DAILY_STEPS = 4


@dataclass(frozen=True)
class Options:
    """The resolution of a valuation, and when the parties may decide."""

    nodes: int = NODES
    #: TR-BDF2 steps a year; at least two between two events
    steps: float = STEPS
    #: "continuous", or "daily": at the closes of the note's trading days
    decisions: str = "continuous"
    #: credit risk of a call's cash payment under Tsiveriotis and Fernandes: "riskless", as in their paper, or "risky"
    called: str = "riskless"


@dataclass(frozen=True, eq=False)
class Problem:
    """A note, a model, the exercise behaviour and the options; conversion at `shares` per denomination from now on."""

    contract: Contract
    model: MarketModel
    shares: float
    policy: Policy | None
    options: Options
    #: rules left out at the user's request
    ignored: tuple[str, ...] = ()
    #: share prices that the grid must cover, in the note's currency
    spots: tuple[float, ...] = ()
    converts: bool = True
    #: pairs of ex-date and cash a share, in the note's currency
    dividends: tuple[tuple[int, float], ...] = ()
    protected: float | None = None
    #: pairs of reset date and floor
    resets: tuple[tuple[int, float], ...] = ()
    #: the resets ahead if they are several, or average closes: then V has a column for each conversion price
    windows: tuple[ResetAhead, ...] = ()
    #: whether called Notes get additional shares (MWT-1)
    adds_on_call: bool = False
    #: whether the Company may withdraw conversion, and the day up to which no condition is left to meet for that
    withdraws: bool = False
    free_to_withdraw_until: int | None = None
    #: grid of an earlier problem, kept when a parameter is bumped
    frozen: Any = field(default=None)

    # --- exercise rights

    @cached_property
    def elected(self) -> Elected:
        """What Notes under an election to put are worth."""
        return Elected(self)

    @property
    def eta(self) -> float:
        """Relative fall of the share price at default."""
        return float(self.model.default_jump)

    @property
    def feels_the_share(self) -> bool:
        """Whether V depends on a share that stands far below the conversion price: the hazard does, or what default pays."""
        return bool(self.model.hazard_exponent) or (self.eta != 1.0 and self.shares > 0)

    @property
    def spot(self) -> float:
        """The share price in the note's currency."""
        return float(self.model.contract_spot)

    def may_call(self, segment: Segment) -> bool:
        """Whether the Company may give notice (or call at once) throughout a segment."""
        return segment.day0 in self._callable

    @cached_property
    def _callable(self) -> frozenset[int]:
        """The first days of the segments in which the Company may call."""
        call, maturity = self.contract.call, self.contract.maturity
        if call is None:
            return frozenset()
        days = [each.day0 for each in self.timeline.segments if each.day0 >= self.contract.first_notice]
        return frozenset([day for day in days if self.redemption_date(day) < maturity and day + self.notice <= call.last])

    def redemption_date(self, notice: int) -> int:
        """The earliest redemption date of a notice on a day."""
        call = self.contract.call
        assert call is not None
        return max(notice + self.notice, call.first)

    @cached_property
    def notice(self) -> int:
        """Days of notice of a call: the policy's, or the shortest allowed (RED-2)."""
        call = self.contract.call
        if self.policy is not None and self.policy.redemption_notice is not None:
            return self.policy.redemption_notice
        return 0 if call is None else call.notice

    @cached_property
    def reset_days(self) -> set[int]:
        """The days of resets and of the closes that they average."""
        return {day for day, _ in self.resets} | {day for each in self.windows for day in (each.day, *each.closes)}

    @cached_property
    def answers(self) -> Answers:
        """What a converting holder gets in addition to shares."""
        return Answers(self)

    @cached_property
    def more_on_call(self) -> bool:
        """Whether called Notes may get more than their shares, so that V is not pinned at the conversion value (MWT-1, SFT-3)."""
        return self.adds_on_call or self.contract.bears_make_whole

    @property
    def accretes(self) -> bool:
        """Whether a recovery is a share of a claim that grows (ACC-2)."""
        return self.contract.accreted is not None and self.model.recovery > 0

    @cached_property
    def withdrawal(self) -> Withdrawals | None:
        """The Company's right to withdraw conversion, None where it has none or where it is left out."""
        if not self.withdraws or not self.converts or not self.shares:
            return None
        found = Withdrawals(self)
        return found if found.first_notice <= found.last_notice and self.model.start <= found.last_notice else None

    def may_convert(self, segment: Segment) -> bool:
        """Whether Notes convert throughout a segment."""
        return self.converts and self.contract.opens <= segment.day0 and segment.day1 <= self.contract.closes

    # --- time

    @cached_property
    def timeline(self) -> Timeline:
        """Segments between the days on which something happens."""
        c, start = self.contract, self.model.start
        more = {day for day, _ in self.dividends} | self.reset_days | breaks(self.model, c.maturity)
        if self.notice:
            more |= c.notice_days(self.notice)
        if self.withdrawal is not None:
            more |= self.withdrawal.days
        if self.options.decisions == "daily":
            more |= set(c.note.principal.sessions.between(start, c.maturity))
        if not more:
            return timeline(self.model, c.days_from(start))
        return timeline(self.model, (start, *sorted(day for day in more.union(c.days) if start < day <= c.maturity)))

    @cached_property
    def _clock(self) -> Any:
        return clock(self.model.start, self.contract.maturity, self.model.day_count, self.model.calendar)

    def day_at(self, segment: Segment, t: float) -> float:
        """The day number, with its fraction, at `t` years inside a segment; a whole number at its beginning."""
        return self.days_at(segment, [t])[0]

    def days_at(self, segment: Segment, times: list[float]) -> list[float]:
        """The day numbers at several times, as `day_at`."""
        t0, day0, day1 = segment.t0, segment.day0, segment.day1
        if self._clock is None:
            pace = (day1 - day0) / segment.years
            return [day0 + (t - t0) * pace if t > t0 else day0 for t in times]
        return [
            min(max(each, day0), day1 - 1e-6) if t > t0 else day0
            for t, each in zip(times, np.interp(times, *self._clock).tolist(), strict=True)
        ]

    @cached_property
    def first_decision(self) -> int:
        """The index of the first segment that must be stepped: there are no decisions before it."""
        c, start, segments = self.contract, self.model.start, self.timeline.segments
        if self.eta != 1.0 or self.model.hazard_exponent or c.growth:
            return 0
        decided = {each.last for each in c.puts} | {day for day, _ in self.dividends} | self.reset_days | {c.closes}
        decided = (decided - {start}) | self._callable
        withdrawal = self.withdrawal
        for place, segment in enumerate(segments):
            if (
                segment.day0 in decided
                or (self.lower_binds(segment) and self.may_convert(segment))
                or (withdrawal is not None and withdrawal.is_open(segment))
            ):
                return place
        return len(segments)

    @property
    def is_undecided(self) -> bool:
        """Whether nothing is decided before maturity."""
        return self.first_decision == len(self.timeline.segments)

    def lower_binds(self, segment: Segment) -> bool:
        """Whether converting inside a segment can pay: the share has a yield or a borrow cost, or accrued interest is paid."""
        if self.policy is not None and self.prescribed_conversion is None:
            return False
        return segment.cost > 0 or self.contract.accrued == "paid" or self.prescribed_conversion is not None

    @cached_property
    def converts_early(self) -> bool:
        """Whether converting before the last day can pay in some segment, so that V is not linear at any share price."""
        return any(self.may_convert(each) and self.lower_binds(each) for each in self.timeline.segments)

    @cached_property
    def prescribed_conversion(self) -> Any:
        """The policy answer that prescribes early conversion; None: holders convert optimally, or wait for the end."""
        if self.policy is None or isinstance(self.policy.convert, (AtEnd, Never)):
            return None
        return self.policy.convert

    def steps(self, segment: Segment) -> int:
        """TR-BDF2 steps over a segment."""
        if self.options.decisions == "daily":
            return max(DAILY_STEPS, ceil(self.options.steps * segment.years - 0.02))
        # a hazard of several units per year acts within a fraction of a year: the steps must resolve it
        a_year = max(self.steps_a_year, STEPS_A_HAZARD * segment.hazard * self._hazard_at_spots)
        if self.windows and segment.day1 <= self.windows[-1].day:
            a_year = max(a_year, STEPS_TO_RESET)
        return max(self.least_steps(segment), ceil(a_year * segment.years - 0.02))

    @property
    def has_known_error(self) -> bool:
        """Whether the grid is the default one, and its error of the usual size (see `price`)."""
        usual = not self.model.hazard_exponent and not self.adds_on_call and self.withdrawal is None and not self.accretes
        return usual and self.options.nodes == NODES and self.options.steps == STEPS

    @property
    def steps_a_year(self) -> float:
        """As asked for; by default more where V is read from the grid today: no sum over it smooths the errors of long steps."""
        if self.options.steps != STEPS:
            return self.options.steps
        if self.adds_on_call:
            return STEPS_MORE
        if self.first_decision:
            return STEPS
        return STEPS_TODAY if self.withdrawal is None else STEPS_MORE

    def least_steps(self, segment: Segment) -> int:
        """Two; more up to today, where the value is read from the grid and no sum smooths the kink error of long steps."""
        return LAST_STEPS if segment.day0 == self.model.start else 2

    @cached_property
    def _hazard_at_spots(self) -> float:
        """The largest h(S) / h0 at the spots requested, within the cap."""
        if not self.model.hazard_exponent:
            return 1.0
        level = max((each.hazard for each in self.timeline.segments), default=0.0)
        scales = [float(self.model.hazard_scale(each)) for each in (self.spot, *self.spots)]
        return min(max(scales), HAZARD_CAP / level) if level else 0.0

    # --- the grid in x = ln S

    @cached_property
    def kink(self) -> float:
        """ln S at which conversion and payment at maturity have equal value; ln of the spot for a note that does not convert."""
        return log(self.at_maturity[0] / self.shares) if self.shares else log(self.spot)

    @cached_property
    def at_maturity(self) -> tuple[float, float]:
        """Cash per denomination at maturity: to a holder who does not convert, and the coupon paid to every holder (CNV-10)."""
        c = self.contract
        coupon = c.coupon_on(c.maturity)
        return (c.redemption + coupon, 0.0) if c.accrued == "forgo" else (c.redemption, coupon)

    @cached_property
    def converts_at_maturity(self) -> bool:
        """Whether Notes are converted at maturity where the shares are worth more."""
        c = self.contract
        right = self.converts and self.shares > 0 and c.closes >= c.maturity
        return right and (self.policy is None or self.policy.converts_at_maturity)

    @cached_property
    def x(self) -> np.ndarray:
        """The nodes, ascending, uniform, the kink among them; float64 [node]."""
        if self.frozen is not None:
            return np.asarray(self.frozen.x)
        return nodes(self)

    @cached_property
    def dx(self) -> float:
        """The spacing of the nodes in ln S."""
        return float(self.x[1] - self.x[0])

    @cached_property
    def x_low(self) -> float:
        """The lowest node."""
        return float(self.x[0])

    @cached_property
    def share(self) -> np.ndarray:
        """S at the nodes, float64 [node]."""
        return np.exp(self.x)

    @cached_property
    def parity(self) -> np.ndarray:
        """Conversion value per denomination at the nodes, float64 [node]."""
        return self.shares * self.share

    @cached_property
    def log_parity(self) -> np.ndarray:
        """ln of the conversion value at the nodes, of a note that converts; float64 [node]."""
        return self.x + log(self.shares)

    # --- credit

    @cached_property
    def hazard_scale(self) -> Any:
        """h(S) / h0 at the nodes; the number 1 where it is flat."""
        if not self.model.hazard_exponent:
            return 1.0
        return np.asarray(self.model.hazard_scale(self.share), dtype=np.float64)

    def hazard(self, segment: Segment) -> Any:
        """The intensity at the nodes in a segment, capped where it explodes."""
        if not self.model.hazard_exponent:
            return segment.hazard
        return np.minimum(segment.hazard * self.hazard_scale, HAZARD_CAP)

    def claim(self, segment: Segment, t: float) -> float:
        """The claim per denomination, of which a default recovers a share, at `t` years in a segment (ACC-2)."""
        return self.contract.face if self.contract.accreted is None else float(self.contract.claim(self.day_at(segment, t)))

    def pieces(self, segment: Segment) -> list[tuple[Segment, float]]:
        """A segment in pieces within which the claim is nearly constant, each with its claim per denomination."""
        if not self.accretes or not segment.years:
            return [(segment, self.contract.face)]
        n = ceil((segment.day1 - segment.day0) / 7)
        ends = np.linspace(segment.t0, segment.t1, n + 1).tolist()
        parts = [segment._replace(t0=a, t1=b, years=b - a) for a, b in itertools.pairwise(ends)]
        return [(each, self.claim(segment, (each.t0 + each.t1) / 2)) for each in parts]

    def paid_at_default(self, segment: Segment, t: float | None = None) -> Any:
        """The payment to a holder at default in a segment, per denomination: a number, or [node] if the share keeps a value.

        `t` is the time in years, needed where the claim grows.
        """
        claim = self.contract.face if t is None else self.claim(segment, t)
        recovered = self.model.recovery * claim
        if self.eta == 1.0 or not self.may_convert(segment) or (self.policy is not None and not self.policy.convert_at_default):
            return recovered
        return np.maximum((1.0 - self.eta) * self.parity, recovered)

    def coefficients(self, segment: Segment) -> Coefficients:
        """The coefficients of the equation in a segment."""
        hazard, a = self.hazard(segment), segment.variance / 2
        drift = segment.rate - segment.cost + self.eta * hazard - a
        return Coefficients(a, drift, segment.rate + hazard, self.dx, len(self.x))

    def last_conversion(self, redemption: int) -> int:
        """The last day on which a Note called for `redemption` converts."""
        return converts_until(self.contract.note, redemption)


def growth(segment: Segment) -> float:
    """The discount factor for a promise over a segment: exp(-(rate + hazard) years)."""
    return exp(-(segment.rate + segment.hazard) * segment.years)
