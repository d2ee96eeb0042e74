"""A law of every sentence that a ledger can say: the products that it states are right, and what was paid is their result."""

import dataclasses
import re
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.errors import LifecycleError
from convnote.provisions.interest import Interest
from convnote.replays.sentences import ENTRY_KINDS
from convnote.testing.all_terms import notes
from convnote.testing.cases import lived, note_of, unanswered_cases
from convnote.testing.strategies import events, histories
from convnote.testing.terms import notes_at_fixed_rate
from tests.lifecycle.told import LIVES
from tests.lifecycle.walk import play

from .histories import NOTE, a_history
from .products import FIGURE, equalities, holds, multiplied_out, value

#: Kinds of entry whose sentence has figures and no product, and why.
WITHOUT_PRODUCT = {
    "record": "principal as the register has it",
    "interest-returned": "the sum of amounts that were each rounded when they were paid in; each product is in its own entry",
    "conversion-opens": "counts of closes and the days of a period",
    "conversion-closes": "a day",
    "fixing": "the index as its series has it, the spread and the rate",
    "missed-payment": "the amount of an obligation, whose product is told when it is paid",
    "covenant-default": "a day, counted from the notice",
    "waiver": "principal outstanding",
    "rescission": "principal outstanding",
    "trigger-met": "a count of closes against the trigger",
    "withdrawal-notice": "days",
    "withdrawal": "a day",
    "redemption-notice": "principal, and each holder's part of it",
    "fundamental-change": "a day",
    "fundamental-change-notice": "days",
    "repurchase-election": "principal as the holder says",
    "repurchase-election-withdrawal": "principal as the holder says",
    "put-election": "principal as the holder says",
    "transfer": "principal as the holder says",
    "amendment": "settings before and after",
    "purchase": "principal, and a price that is only told",
    "further-issue": "principal",
    "settlement-election": "a method, as the issuer says",
    "revision": "a price that the Company decided on, and averages of closes",
    "merger": "what a share becomes, as the merger says",
}
#: Of kinds that have products: what is told without one, and why.
SOMETIMES = (
    ("coupon", "is not paid: the issuer defaulted", "the amount that was told with its product when it fell due"),
    ("interest-paid-in", "is paid in again", "the sum of amounts that were each rounded when they were paid in before"),
    ("make-whole", "that was missed is paid", "owed since the withdrawal; what it consists of was fixed then"),
    ("reset", "the conversion price stays at", "nothing changes"),
    ("adjustment", "carried forward", "nothing changes yet"),
    ("adjustment", "a conversion share stands for instead", "the price does not change"),
    ("adjustment", "are distributed", "the price does not change"),
    ("conversion", "settled in cash", "shares and cash are told when it is settled"),
    ("settlement", "is not paid: the issuer defaulted", "the amount that was told with its product when it was settled"),
    ("withdrawal-lapse", "its trigger was last met", "a day"),
    ("withdrawal-lapse", "was never met.", "no close was seen"),
)
CASES = [case for case in unanswered_cases() if case["kind"] == "life"]


def check(ledger, note):
    """The law, for each sentence of a ledger; the kinds of entry and the number of products that were read."""
    reached = Counter()
    cent = Fraction(note.principal.cent)
    for entry in ledger:
        stated = equalities(entry.text)
        for equality in stated:
            assert holds(equality, cent), (equality, [float(each) for each in multiplied_out(equality.left)], entry.text)
        if entry.kind in WITHOUT_PRODUCT:
            assert not stated, f"{entry.kind} has a product now: {entry.text}"
        elif not stated:
            assert any(entry.kind == kind and words in entry.text for kind, words, _ in SOMETIMES), entry.text
        check_days(entry)
        check_result(entry, stated)
        reached[entry.kind] += 1
        reached["products"] += len(stated)
    return reached


def check_days(entry):
    """Days from now, where a day is named with their count, are counted from the day of the entry."""
    for day, count in re.findall(r"(\d{4}-\d\d-\d\d), (-?[\d,]+) days from now", entry.text):
        assert cn.calendars.to_date(int(cn.calendars.day_number(day))) - entry.date == timedelta(days=int(count)), entry.text


def check_result(entry, stated):
    """What an entry pays is the result of a product in its sentence; a conversion adds up its cash; shares are told whole."""
    results = [value(equality.right) for equality in stated]
    if entry.kind == "conversion" and ": settled in cash" in entry.text:
        assert not entry.cash and not entry.shares
    elif entry.kind == "conversion":
        assert f"{entry.shares:,} whole" in entry.text
        cash = [value(each) for each in re.findall(r"= ([\d,.]+) in cash", entry.text)]
        assert sum(cash) == Fraction(entry.cash), entry.text
    elif entry.cash and stated:
        assert abs(Fraction(entry.cash)) in results, entry.text
    elif entry.cash:
        assert f"{abs(entry.cash):,.2f}" in entry.text, entry.text


@cache
def ledgers():
    """The ledger of each reference life."""
    outcomes = [lived(case) for case in CASES]
    return [each.ledger if isinstance(each, LifecycleError) else each for each in outcomes]


def test_every_product_in_the_reference_lives_and_in_lives_of_many_holders():
    reached = Counter()
    for case, ledger in zip(CASES, ledgers(), strict=True):
        reached += check(ledger, note_of(case["terms"]))
    for seed in range(30):
        reached += check(a_history(seed).ledger, NOTE)
    for happens, how, *_ in LIVES.values():
        reached += check(play(*happens, **how), how.get("note", NOTE))
    assert set(ENTRY_KINDS) <= set(reached), set(ENTRY_KINDS) - set(reached)
    assert reached["products"] > 5_000


