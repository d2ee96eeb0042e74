"""What provisions are made of: rules, what a setting takes, and how a setting is declared and shown."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from convnote.errors import TermsError
from convnote.provisions import changes, fields, provision


def test_a_table_of_rules_is_written_with_underscores_and_read_with_hyphens():
    made = provision.rules(INT_1=("interest at the stated rate", "note"), CNV_10=("no payment in", "convention"))
    assert made == {
        "INT-1": provision.Rule(id="INT-1", says="interest at the stated rate", authority="note"),
        "CNV-10": provision.Rule(id="CNV-10", says="no payment in", authority="convention"),
    }


#: How a check is made, what it takes and makes of that, what it refuses, and in which words.
CHECKS = [
    (lambda: fields.positive, [("0.5", Decimal("0.5")), (1, Decimal(1))], [0, -1], "expected a number above 0"),
    (lambda: fields.not_negative, [(0, Decimal(0)), (0.25, Decimal("0.25"))], ["-0.01"], "expected a number of 0 or more"),
    (lambda: fields.share, [(0, Decimal(0)), (1, Decimal(1))], ["-0.01"], "expected a number from 0 to 1"),
    (lambda: fields.share, [("2/3", Fraction(2, 3))], ["1.01"], "expected a number from 0 to 1: 1.01% is 0.0101"),
    (lambda: fields.count(), [(0, 0), (10**9, 10**9), (np.int64(3), 3)], [-1], "expected a whole number from 0"),
    (lambda: fields.count(2, 5), [(2, 2), (5, 5)], [1, 6], "expected a whole number from 2 to 5"),
    (lambda: fields.count(2, 5), [], [True, 3.0, "3", None], "expected a whole number"),
    (lambda: fields.one_of("clean", "dirty"), [("clean", "clean")], ["Clean", "", None, []], "allowed: clean, dirty"),
    (lambda: fields.one_of(0, 1, 2), [(2.0, 2), (1, 1)], [True, False, 3, "1"], "allowed: 0, 1, 2"),
    (
        lambda: fields.some_of("split", "merger"),
        [(["merger", "split"], ("split", "merger")), ((), ()), (["merger", "merger"], ("merger",))],
        [["gossip"], ["split", "gossip"], "split", None, {"split"}],
        "expected a list of: split, merger",
    ),
    (lambda: fields.text, [(" x ", " x ")], ["", "  ", 5, None], "expected text"),
    (lambda: fields.flag, [(True, True), (np.bool_(False), False)], [0, 1, "true", None], "expected true or false"),
    (
        lambda: fields.day,
        [("2000-02-16", date(2000, 2, 16)), (date(2000, 2, 16), date(2000, 2, 16))],
        [np.array(["2000-02-16"], "datetime64[D]"), datetime(2000, 2, 16), datetime(2000, 2, 16, 9, 30), 20000216],
        "expected a date, without a time of day",
    ),
    (
        lambda: fields.days,
        [(["2001-02-16", "2002-02-16"], (date(2001, 2, 16), date(2002, 2, 16)))],
        [["2002-02-16", "2001-02-16"], ["2001-02-16", "2001-02-16"]],
        "expected dates in ascending order, none twice",
    ),
    (lambda: fields.days, [(["2001-02-16"], (date(2001, 2, 16),))], [[]], "expected at least one date"),
    (
        lambda: fields.price_schedule,
        [([["2003-02-20", 1], ["2004-02-20", "1.5"]], ((date(2003, 2, 20), Decimal(1)), (date(2004, 2, 20), Decimal("1.5"))))],
        [[]],
        "expected at least one pair of date and price",
    ),
]


@pytest.mark.parametrize(("made", "takes", "refuses", "words"), CHECKS)
def test_a_check_takes_what_it_says_and_names_what_is_allowed(made, takes, refuses, words):
    check = made()
    for value, taken in takes:
        assert check(value) == taken and type(check(value)) is type(taken)
    for value in refuses:
        with pytest.raises(ValueError) as error:  # noqa: PT011 (the words are compared)
            check(value)
        assert getattr(error.value, "reason", str(error.value)) == words


@pytest.fixture
def parking():
    """A provision made up for these tests, and made anew for each."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Parking(provision.Provision):
        fee: Decimal = fields.term(fields.positive, "PRK-1", change=changes.neutral)
        places: int | None = fields.term(fields.count(1), "PRK-2", "cover", change=changes.neutral, default=None)
        shade_at_noon: bool = fields.term(fields.flag, "PRK-3", "convention", change=changes.neutral, default=True)
        owner: str | None = fields.given(metadata={"whose": "anybody's"})

    return Parking


