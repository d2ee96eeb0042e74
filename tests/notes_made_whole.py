"""Green Plains 2.25% 2027 as its papers print it: the note whose table of additional shares the tests read."""

import convnote as cn

SHEET = """
name = "gpre-2027"
description = "Green Plains 2.25% Convertible Senior Notes due 2027"

[principal]
issue_date = 2021-03-01
maturity_date = 2027-03-15
issue_size = 230_000_000
currency = "USD"
denomination = 1_000

[interest]
rate = "2.25%"
frequency = 2
day_count = "30/360"
record_dates = ["03-01", "09-01"]
first_payment = 2021-09-15
in_window = "to-record"

[conversion]
rate = 31.6206
pays_in_except = ["last", "redemption", "repurchase", "overdue"]

[adjustment]
rounding_of = "rate"
rounding = 0.0001

[redemption]
prices = [[2024-03-15, 1.00]]

[fundamental_change]
repurchase_after = 30

[make_whole_change]
on_call = true
cap_rate = 43.4782
prices = [23.00, 27.00, 31.62, 38.00, 44.27, 55.00, 65.00, 80.00, 150.00, 350.00]
dates = [2021-03-01, 2022-03-15, 2023-03-15, 2024-03-15, 2025-03-15, 2026-03-15, 2027-03-15]
shares = [
  [11.8576, 10.0646, 7.6522, 5.5189, 4.1807, 2.8030, 2.0502, 1.3769, 0.3774, 0.0000],
  [11.8576, 10.0350, 7.5036, 5.3005, 3.9390, 2.5703, 1.8440, 1.2132, 0.3201, 0.0000],
  [11.8576,  9.8683, 7.2127, 4.9452, 3.5822, 2.2521, 1.5748, 1.0082, 0.2574, 0.0000],
  [11.8576,  9.4905, 6.7036, 4.3978, 3.0604, 1.8194, 1.2271, 0.7594, 0.1914, 0.0000],
  [11.8576,  8.7794, 5.8625, 3.5557, 2.3083, 1.2485, 0.7979, 0.4769, 0.1281, 0.0000],
  [11.8576,  7.5498, 4.4459, 2.2399, 1.2264, 0.5467, 0.3302, 0.2056, 0.0687, 0.0000],
  [11.8576,  5.4164, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000],
]
"""


def green_plains() -> cn.ConvertibleNote:
    """The note itself."""
    return cn.loads(SHEET)
