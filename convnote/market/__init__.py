"""Markets: observed closes, scenarios, curves and share price models. Nothing contractual."""

from convnote.market.curves import Curve
from convnote.market.discount import DiscountCurve
from convnote.market.history import MarketHistory
from convnote.market.model_base import MarketModel
from convnote.market.models import Bootstrap, CrossCurrency, Lognormal
from convnote.market.scenarios import available_scenarios, scenario, scenario_of

__all__ = [
    "Bootstrap",
    "CrossCurrency",
    "Curve",
    "DiscountCurve",
    "Lognormal",
    "MarketHistory",
    "MarketModel",
    "available_scenarios",
    "scenario",
    "scenario_of",
]
