"""Pictures of a note and of what became of it, drawn with Matplotlib.

Each function draws on `ax` (None: a new figure, 600 pixels wide), touches no other state, and returns the `Axes`. Colours are
those of Okabe and Ito, and whatever differs in colour also differs in line style, mark or hatch, so that a picture can be read in
black and white. A picture shows what other rooms computed; it computes nothing contractual.
"""

from convnote.plots.futures import endings_by_year, outcome_fan
from convnote.plots.histories import parity_history, trigger_window
from convnote.plots.make_whole import make_whole_surface
from convnote.plots.terms import payoff, timeline
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
