"""Pricing: what a note is worth under a market model, by finite differences, with every sensitivity from the same solve."""

from convnote.pricing.pricer import price
from convnote.pricing.valuation import CriticalPrices, Valuation

__all__ = ["CriticalPrices", "Valuation", "price"]
