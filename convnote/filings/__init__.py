"""A note's related papers: the offering, option grants on the same shares, the issuer's by-laws, and dilution.

Rules are data with ids, as a note's are: `underwriting` (OFF), `grants` (OPT), `bylaws` (BYL), `dilution` (DIL). These
modules may use the note; the note's modules do not use them.
"""

from convnote.filings.allocation import Allocation
from convnote.filings.bylaws import Bylaws, Window
from convnote.filings.dilution import RULES as _DILUTION
from convnote.filings.dilution import Dilution, Earnings
from convnote.filings.filing import Filing, Line, Row, Timetable
from convnote.filings.grants import Grant
from convnote.filings.lock_up import LockUp
from convnote.filings.payments import Contribution, Payment, Purchase
from convnote.filings.series import DilutionSeries, dilution_series
from convnote.filings.underwriting import Offering
from convnote.filings.vesting import Instalment, Repurchase
from convnote.provisions import Rule

#: The rules of all filings, by id.
RULES: dict[str, Rule] = {**Offering.RULES, **Grant.RULES, **Bylaws.RULES, **_DILUTION}

__all__ = [
    "RULES",
    "Allocation",
    "Bylaws",
    "Contribution",
    "Dilution",
    "DilutionSeries",
    "Earnings",
    "Filing",
    "Grant",
    "Instalment",
    "Line",
    "LockUp",
    "Offering",
    "Payment",
    "Purchase",
    "Repurchase",
    "Row",
    "Timetable",
    "Window",
    "dilution_series",
]
