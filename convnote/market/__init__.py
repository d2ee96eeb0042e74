"""Markets: observed closes, scenarios, curves and the models that paths are drawn from. Nothing contractual."""

from convnote.market.history import MarketHistory

__all__ = ["MarketHistory"]
