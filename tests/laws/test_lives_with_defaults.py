"""The law of interest in lives with defaults: what was missed, cured, waived, rescinded and amended is paid once, to the cent."""

from collections import Counter

from hypothesis import given, note, settings
from hypothesis import strategies as st

from .defaults import DEFAULTS, in_default
from .earned import is_spoken_of, mispaid

FIXED = range(60)
SEEDS = st.integers(len(FIXED), 10**9)
#: Not each life that is drawn has a default that the note allows, and of some the law does not speak: 2,000 that count, and more,
#: in the profile `thorough`.
LIVES = settings().max_examples * 3 // 2
WANTED = (
    "missed-payment",
    "late-interest",
    "waiver",
    "rescission",
    "acceleration",
    "accelerated",
    "amendment",
    "transfer",
    "redemption",
    "repurchase",
    "conversion",
    "interest-paid-in",
    "interest-returned",
    "default",
    "maturity",
    "holders",
)


def test_in_every_life_with_defaults_each_holder_is_paid_principal_and_the_interest_earned():
    reached, counted = Counter(), Counter()

    def holds_in(history):
        with_default = any(entry.kind in DEFAULTS for entry in history.ledger)
        if with_default and is_spoken_of(history):
            assert mispaid(history) == [], history.events
            reached.update(history.reached)
        return with_default and is_spoken_of(history)

    for seed in FIXED:
        holds_in(in_default(seed))
    assert {kind for kind in WANTED if not reached[kind]} == set(), reached

    @settings(max_examples=LIVES)
    @given(SEEDS)
    def holds(seed):
        history = in_default(seed)
        note(f"{history.holders} {history.events}")
        counted[holds_in(history)] += 1

    holds()
    print(f"{counted[True]:,} lives with defaults of {counted.total():,}")
    assert counted[True] >= counted.total() * 2 // 3, counted
