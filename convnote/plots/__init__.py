"""Plots of a note and its history or simulation, drawn with Matplotlib.

Each function draws on `ax` (None: a new figure, 600 pixels wide), touches no other state, and returns the `Axes`. Colours are
those of Okabe and Ito, and series that differ in colour also differ in line style, mark or hatch, so that a plot can be read in
black and white. Plots show figures computed elsewhere; they compute nothing contractual.
"""

from convnote.plots.futures import endings_by_year, outcome_fan
from convnote.plots.histories import parity_history
from convnote.plots.make_whole import make_whole_surface
from convnote.plots.terms import payoff, timeline
from convnote.plots.triggers import trigger_window
from convnote.plots.values import critical_prices, decomposition, greeks, price_profile

__all__ = [
    "critical_prices",
    "decomposition",
    "endings_by_year",
    "greeks",
    "make_whole_surface",
    "outcome_fan",
    "parity_history",
    "payoff",
    "price_profile",
    "timeline",
    "trigger_window",
]
