"""convnote makes a convertible note executable: terms, schedule, exact replay, scenarios, analytics."""

from convnote import interrupts as _interrupts

if _interrupts.is_the_program():  # before anything else is imported: that takes a moment, in which Ctrl-C may come
    _interrupts.end_at_once()

import typing as _typing  # by this name mypy knows the condition below

from convnote.errors import ConvnoteError, LifecycleError, MarketError, PricingError, TermsError
from convnote.lifecycle import (
    Flow,
    FurtherIssue,
    MarketPurchase,
    Objection,
    Revision,
    SettlementElection,
    State,
    Status,
    Transition,
)
from convnote.lifecycle.events import (
    Acceleration,
    Amendment,
    CashDividend,
    Convert,
    CovenantDefault,
    Cure,
    Default,
    FundamentalChange,
    FundamentalChangeNotice,
    Merger,
    MissedPayment,
    PutElection,
    Recorded,
    RedemptionNotice,
    RepurchaseElection,
    RepurchaseElectionWithdrawal,
    Rescission,
    RightsIssue,
    Scheduled,
    SpinOff,
    Split,
    StockDividend,
    TenderOffer,
    Transfer,
    Waiver,
    WithdrawalNotice,
)
from convnote.market import (
    Bootstrap,
    CrossCurrency,
    Curve,
    DiscountCurve,
    Lognormal,
    MarketHistory,
    MarketModel,
    available_scenarios,
    scenario,
)
from convnote.note import ConvertibleNote
from convnote.replays.ledger import Entry, Ledger, replay
from convnote.replays.walk import Walk
from convnote.schedules import schedule
from convnote.termsheet import available, dumps, load, loads
from convnote.version import __version__ as __version__

__all__ = [
    "Acceleration",
    "Amendment",
    "Bootstrap",
    "CashDividend",
    "Convert",
    "ConvertibleNote",
    "ConvnoteError",
    "CovenantDefault",
    "CrossCurrency",
    "Cure",
    "Curve",
    "Default",
    "DiscountCurve",
    "Entry",
    "Flow",
    "FundamentalChange",
    "FundamentalChangeNotice",
    "FurtherIssue",
    "Ledger",
    "LifecycleError",
    "Lognormal",
    "MarketError",
    "MarketHistory",
    "MarketModel",
    "MarketPurchase",
    "Merger",
    "MissedPayment",
    "Objection",
    "Outcomes",
    "Policy",
    "PricingError",
    "PutElection",
    "Recorded",
    "RedemptionNotice",
    "RepurchaseElection",
    "RepurchaseElectionWithdrawal",
    "Rescission",
    "Revision",
    "RightsIssue",
    "Scheduled",
    "SettlementElection",
    "SpinOff",
    "Split",
    "State",
    "Status",
    "StockDividend",
    "Summary",
    "TenderOffer",
    "TermsError",
    "Transfer",
    "Transition",
    "Valuation",
    "Waiver",
    "Walk",
    "WithdrawalNotice",
    "analytics",
    "asset_swap",
    "available",
    "available_scenarios",
    "bylaws",
    "diffusion_volatility",
    "dilution",
    "dumps",
    "filings",
    "grant",
    "grid",
    "hazard_from_bonds",
    "hazard_from_cds",
    "hazard_from_survival",
    "implied_borrow",
    "implied_hazard",
    "implied_recovery",
    "implied_spot",
    "implied_spread",
    "implied_volatility",
    "load",
    "loads",
    "nuked",
    "offering",
    "policies",
    "price",
    "price_many",
    "replay",
    "reserved_shares",
    "scenario",
    "schedule",
    "simulate",
]

# Imported lazily to keep `import convnote` fast. A name leads to the module
# that has it, a package to itself.
_LATER = {
    "Outcomes": "convnote.simulation",
    "Policy": "convnote.policies",
    "Summary": "convnote.simulation",
    "Valuation": "convnote.pricing",
    "analytics": "",
    "asset_swap": "convnote.pricing",
    "bylaws": "convnote.filings.bylaws",
    "diffusion_volatility": "convnote.pricing",
    "dilution": "convnote.filings.dilution",
    "filings": "",
    "grant": "convnote.filings.grants",
    "grid": "convnote.grids",
    "hazard_from_bonds": "convnote.pricing",
    "hazard_from_cds": "convnote.pricing",
    "hazard_from_survival": "convnote.pricing",
    "implied_borrow": "convnote.pricing",
    "implied_hazard": "convnote.pricing",
    "implied_recovery": "convnote.pricing",
    "implied_spot": "convnote.pricing",
    "implied_spread": "convnote.pricing",
    "implied_volatility": "convnote.pricing",
    "nuked": "convnote.pricing",
    "offering": "convnote.filings.underwriting",
    "plots": "",
    "policies": "",
    "price": "convnote.pricing",
    "price_many": "convnote.pricing",
    "report": "convnote.reports",
    "reserved_shares": "convnote.filings.reserved",
    "simulate": "convnote.simulation",
}

if _typing.TYPE_CHECKING:
    from convnote import analytics, filings, policies
    from convnote import plots as plots
    from convnote import reports as report  # noqa: F401  (read by type checkers)
    from convnote.filings.bylaws import bylaws
    from convnote.filings.dilution import dilution
    from convnote.filings.grants import grant
    from convnote.filings.reserved import reserved_shares
    from convnote.filings.underwriting import offering
    from convnote.grids import grid
    from convnote.policies import Policy
    from convnote.pricing import (
        Valuation,
        asset_swap,
        diffusion_volatility,
        hazard_from_bonds,
        hazard_from_cds,
        hazard_from_survival,
        implied_borrow,
        implied_hazard,
        implied_recovery,
        implied_spot,
        implied_spread,
        implied_volatility,
        nuked,
        price,
        price_many,
    )
    from convnote.simulation import Outcomes, Summary, simulate
else:

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module 'convnote' has no attribute {name!r}")
        from importlib import import_module

        module = import_module(_LATER[name] or f"convnote.{name}")
        found = getattr(module, name, module)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        from importlib.util import find_spec

        # What cannot be imported would break whatever looks at every name: `help`, pydoc, `inspect.getmembers`.
        missing = set() if find_spec("matplotlib") else {"plots"}
        return sorted({*globals(), *_LATER} - missing)
