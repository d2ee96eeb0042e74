"""The law of citations: an entry of any life cites the rules that were in force for what it did, those and no others (A16)."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

import convnote as cn
from convnote.provisions import RULES
from tests.oracles import interest

from .defaults import in_default
from .earned import in_window, paid_on
from .histories import NOTE, a_history, counted, with_transfers

FIXED = range(40)
SEEDS = st.integers(len(FIXED), 10**9)
RESETS = (date(2001, 2, 16), date(2002, 2, 16))
#: What every entry of a kind rests on.
ALWAYS = {
    "record": "INT-3",
    "coupon": "INT-1 INT-2 INT-3 INT-7",
    "late-interest": "INT-3c INT-7",
    "interest-paid-in": "CNV-5",
    "interest-returned": "CNV-5c",
    "conversion": "CNV-1 CNV-3 CNV-9",
    "trigger-met": "WDR-1 WDR-1c",
    "withdrawal-notice": "WDR-1 WDR-1c WDR-2 WDR-3 WDR-3c",
    "withdrawal": "WDR-2 CNV-7 CNV-7c",
    "withdrawal-lapse": "WDR-1 WDR-1c WDR-2",
    "make-whole": "WDR-4 WDR-5 INT-7",
    "redemption-notice": "RED-1 RED-2",
    "redemption": "RED-1 INT-7",
    "fundamental-change": "FCH-1 FCH-2",
    "fundamental-change-notice": "FCH-2 FCH-3 FCH-4",
    "repurchase-election": "FCH-1 FCH-4",
    "repurchase-election-withdrawal": "CNV-6 CNV-6c",
    "repurchase": "FCH-1 FCH-3 INT-7",
    "maturity": "PRN-1 INT-7",
    "missed-payment": "DEF-2",
    "acceleration": "DEF-1 DEF-2",
    "accelerated": "DEF-1 DEF-3c INT-7",
    "rescission": "LIF-3",
    "covenant-default": "DEF-2",
    "waiver": "LIF-2 AMD-4",
    "default": "DEF-1 DEF-4c",
    "transfer": "LIF-1",
    "amendment": "LIF-4",
}
ADJUSTMENTS = ("adjustment", "merger")
PRICES = ("redemption", "repurchase", "maturity", "accelerated")
#: By which rule a payment that was missed stays owed.
OWED = {"interest": "INT-4", "principal": "INT-9", "redemption": "RED-1", "repurchase": "FCH-1", "make-whole": "WDR-4"}
ADJUSTS = {
    cn.Split: "ADJ-1",
    cn.StockDividend: "ADJ-2",
    cn.RightsIssue: "ADJ-3",
    cn.SpinOff: "ADJ-4",
    cn.CashDividend: "ADJ-5",
    cn.TenderOffer: "ADJ-6",
    cn.Merger: "ADJ-8",
}


class Life:
    """What a life says of an entry without its words and rules."""

    def __init__(self, history):
        self.history, self.coupons = history, paid_on(history)

    def events(self, kind):
        return [each for each in self.history.events if isinstance(each, kind)]

    def rules(self, entry):
        """The rules of an entry, from what happened."""
        found = set(ALWAYS[entry.kind].split())
        special = getattr(self, "of_" + entry.kind.replace("-", "_"), None)
        found |= set(special(entry)) if special else set()
        found |= set(self.of_a_price(entry)) if entry.kind in PRICES else set()
        found |= {"INT-6"} if entry.cash > 0 and entry.payment_date != entry.date else set()
        return found

    def of_conversion(self, entry):
        surrendered = {each.on for each in self.events(cn.Convert) if counted(each) == entry.date}
        yield from ("CNV-8",) * bool(surrendered - {entry.date})
        yield from ("CNV-3c",) * (entry.date in RESETS)
        merged = [each for each in self.events(cn.Merger) if each.on <= entry.date]
        in_cash = any(each.cash for each in merged)
        yield from ("ADJ-8",) * in_cash
        # The price of a share in a ledger is to be had from the state of the evening before, or of the day of a reset.
        until = entry.date if entry.date in RESETS else entry.date - timedelta(days=1)
        before = self.history.play([each for each in self.history.events if counted(each) <= until], until=until).state
        if not in_cash:
            yield from ("CNV-4", "CNV-4c") * (entry.cash > 0)
        else:
            shares = Fraction(entry.principal) / Fraction(before.conversion_price) * Fraction(before.scale.shares)
            yield from ("CNV-4", "CNV-4c") * (shares.denominator != 1)
        yield from ("ADJ-4",) * bool(before.distributed)
        dead = self.accelerated(entry.date) and in_window(entry.date)
        yield from ("CNV-5c",) * dead

    def of_interest_paid_in(self, entry):
        """Paid in once more for a coupon that was returned and is paid after all, outside the window."""
        yield from ("CNV-5c",) * (not in_window(entry.date))

    def accelerated(self, day):
        state = False
        for each in sorted(self.events((cn.Acceleration, cn.Rescission)), key=lambda each: each.on):
            state = isinstance(each, cn.Acceleration) if each.on <= day else state
        return state

    def of_redemption_notice(self, entry):
        part = next(each for each in self.events(cn.RedemptionNotice) if each.on == entry.date).principal
        yield from ("RED-4",) * (part is not None)

    def of_repurchase_election(self, entry):
        """Notes that are called are elected where there are not as many others (FCH-5c)."""
        [election] = [each for each in self.events(cn.RepurchaseElection) if each.on == entry.date and self.is_of(each, entry)]
        position = self.before(entry).positions[entry.holder if self.history.holders else "issue"]
        yield from ("FCH-5c",) * (election.principal > position.free)

    def is_of(self, event, entry):
        return entry.holder == (event.holder or "issue")

    def is_alone(self, entry):
        """Whether nothing else is recorded of that day, so that the state of the evening before is the one that it met."""
        return len([each for each in self.history.events if counted(each) == entry.date]) == 1

    def before(self, entry):
        until = entry.date - timedelta(days=1)
        return self.history.play([each for each in self.history.events if counted(each) <= until], until=until).state

    def of_fundamental_change_notice(self, entry):
        yield from ("FCH-3c",) * (entry.date + timedelta(days=30) > interest.MATURITY)

    def of_missed_payment(self, entry):
        of = next(words for words in OWED if f"Not paid: {words} " in entry.text)
        yield OWED[of]

    def of_amendment(self, entry):
        agreed = sorted(self.events(cn.Amendment), key=lambda each: each.on)
        place = next(number for number, each in enumerate(agreed) if each.on == entry.date)
        old, new = agreed[place - 1].terms if place else NOTE, agreed[place].terms
        lower = new.interest.rate < old.interest.rate or new.conversion.price > old.conversion.price
        higher = new.interest.rate > old.interest.rate or new.conversion.price < old.conversion.price
        yield from ("AMD-2",) * lower + ("AMD-1",) * (higher or new.consent.majority > old.consent.majority)
        yield from ("AMD-3",) * (new.consent.majority < old.consent.majority)

    def of_a_price(self, entry):
        """A price: what it bears of interest, in which window, and whether it is paid on its day."""
        day = entry.date
        on_its_day = {
            "redemption": [each.redemption_date for each in self.events(cn.RedemptionNotice)],
            "repurchase": [each.on + timedelta(days=30) for each in self.events(cn.FundamentalChangeNotice)],
            "maturity": [interest.MATURITY],
            "accelerated": [],
        }[entry.kind]
        late = day not in on_its_day
        if entry.kind == "maturity" and not late:
            return
        yield from ("FCH-3c",) * (entry.kind == "repurchase" and day in self.coupons)
        paid = [due for due, paid in self.coupons.items() if paid is not None and paid <= day]
        yield from ("INT-4",) * (day > max([interest.ISSUE, *paid]))
        yield from ("INT-4c",) * (day > max([interest.ISSUE, *paid]) and entry.kind in ("maturity", "accelerated"))
        missed = [due for due, paid in self.coupons.items() if due <= day and (paid is None or paid > day)]
        yield from ("DEF-3c",) * bool(missed)
        yield from ("RED-6",) * (in_window(day) and day < interest.MATURITY)
        if entry.kind != "accelerated":
            yield "INT-9" if late else "INT-9c"


def law(history):
    life = Life(history)
    for entry in history.ledger:
        assert set(entry.rules) <= set(RULES) and len(set(entry.rules)) == len(entry.rules)
        if entry.kind in ADJUSTMENTS:
            assert {ADJUSTS[type(each)] for each in history.events if each.on == entry.date and type(each) in ADJUSTS} & {
                *entry.rules
            }
        elif entry.kind == "reset":
            assert entry.rules[0] == "RST-1" and set(entry.rules) <= {"RST-1", "RST-2", "RST-3", "RST-4", "ADJ-8"}
        elif entry.kind == "coupon" and entry.cash < 0:
            assert set(entry.rules) == {"INT-6", "DEF-4c"}
        elif entry.kind != "repurchase-election" or life.is_alone(entry):
            assert set(entry.rules) == life.rules(entry), (entry, life.rules(entry))


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (a_history, ("conversion", "redemption", "repurchase", "make-whole", "default", "adjustment", "withdrawal-lapse")),
        (with_transfers, ("transfer", "conversion", "redemption", "repurchase", "late-interest", "interest-paid-in")),
        (in_default, ("amendment", "waiver", "rescission", "accelerated", "interest-returned", "late-interest", "maturity")),
    ],
)
def test_an_entry_cites_the_rules_of_what_it_did_and_no_others(make, wanted):
    reached = Counter()
    for seed in FIXED:
        history = make(seed)
        law(history)
        reached.update(history.reached)
    assert {kind for kind in wanted if not reached[kind]} == set(), reached

    @given(SEEDS)
    def holds(seed):
        history = make(seed)
        note(f"{history.holders} {history.events}")
        law(history)

    holds()


def test_the_law_knows_every_kind_of_entry_of_these_lives():
    kinds = {entry.kind for make in (a_history, with_transfers, in_default) for seed in FIXED for entry in make(seed).ledger}
    assert kinds <= {*ALWAYS, *ADJUSTMENTS, "reset"} and len(kinds) >= 25
