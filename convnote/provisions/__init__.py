"""The provisions of a convertible note: one file per part of the note, with printed figures and pure rules together."""

from convnote.provisions import changes
from convnote.provisions.accretion import Accretion
from convnote.provisions.adjustment import Adjustment
from convnote.provisions.change_of_control_price import ChangeOfControlPrice
from convnote.provisions.clean_up import CleanUp
from convnote.provisions.conditional_put import ConditionalPut
from convnote.provisions.conditions import Condition
from convnote.provisions.consent import Consent, Requirement
from convnote.provisions.contingent_conversion import ContingentConversion
from convnote.provisions.conversion import Conversion
from convnote.provisions.conversion_settled import Settlement
from convnote.provisions.coupon import Coupon
from convnote.provisions.day_rules import DayRule
from convnote.provisions.default import Default
from convnote.provisions.exchange import Exchange
from convnote.provisions.fields import term
from convnote.provisions.fundamental_change import FundamentalChange, Timetable
from convnote.provisions.interest import Interest
from convnote.provisions.make_whole_change import MakeWholeChange
from convnote.provisions.mandatory import Mandatory
from convnote.provisions.principal import Principal
from convnote.provisions.provision import AUTHORITIES, Provision, Rule
from convnote.provisions.put import Put
from convnote.provisions.redemption import Redemption
from convnote.provisions.registry import RULES, register, unregister
from convnote.provisions.reset import Reset
from convnote.provisions.revision import Revision
from convnote.provisions.settlement import SettlementTerms
from convnote.provisions.trading_prices import TradingPrice
from convnote.provisions.withdrawal import Withdrawal

__all__ = [
    "AUTHORITIES",
    "RULES",
    "Accretion",
    "Adjustment",
    "ChangeOfControlPrice",
    "CleanUp",
    "Condition",
    "ConditionalPut",
    "Consent",
    "ContingentConversion",
    "Conversion",
    "Coupon",
    "DayRule",
    "Default",
    "Exchange",
    "FundamentalChange",
    "Interest",
    "MakeWholeChange",
    "Mandatory",
    "Principal",
    "Provision",
    "Put",
    "Redemption",
    "Requirement",
    "Reset",
    "Revision",
    "Rule",
    "Settlement",
    "SettlementTerms",
    "Timetable",
    "TradingPrice",
    "Withdrawal",
    "changes",
    "register",
    "term",
    "unregister",
]