LIFE = st.one_of(st.just(NOTE), notes(), notes_at_fixed_rate()).flatmap(
    lambda note: histories(note).flatmap(lambda history: st.tuples(st.just(note), st.just(history), events(note, history)))
)


@given(LIFE)
def test_every_product_in_a_life_of_any_note(life):
    note, history, found = life
    check(cn.replay(note, history, events=found), note)


def test_the_lists_of_what_has_no_product_name_kinds_that_there_are():
    named = set(WITHOUT_PRODUCT) | {kind for kind, *_ in SOMETIMES}
    assert named <= set(ENTRY_KINDS)


# --- the reader notices -------------------------------------------------------------------------------------------------------


def a_sentence_of_each_kind():
    found = {}
    for ledger in [*ledgers(), *(play(*happens, **how) for happens, how, *_ in LIVES.values())]:
        for entry in ledger:
            if equalities(entry.text) and len(entry.text) > len(found.get(entry.kind, "")):
                found[entry.kind] = entry.text
    return found


def test_a_figure_that_is_changed_in_any_sentence_is_noticed():
    sentences = a_sentence_of_each_kind()
    assert set(sentences) == set(ENTRY_KINDS) - set(WITHOUT_PRODUCT)
    for text in sentences.values():
        for equality in equalities(text):
            assert holds(equality)
            for figure in re.finditer(FIGURE, equality.left):
                changed = float(value(figure[0])) * 1.1 + 1
                before, after = equality.left[: figure.start()], equality.left[figure.end() :]
                wrong = f"{before}{changed:.5f}{after}"
                if multiplied_out(wrong) != multiplied_out(equality.left):
                    assert not holds(equality._replace(left=wrong)), (equality, wrong)


@pytest.mark.parametrize("fault", ["a day more", "another rate"])
def test_a_fault_in_the_facts_of_coupons_is_noticed(monkeypatch, fault):
    legs = Interest.legs

    def wrong(self, start, end):
        if fault == "a day more":
            return [(rate, days + 1, year) for rate, days, year in legs(self, start, end)]
        return [(Fraction(rate) + Fraction(1, 1000), days, year) for rate, days, year in legs(self, start, end)]

    monkeypatch.setattr(Interest, "legs", wrong)
    with pytest.raises(AssertionError):
        check(cn.replay(NOTE, cn.scenario("as-it-was")), NOTE)


def test_an_amount_that_is_not_what_was_paid_is_noticed():
    ledger = cn.replay(NOTE, cn.scenario("as-it-was"))
    wrong = [entry._replace(cash=entry.cash + 1) if entry.kind == "coupon" else entry for entry in ledger]
    with pytest.raises(AssertionError):
        check(dataclasses.replace(ledger, entries=tuple(wrong)), NOTE)


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("Coupon: EUR 690,000,000 x 0.06875 x 366/365 = 47,567,465.75, interest from 2000-02-16.", True),
        ("Coupon: EUR 690,000,000 x 0.06875 x 365/365 = 47,567,465.75, interest from 2000-02-16.", False),
        ("Coupon: EUR 100 x 0.06 x 100/360 + 100 x 0.07 x 260/360 = 6.72, to the holders.", True),
        ("Coupon: EUR 100 x 0.06 x 100/360 + 100 x 0.07 x 260/360 = 6.73, to the holders.", False),
        ("Redemption: EUR 1,739,000 at par plus interest accrued from 2003-02-16 of 34,720.445205 (1,739,000 x 0.06875 x 106/365) = 1,773,720.45.", True),  # noqa: E501
        ("Redemption: EUR 1,739,000 at par plus interest accrued from 2003-02-16 of 34,720.445205 (1,739,000 x 0.06875 x 105/365) = 1,773,720.45.", False),  # noqa: E501
        ("Redemption: EUR 1,739,000 at 101% plus interest accrued from 2003-02-16 of 34,720.445205 (1,739,000 x 0.06875 x 106/365) = 1,773,720.45.", False),  # noqa: E501
        ("Default: recovery of 40% of EUR 400,000,000 = 160,000,000.00.", True),
        ("Default: recovery of 41% of EUR 400,000,000 = 160,000,000.00.", False),
        # 2/3 is shown as 0.666667: 47.4309 is as near as that says
        ("31.6206 / 0.666667 = 47.4309 shares per 1,000 (conversion price ≈21.08)", True),
        ("31.6206 / 0.666667 = 47.431 shares per 1,000 (conversion price ≈21.08)", False),
        ("52.4735 x 0.5 = 26.2368, rounded half-up to 0.0001", True),
        ("52.4735 x 0.5 = 26.2367, rounded half-up to 0.0001", True),  # 26.23675 lies between
        ("52.4735 x 0.5 = 26.2367, rounded up to 0.0001", False),
        ("52.4735 x 0.5 = 26.2368, rounded down to 0.0001", False),
        ("206.25 - 68.9375 = 137.3125 per 1,000 after interest; EUR 1,000 x 137.3125/1,000 = 137.31", True),
        ("206.25 - 68.9375 = 137.3124 per 1,000 after interest", False),
    ],
)  # fmt: skip
def test_how_equalities_are_read(sentence, right):
    assert all(map(holds, equalities(sentence))) is right


def test_an_equals_sign_that_is_not_read_is_an_error():
    for sentence in ("what is owed = 5", "5 x 3 = a lot", "5=5"):
        with pytest.raises(ValueError, match="not read"):
            equalities(sentence)
