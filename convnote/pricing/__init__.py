"""Pricing: the value of a note under a market model, by finite differences, with every sensitivity from the same solve."""

from convnote.pricing.credit import Bond, diffusion_volatility, hazard_from_bonds, hazard_from_cds
from convnote.pricing.implied import (
    implied_borrow,
    implied_hazard,
    implied_recovery,
    implied_spot,
    implied_spread,
    implied_volatility,
)
from convnote.pricing.ladders import Ladder
from convnote.pricing.many import Prices, price_many
from convnote.pricing.pricer import price
from convnote.pricing.survival import hazard_from_survival
from convnote.pricing.swaps import AssetSwap, asset_swap, nuked
from convnote.pricing.valuation import CriticalPrices, Valuation

__all__ = [
    "AssetSwap",
    "Bond",
    "CriticalPrices",
    "Ladder",
    "Prices",
    "Valuation",
    "asset_swap",
    "diffusion_volatility",
    "hazard_from_bonds",
    "hazard_from_cds",
    "hazard_from_survival",
    "implied_borrow",
    "implied_hazard",
    "implied_recovery",
    "implied_spot",
    "implied_spread",
    "implied_volatility",
    "nuked",
    "price",
    "price_many",
]