def test_a_term_knows_its_check_its_rule_and_where_it_is_printed(parking):
    fee, places, shade = parking.settings()
    assert dict(fee.metadata) == {
        "kind": fields.positive,
        "rule": "PRK-1",
        "authority": "note",
        "change": changes.neutral,
    }
    assert (places.metadata["rule"], places.metadata["authority"]) == ("PRK-2", "cover")
    assert fee.default is dataclasses.MISSING and places.default is None and shade.default is True
    made = parking(fee=5, authority={"fee": "cover"})
    assert [made.authority_of(name) for name in ("fee", "places", "shade_at_noon")] == ["cover", "cover", "convention"]


def test_a_setting_that_does_not_say_in_which_direction_it_hurts_holders_cannot_be_declared():
    with pytest.raises(TypeError, match="change"):
        fields.term(fields.positive, "PRK-1")
    with pytest.raises(
        ValueError, match=r"a change touches one of: later maturity, .*, lower majority; not 'a view of the park'"
    ):
        changes.worse_if_lower("a view of the park")


def test_what_the_note_hands_to_a_provision_is_no_term_of_it(parking):
    ours, theirs = parking(fee=5, owner="us"), parking(fee=5, owner="them")
    assert ours == theirs and "owner" not in repr(ours) and parking(fee=5).owner is None
    (owner,) = (each for each in dataclasses.fields(parking) if each.name == "owner")
    assert (owner.compare, owner.repr, owner.kw_only, dict(owner.metadata)) == (False, False, True, {"whose": "anybody's"})


def test_a_provision_is_printed_as_a_table_of_what_is_set(parking):
    table = parking(fee="2.50").printed()
    assert table.columns == ("setting", "value", "rule", "authority") and table.title == "parking"
    assert table.rows == (("fee", "2.5", "PRK-1", "note"), ("shade_at_noon", "yes", "PRK-3", "convention"))

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class ParkingOfLongCars(parking):
        """Two words more."""

    assert ParkingOfLongCars.table() == "parking_of_long_cars"
    assert ParkingOfLongCars(fee=1).printed().title == "parking of long cars"
    assert ParkingOfLongCars.place("fee") == "parking_of_long_cars.fee"


def test_where_an_example_fails_a_provision_is_one_line_without_what_it_was_handed(parking):
    class Printer:
        said = ""

        def text(self, words):
            self.said += words

    printer = Printer()
    parking(fee="2.50", owner="us")._repr_pretty_(printer, False)
    assert printer.said == repr(parking(fee="2.50")) and "fee=Decimal('2.5')" in printer.said and "us" not in printer.said


def test_a_provision_in_floats_keeps_its_words_and_what_it_is_handed(parking):
    fast = parking(fee="2.50", places=3).in_floats(owner="us")
    assert type(fast.fee) is np.float64 and fast.fee == 2.5 and fast.places == 3 and fast.owner == "us"


def test_all_faults_of_a_provision_are_told_at_once_each_with_its_rule_and_value(parking):
    with pytest.raises(TermsError) as error:
        parking(fee=-1, places=0, authority={"tee": "note", "fee": "hearsay"})
    assert error.value.faults == (
        "parking.fee (PRK-1): got -1; expected a number above 0",
        "parking.places (PRK-2): got 0; expected a whole number from 1",
        "parking.authority: got 'tee'; no such setting",
        "parking.authority.fee: got 'hearsay'; allowed: note, cover, agreement, filing, by-laws, convention",
    )
    fault = parking(fee=1).fault("places", "expected one")
    assert (fault.field, fault.rule, fault.value, fault.reason) == ("parking.places", "PRK-2", None, "expected one")
