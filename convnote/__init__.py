"""convnote makes a convertible note executable: terms, schedule, exact replay, scenarios, analytics."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from convnote import analytics, policies
from convnote.errors import ConvnoteError, LifecycleError, MarketError, PricingError, TermsError
from convnote.ledger import Entry, Ledger, replay
from convnote.lifecycle import State, Status
from convnote.lifecycle.events import (
    Acceleration,
    CashDividend,
    Convert,
    Cure,
    Default,
    FundamentalChange,
    FundamentalChangeNotice,
    Merger,
    MissedPayment,
    PutElection,
    RedemptionNotice,
    RepurchaseElection,
    RepurchaseElectionWithdrawal,
    RightsIssue,
    SpinOff,
    Split,
    StockDividend,
    TenderOffer,
    WithdrawalNotice,
)
from convnote.market import (
    Bootstrap,
    CrossCurrency,
    Curve,
    DiscountCurve,
    Lognormal,
    MarketHistory,
    available_scenarios,
    scenario,
)
from convnote.note import ConvertibleNote
from convnote.policies import Policy
from convnote.schedule import schedule
from convnote.simulation import Outcomes, Summary, simulate
from convnote.termsheet import available, dumps, load, loads

__all__ = [
    "Acceleration",
    "Bootstrap",
    "CashDividend",
    "Convert",
    "ConvertibleNote",
    "ConvnoteError",
    "CrossCurrency",
    "Cure",
    "Curve",
    "Default",
    "DiscountCurve",
    "Entry",
    "FundamentalChange",
    "FundamentalChangeNotice",
    "Ledger",
    "LifecycleError",
    "Lognormal",
    "MarketError",
    "MarketHistory",
    "Merger",
    "MissedPayment",
    "Outcomes",
    "Policy",
    "PricingError",
    "PutElection",
    "RedemptionNotice",
    "RepurchaseElection",
    "RepurchaseElectionWithdrawal",
    "RightsIssue",
    "SpinOff",
    "Split",
    "State",
    "Status",
    "StockDividend",
    "Summary",
    "TenderOffer",
    "TermsError",
    "WithdrawalNotice",
    "analytics",
    "available",
    "available_scenarios",
    "dumps",
    "load",
    "loads",
    "policies",
    "replay",
    "scenario",
    "schedule",
    "simulate",
]

# Rooms that need more than the library itself are opened when somebody looks into them.
_ROOMS = ("plots", "report")

if _TYPE_CHECKING:
    from convnote import plots as plots
else:

    def __getattr__(name: str) -> object:
        if name in _ROOMS:
            from importlib import import_module

            return import_module(f"convnote.{name}")
        raise AttributeError(f"module 'convnote' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *_ROOMS})
