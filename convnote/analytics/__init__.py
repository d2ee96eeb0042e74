"""What a price says about a note: parity, premiums, the bond floor, yields, durations, and values in closed form.

No pricing engine is used here. Prices are quotes per `per` of principal (None: as the note is quoted, which
is `note.principal.quoted_per`, here 100) and clean unless `dirty=True`; cash amounts are per `principal` (None: one
denomination). Closes are in the note's currency. For a model value of the note use `cn.price`.
"""

from convnote.analytics.closed_forms import (
    convertible_composite,
    convertible_default_to_zero,
    convertible_default_unchanged,
    convertible_no_credit,
    convertible_tsiveriotis_fernandes,
)
from convnote.analytics.floor import bond_floor, investment_premium
from convnote.analytics.parity import (
    break_even_years,
    clean_price,
    conversion_premium,
    conversion_value,
    current_yield,
    dirty_price,
    parity,
)
from convnote.analytics.yields import (
    convexity,
    macaulay_duration,
    modified_duration,
    price_at_yield,
    yield_to_call,
    yield_to_maturity,
    yield_to_put,
)

__all__ = [
    "bond_floor",
    "break_even_years",
    "clean_price",
    "conversion_premium",
    "conversion_value",
    "convertible_composite",
    "convertible_default_to_zero",
    "convertible_default_unchanged",
    "convertible_no_credit",
    "convertible_tsiveriotis_fernandes",
    "convexity",
    "current_yield",
    "dirty_price",
    "investment_premium",
    "macaulay_duration",
    "modified_duration",
    "parity",
    "price_at_yield",
    "yield_to_call",
    "yield_to_maturity",
    "yield_to_put",
]
