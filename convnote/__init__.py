"""convnote makes a convertible note executable: terms, schedule, exact replay, analytics."""

from convnote.errors import ConvnoteError, LifecycleError, MarketError, PricingError, TermsError
from convnote.note import ConvertibleNote
from convnote.schedule import schedule
from convnote.termsheet import available, dumps, load, loads

__all__ = [
    "ConvertibleNote",
    "ConvnoteError",
    "LifecycleError",
    "MarketError",
    "PricingError",
    "TermsError",
    "available",
    "dumps",
    "load",
    "loads",
    "schedule",
]
