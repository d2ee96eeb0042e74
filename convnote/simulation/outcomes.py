"""Outcomes: what a note did on every path, a summary, and any single path as an exact ledger."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.calendars import to_date, to_datetime64
from convnote.errors import TermsError, must_be
from convnote.lifecycle import Status
from convnote.replays.ledger import Ledger
from convnote.simulation import observing, opening
from convnote.simulation.endings import End, Notice
from convnote.simulation.one_path import MOST, Block, ledger
from convnote.simulation.plan import Plan
from convnote.simulation.settlement import Settled
from convnote.simulation.statistics import EVENTS, MEASURES, Statistics, codes, ending
from convnote.tables import Table, decimals_of, pandas

if TYPE_CHECKING:
    from convnote.simulation.job import Job

#: The lifecycle status of each ending.
STATUS = {
    End.MATURED: Status.MATURED,
    End.CONVERTED: Status.CONVERTED,
    End.REDEEMED: Status.REDEEMED,
    End.REPURCHASED: Status.REPURCHASED,
    End.PUT: Status.REPURCHASED,
    End.DEFAULTED: Status.DEFAULTED,
}
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True)
class Summary:
    """Means with standard errors, quantiles of the present value, and event frequencies, on the principal simulated.

    `means` and `standard_errors` are by measure, with control variates unless `controlled` is False: present value, undiscounted
    cash, shares, life in years. `endings` are probabilities by ending, `events` probabilities by event and calendar year.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)
    >>> summary = cn.simulate(cn.load("amazon-peacs-2010"), model, paths=500, seed=1).summary()
    >>> round(sum(summary.endings.values()), 12)
    1.0
    """

    paths: int
    controlled: bool
    means: Mapping[str, float]
    standard_errors: Mapping[str, float]
    quantiles: Mapping[float, float]
    endings: Mapping[str, float]
    events: Mapping[str, Mapping[int, float]]
    #: what the note's term sheet leaves out (NMD-1)
    not_modelled: Mapping[str, str] = field(default_factory=dict)
    #: the note's currency
    currency: str = ""
    #: caveats repeated with every answer: what is left out, and how many settings were assumed
    caveats: tuple[str, ...] = ()

    @property
    def present_value(self) -> float:
        """The mean present value."""
        return self.means["present_value"]

    @property
    def standard_error(self) -> float:
        """The standard error of the mean present value."""
        return self.standard_errors["present_value"]

    @property
    def expected_life(self) -> float:
        """The mean time to the end of the note, in years of 365 days."""
        return self.means["life"]

    def tables(self) -> tuple[Table, Table, Table, Table]:
        """Means, quantiles, endings, and events by year, as tables."""
        names = {"present_value": "present value", "life": "life in years"}
        means = [(names.get(each, each), _to(4, self.means[each]), _to(4, self.standard_errors[each])) for each in MEASURES]
        years = sorted({year for chances in self.events.values() for year in chances})
        chances = {name: by_year for name, by_year in self.events.items() if any(by_year.values())}
        by_year = [(name, *(_percent(each.get(year, 0.0)) for year in years)) for name, each in chances.items()]
        quantiles = [(f"{share:.0%}", _to(decimals_of(self.currency), value)) for share, value in self.quantiles.items()]
        return (
            Table.of(
                ("", "mean", "standard error"),
                means,
                f"{self.paths:,} paths, means {'with' if self.controlled else 'without'} control variates",
            ),
            Table.of(("share of paths", "present value at most"), quantiles),
            Table.of(("ending", "% of paths"), [(name, _percent(chance)) for name, chance in self.endings.items()]),
            Table.of(("event, % of paths", *map(str, years)), by_year),
        )

    def __str__(self) -> str:
        return "\n\n".join(["\n".join(self.caveats)] * bool(self.caveats) + [table.text() for table in self.tables()])

    def _repr_html_(self) -> str:
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in self.caveats)
        return lines + "".join(table.html() for table in self.tables())

    def as_dict(self) -> dict[str, Any]:
        """The summary as values that JSON accepts."""
        return {
            "paths": self.paths,
            "control_variates": self.controlled,
            "means": dict(self.means),
            "standard_errors": dict(self.standard_errors),
            "quantiles": {str(share): value for share, value in self.quantiles.items()},
            "endings": dict(self.endings),
            "events": {name: {str(year): chance for year, chance in chances.items()} for name, chances in self.events.items()},
            "not_modelled": dict(self.not_modelled),
        }


def _percent(chance: float) -> Decimal | None:
    """A probability in percent, rounded for display; None for zero."""
    return Decimal(f"{100 * chance:.2f}") if chance else None


def _to(places: int, value: float) -> Decimal:
    """An estimate rounded for display; `as_dict` has every digit."""
    return Decimal(f"{value:.{places}f}")


class Outcomes:
    """The outcome of a note on each path: arrays [path], a summary, and the ledger of any path.

    With `keep="summary"` only the summary and the ledgers are available, not the arrays.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)
    >>> outcomes = cn.simulate(cn.load("amazon-peacs-2010"), model, paths=500, seed=1)
    >>> bool(float(outcomes.ledger(3).total()) == outcomes.cash[3])
    True
    """

    def __init__(self, job: Job, plan: Plan, statistics: Statistics, settled: list[Settled]) -> None:
        self.job, self.statistics, self._plan, self._settled = job, statistics, plan, settled
        self._again: Block | None = None

    def __len__(self) -> int:
        return self.job.paths

    @property
    def principal(self) -> float:
        """The principal that all amounts refer to, in the note's currency."""
        return self.job.principal

    def _joined(self, name: str) -> np.ndarray:
        if not self._settled:
            raise TermsError("paths are kept only with keep='paths'", field=f"Outcomes.{name}", value=self.job.keep)
        return np.concatenate([getattr(each, name) for each in self._settled])

    @cached_property
    def present_value(self) -> np.ndarray:
        """Value on the model's day of all payments, in the note's currency, float64 [path].

        Cash is discounted from its payment date; shares are valued at the close of their conversion or settlement day.
        """
        return self._joined("present_value")

    @cached_property
    def cash(self) -> np.ndarray:
        """Total cash paid, undiscounted, less amounts paid in, in the note's currency; float64 [path]."""
        return self._joined("cash")

    @cached_property
    def shares(self) -> np.ndarray:
        """Whole shares delivered; float64 [path]."""
        return self._joined("shares")

    @cached_property
    def conversion_price(self) -> np.ndarray:
        """Conversion price in effect on the day that a path ended, in the note's currency per share; float64 [path]."""
        return self._joined("conversion_price")

    @cached_property
    def end_date(self) -> np.ndarray:
        """The day the last principal was paid or converted, datetime64[D] [path]."""
        return np.asarray(to_datetime64(self._joined("end_day")))

    @cached_property
    def status(self) -> np.ndarray:
        """The final lifecycle status: "matured", "converted", "redeemed", "repurchased", "defaulted"; [path]."""
        return np.array([str(STATUS[end]) for end in End])[self._joined("end")]

    @cached_property
    def ending(self) -> np.ndarray:
        """The outcome in words, including what the Company did before it; [path]."""
        words = np.array([ending(code) for code in range(len(Notice) * len(End))])
        return words[np.concatenate([codes(each) for each in self._settled])] if self._settled else self._joined("ending")

    def summary(self, *, control_variates: bool = True) -> Summary:
        """Means, standard errors, quantiles, and the probabilities of endings and of events by year."""
        must_be(control_variates, bool, "summary control_variates", "expected True or False")
        statistics, paths = self.statistics, self.statistics.paths
        means = {each: statistics.mean(each, controlled=control_variates) for each in MEASURES}
        if self._settled:
            quantiles = dict(zip(QUANTILES, np.quantile(self.present_value, QUANTILES).tolist(), strict=True))
        else:
            quantiles = {share: statistics.quantile(share, self.principal) for share in QUANTILES}
        first = to_date(self._plan.model.start).year
        order = np.argsort(-statistics.endings, kind="stable")
        return Summary(
            paths=paths,
            controlled=control_variates,
            means={name: mean for name, (mean, _) in means.items()},
            standard_errors={name: error for name, (_, error) in means.items()},
            quantiles=quantiles,
            endings={ending(int(code)): float(statistics.endings[code] / paths) for code in order if statistics.endings[code]},
            events={
                name: {first + int(year): float(counts[year] / paths) for year in np.flatnonzero(counts)}
                for name, counts in zip(EVENTS, statistics.events, strict=True)
            },
            not_modelled=self.job.note.not_modelled,
            currency=self.job.note.currency,
            caveats=(*self.job.note.caveats(), *observing.caveats(self.job.note), *opening.caveats(self.job.note)),
        )

    def to_frame(self) -> Any:
        """The arrays as a pandas frame, one row per path. Needs pandas."""
        pd = pandas()

        frame = pd.DataFrame(
            {
                "ending": pd.Categorical(self.ending),
                "status": pd.Categorical(self.status),
                "end_date": self.end_date,
                "cash": self.cash,
                "shares": self.shares,
                "conversion_price": self.conversion_price,
                "present_value": self.present_value,
            },
            index=pd.RangeIndex(len(self), name="path"),
        )
        return self.job.note.marked(frame)

    # --- one path

    def closes(self, path: int) -> np.ndarray:
        """The quoted closes of one path on every trading day to maturity, in the note's currency, float64 [day].

        They are drawn again, bit for bit; after the path has ended the share price continues.
        """
        return self._block(path)[0].closes(self._place(path))

    @property
    def dates(self) -> np.ndarray:
        """The trading days of `closes`, datetime64[D] [day]."""
        return np.asarray(to_datetime64(self._plan.days))

    def ledger(self, path: int) -> Ledger:
        """One path replayed exactly, on its closes and market events; the policy makes every decision again.

        Raises `TermsError` for a path that does not exist, `MarketError` where a close before its end is not below 1e15.
        """
        block, settled = self._block(path)
        return ledger(block, settled, path % self.job.block, self._place(path))

    def ledgers(self, paths: Iterable[int]) -> list[Ledger]:
        """Several paths replayed exactly, as by `ledger`; each block is walked again only once for all its paths.

        >>> import convnote as cn
        >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)
        >>> outcomes = cn.simulate(cn.load("amazon-peacs-2010"), model, paths=20, seed=1)
        >>> [bool(float(ledger.total()) == outcomes.cash[path]) for path, ledger in zip((3, 7), outcomes.ledgers((3, 7)))]
        [True, True]

        Raises `TermsError` for a path that does not exist.
        """
        asked = list(paths)
        inside: dict[int, set[int]] = {}
        for path in asked:
            self._must_be_a_path(path)
            inside.setdefault(int(path) // self.job.block, set()).add(int(path) % self.job.block)
        found: dict[int, Ledger] = {}
        for number, wanted in inside.items():
            again = self._again
            if again is None or again.number != number or not wanted <= again.known:
                self._again = self._walked_again(number, np.array(sorted(wanted)))
            found |= {number * self.job.block + place: self.ledger(number * self.job.block + place) for place in sorted(wanted)}
        return [found[int(path)] for path in asked]

    def _must_be_a_path(self, path: Any) -> None:
        if isinstance(path, bool) or not isinstance(path, (int, np.integer)) or not 0 <= path < len(self):
            reason = f"expected a whole number from 0 and below {len(self)}"
            raise TermsError(reason, field="Outcomes path", value=repr(path))

    def _walked_again(self, number: int, wanted: np.ndarray) -> Block:
        """A block run again, recording these paths, or all of its paths if the block is small."""
        size = self.job.size(number)
        every = size * len(self._plan.days) <= MOST
        return Block(self.job, self._plan, number, np.arange(size) if every else wanted)

    def _place(self, path: int) -> int:
        assert self._again is not None
        return int(np.flatnonzero(self._again.paths == path % self.job.block)[0])

    def _block(self, path: int) -> tuple[Block, Settled]:
        self._must_be_a_path(path)
        number, inside = divmod(int(path), self.job.block)
        again = self._again
        if again is None or again.number != number or inside not in again.known:
            self._again = again = self._walked_again(number, np.array([inside]))
        return again, self._settled[number] if self._settled else again.settled

    def __str__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def __repr__(self) -> str:
        return f"Outcomes({len(self):,} paths of {self.job.note.name!r}, seed {self.job.seed})"
