"""Term sheets: what is read, what is written, and that the two are inverse."""

from __future__ import annotations

import dataclasses
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.note import PROVISIONS
from convnote.provisions import AUTHORITIES, Accretion, Conversion, Interest, Principal, Provision, Redemption, Reset
from convnote.provisions.together import moot
from convnote.provisions.toml_values import key_of, written
from convnote.testing import values_of

MINIMAL = """
name = "five years"
[principal]
issue_date = 2000-01-15
maturity_date = 2005-01-15
issue_size = 1_000_000
currency = "EUR"
[interest]
rate = {rate}
"""


# --- the bundled notes, against the paper -----------------------------------------------------------------------------


def test_the_bundled_notes_are_named() -> None:
    assert cn.available() == (
        "afv-2003",
        "amazon-2009",
        "amazon-peacs-2010",
        "cno-2016",
        "everbright-2023",
        "gpre-2027",
        "mandatory-2022",
        "qiagen-2031",
        "rcl-2021",
        "toray-2019",
    )


def test_amazon_is_what_the_form_of_note_prints() -> None:
    note = cn.load("amazon-peacs-2010")
    assert note.identity["cusip"] == "023135AG1"
    assert note.identity["isin"] == "US023135AG10"
    assert note.identity["common_code"] == "010795141"
    assert note.identity["governing_law"] == "New York"
    assert note.identity["trustee"] == "The Bank of New York"
    assert note.identity["ranks_equally_with"] == "4 3/4% Convertible Subordinated Notes due 2009"
    assert (note.issue_date, note.maturity_date) == (date(2000, 2, 16), date(2010, 2, 16))
    assert (note.issue_size, note.denomination, note.currency) == (690_000_000, 1_000, "EUR")
    assert {number: each["figures"] for number, each in note.principal.certificates.items()} == {
        "P-1": 400_000_000,
        "P-2": 290_000_000,
    }
    assert note.principal.certificates["P-2"]["words"] == "four hundred million euros"
    assert (note.interest.rate, note.interest.frequency, note.interest.day_count) == (Decimal("0.06875"), 1, "act/365f")
    assert note.interest.wire_above == 10_000_000
    assert {coupon.record_date.strftime("%d %b") for coupon in note.interest.coupons()} == {"01 Feb"}
    assert note.conversion is not None and note.conversion.price == Decimal("104.947")
    assert note.reset is not None and note.reset.dates == (date(2001, 2, 16), date(2002, 2, 16))
    assert (note.reset.floor, note.reset.window, note.reset.rounding) == (Decimal("84.883"), 20, Decimal("0.001"))
    terms = note.withdrawal
    assert terms is not None and (terms.trigger, terms.trigger_multiple) == (Decimal("167.915"), Decimal("1.6"))
    assert (terms.days, terms.period, terms.before) == (20, 30, date(2003, 2, 20))
    assert (terms.notice_at_least, terms.notice_at_most, terms.notice_within) == (30, 60, 5)
    assert (terms.make_whole_amount, terms.make_whole_to) == (Decimal("206.25"), "outstanding")
    assert note.redemption is not None and note.redemption.prices == ((date(2003, 2, 20), 1),)
    assert (note.redemption.accrued, note.redemption.notice_at_least, note.redemption.notice_at_most) == ("clean", 30, 60)
    change = note.fundamental_change
    assert change is not None and (change.price, change.notice_within, change.repurchase_after) == (1, 10, 30)
    assert note.default is not None and note.default.grace_days == 30
    assert note.consent is not None and note.consent.majority == Decimal("0.5")
    assert note.put is None


def test_every_setting_of_amazon_stands_in_its_file_and_every_convention_says_so() -> None:
    text = (Path(cn.__file__).parent / "termsheets" / "amazon-peacs-2010.toml").read_text(encoding="utf-8")
    sheet = tomllib.loads(text)
    note = cn.load("amazon-peacs-2010")
    for name, part in note.provisions():
        said = {each.name for each in part.settings() if getattr(part, each.name) is not None}
        stated = {each for each in said if not moot(note, f"{name}.{each}")}
        assert sheet[name].keys() - {"authority", "certificates"} == stated, name
        others = {key: part.authority_of(key) for key in stated if part.authority_of(key) != "note"}
        assert sheet[name].get("authority", {}) == others, name


@pytest.mark.parametrize(
    ("rule", "authority"),
    [
        ("INT-1", "note"),
        ("INT-2", "note"),
        ("INT-6", "convention"),
        ("INT-7", "convention"),
        ("CNV-3", "note"),
        ("RST-1", "note"),
        ("RST-2", "cover"),
        ("RST-3", "convention"),
        ("CNV-4", "note+convention"),
        ("CNV-6", "note+convention"),
        ("DAY-1", "note+convention"),
        ("ID-4", "note"),
        ("WDR-1", "note+convention"),  # the figures are printed, how closes are counted is not
        ("WDR-2", "note"),
        ("WDR-5", "convention"),
        ("ADJ-5", "convention"),
        ("RED-1", "note"),
        ("RED-4", "convention"),
        ("FCH-2", "note"),
        ("DEF-2", "convention"),
        ("AMD-1", "note"),
        ("DAY-2", "convention"),
        ("FX-1", "convention"),
    ],
)
def test_amazon_says_where_each_rule_comes_from(rule: str, authority: str) -> None:
    assert cn.load("amazon-peacs-2010").authority(rule) == authority


def test_afv_is_the_contract_of_the_article() -> None:
    note = cn.load("afv-2003")
    coupons = note.interest.coupons()
    years = [(coupon.payment_date.year - 2003) + (coupon.payment_date.month - 1) / 12 for coupon in coupons]
    assert years == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]
    assert {coupon.amount for coupon in coupons} == {Decimal(4)}
    assert note.denomination == 100
    assert note.conversion is not None and note.conversion.ratio() == 1
    assert note.conversion.accrued == "forgo"
    assert note.redemption is not None and note.redemption.amount("2005-01-01") == 110
    with pytest.raises(cn.TermsError):
        note.redemption.amount("2004-12-31")
    assert note.put is not None and note.put.dates == (date(2006, 1, 1),) and note.put.amount("2006-01-01") == 105
    # at once: a call and a put need no notice, and a called note may still be converted
    assert note.redemption.first_notice == note.redemption.first_date
    assert str(note.conversion.called_until) == "0 business days before"
    assert note.principal.authority_of("issue_date") == "convention"


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", ["0.06875", '"6 7/8%"', '"6.875%"', '"11/160"', '"55/8 %"', '"+0.06875"', "6_875e-5"])
def test_a_rate_is_read_however_the_paper_writes_it(rate: str) -> None:
    text = MINIMAL.format(rate=rate)
    assert cn.loads(text).interest.rate == Decimal("0.06875")


def test_figures_are_kept_as_printed() -> None:
    # 0.1 + 0.2 in binary would show; 28 digits are more than a float or a default context holds
    digits = "0.1234567890123456789012345678901234567890123456789"
    note = cn.loads(MINIMAL.format(rate=digits))
    assert str(note.interest.rate) == digits
    assert f"rate = {digits}" in cn.dumps(note)


def test_every_provision_but_principal_and_interest_is_optional() -> None:
    note = cn.loads(MINIMAL.format(rate=0))
    assert [name for name, _ in note.provisions()] == ["principal", "interest"]
    assert (note.description, note.identity) == ("", {})


def test_load_reads_a_file_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL.format(rate=0), encoding="utf-8")
    assert cn.load(path) == cn.load(str(path)) == cn.loads(MINIMAL.format(rate=0))
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.format(rate=0).replace("\n", "\r\n").encode())  # from another editor
    assert cn.load(path).name == "five years"


def test_an_amended_term_sheet_changes_only_what_was_amended() -> None:
    text = cn.dumps(cn.load("amazon-peacs-2010"))
    note = cn.loads(text.replace("floor = 84.883", "floor = 90"))
    original = cn.load("amazon-peacs-2010")
    assert [change.setting for change in original.amendments(note)] == ["reset.floor"]
    assert dataclasses.replace(note, reset=original.reset) == original


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", cn.available())
def test_a_bundled_note_comes_back(name: str) -> None:
    note = cn.load(name)
    text = cn.dumps(note)
    assert cn.loads(text) == note
    assert cn.dumps(cn.loads(text)) == text


def test_the_authority_of_a_setting_named_like_a_word_of_python_is_read_back() -> None:
    accretion = Accretion(issue_price=610, yield_="0.05", authority={"yield_": "cover"})  # type: ignore[arg-type]
    note = dataclasses.replace(cn.load("amazon-peacs-2010"), accretion=accretion)
    assert accretion.authority_of("yield_") == accretion.authority_of("yield") == "cover"
    assert cn.loads(cn.dumps(note)) == note and "yield = 0.05  # ACC-1, cover" in cn.dumps(note).splitlines()


def test_dumps_names_rule_and_authority_beside_each_setting() -> None:
    lines = cn.dumps(cn.load("amazon-peacs-2010")).splitlines()
    assert "price = 104.947  # CNV-3" in lines
    assert "window = 20  # RST-2, cover" in lines
    assert "grace_days = 30  # DEF-2, convention" in lines
    assert "issue_size = 690_000_000  # ID-2" in lines


@pytest.mark.parametrize("name", cn.available())
def test_dumps_writes_lines_that_fit_a_page(name: str) -> None:
    assert max(map(len, cn.dumps(cn.load(name)).splitlines())) <= 140


def test_a_long_list_is_written_with_an_entry_in_each_line() -> None:
    note = cn.load("amazon-peacs-2010")
    assert note.redemption is not None
    many = [(date(2003, 2, 20) + timedelta(days=day), "1.02") for day in range(9)]
    stated = dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, prices=many))
    lines = cn.dumps(stated).splitlines()
    first = lines.index("prices = [  # RED-1")
    assert lines[first + 1] == "    [2003-02-20, 1.02]," and lines[first + 10] == "]"
    assert cn.loads(cn.dumps(stated)) == stated


def test_dumps_writes_the_note_that_floats_stand_for() -> None:
    note = cn.load("amazon-peacs-2010")
    assert cn.loads(cn.dumps(note.floats)) == note


def test_dumps_refuses_an_identity_that_is_not_words() -> None:
    note = dataclasses.replace(cn.load("afv-2003"), identity={"cusip": 23135})  # type: ignore[dict-item]
    with pytest.raises(cn.TermsError, match=r"^identity\.cusip: got 23135; expected text$"):
        cn.dumps(note)


# --- the law: loads(dumps(note)) == note ------------------------------------------------------------------------------

words = st.text(min_size=1).filter(str.strip)
decimals = st.decimals(min_value="1e-9", max_value="1e15", allow_nan=False, allow_infinity=False)
#: what a caller may hand in: a binary float is taken at its shortest decimal, a fraction stays one
amounts = st.one_of(decimals, st.fractions("1/1000", 10**6), st.integers(1, 10**25), st.floats(1e-6, 1e12))
shares = st.decimals(min_value="1e-9", max_value=1, allow_nan=False)
rates = st.one_of(shares, st.fractions(0, 1), st.floats(0, 1).map(lambda rate: round(rate, 12)))
multiples = st.one_of(
    st.decimals(min_value="1e-9", max_value=10, allow_nan=False), st.fractions("1/1000", 10), st.integers(1, 10)
)
days = st.dates(date(1990, 1, 1), date(2050, 1, 1))
Draw = Callable[[st.SearchStrategy[Any]], Any]


def built(draw: Draw, kind: type[Provision], **fixed: Any) -> Any:
    """A provision: `fixed` and required settings, some of the others, and now and then an authority of their own."""
    given = dict(fixed)
    for each in kind.settings():
        required = each.default is dataclasses.MISSING
        if each.name not in given and (required or draw(st.booleans())):
            given[each.name] = draw(values_of(each.metadata["kind"]))
    if kind is Conversion and not {"price", "rate"} & given.keys():
        given["price"] = draw(amounts)
    if kind is Reset and 0 < given["floor"] < given.get("rounding", Decimal("0.001")):
        given["rounding"] = given["floor"]
    for low, high in (("notice_at_least", "notice_at_most"), ("days", "period")):
        if hasattr(kind, low) and hasattr(kind, high):
            given[low], given[high] = sorted(draw(st.tuples(st.integers(1, 250), st.integers(1, 250))))
    names = st.sampled_from([each.name for each in kind.settings()])
    return kind(**given, authority=draw(st.dictionaries(names, st.sampled_from(AUTHORITIES), max_size=3)))


@st.composite
def tables_of_shares(draw: Draw) -> dict[str, Any]:
    """Dates, prices and a row of shares for each date."""
    on, prices = (draw(st.sets(each, min_size=1, max_size=3).map(sorted)) for each in (days, amounts))
    row = st.lists(decimals, min_size=len(prices), max_size=len(prices))
    return {"dates": on, "prices": prices, "shares": draw(st.lists(row, min_size=len(on), max_size=len(on)))}


#: the first and the last day of a right, either or both not said
first_and_last = st.one_of(
    st.fixed_dictionaries({"from_date": st.none(), "before": st.none() | days}),
    st.sets(days, min_size=2, max_size=2).map(lambda two: dict(zip(("from_date", "before"), sorted(two), strict=True))),
)
#: a printed trigger, with the multiple that it is or without, or a multiple alone
triggers = st.one_of(
    st.fixed_dictionaries({"trigger": amounts, "trigger_of": st.none()}, optional={"trigger_multiple": multiples}),
    st.fixed_dictionaries(
        {"trigger": st.none(), "trigger_multiple": multiples, "trigger_of": st.sampled_from(["initial", "in-force"])}
    ),
).flatmap(lambda given: first_and_last.map(lambda ends: {**given, **ends}))


@st.composite
def last_calls(draw: Draw) -> dict[str, Any]:
    """Prices by date, the condition with the day to which it holds or neither, and a last day on or after the first."""
    on = draw(st.sets(days, min_size=1, max_size=3).map(sorted))
    condition = draw(st.none() | values_of({each.name: each for each in Redemption.settings()}["condition"].metadata["kind"]))
    make_whole = draw(st.none() | decimals)
    return {
        "make_whole_amount": make_whole,
        "make_whole_until": draw(st.none() | days) if make_whole is not None else None,
        "prices": [[each, draw(multiples)] for each in on],
        "condition": condition,
        "until": draw(st.none() | days) if condition else None,
        "last": draw(st.one_of(st.none(), st.just(on[-1]), st.just("21 calendar days before"))),
    }


@st.composite
def settlements(draw: Draw) -> dict[str, Any]:
    """A method, and what is said of it alone; a choice, and by when; a last period, and from when."""
    method, chosen, final = draw(st.sampled_from(["shares", "cash", "combination"])), draw(st.booleans()), draw(st.booleans())
    return {
        "method": method,
        "specified": draw(decimals) if method == "combination" else None,
        "election": "issuer" if chosen else None,
        "chosen_by": draw(st.none() | days) if chosen else None,
        "final": "21 trading days before" if final else None,
        "free_from": draw(st.none() | days) if final else None,
    }


@st.composite
def two_rates(draw: Draw) -> dict[str, Any]:
    """Two rates and two prices, the lower first, and a rounding that leaves something of each rate."""
    found = {
        name: value
        for names in (("min_rate", "max_rate"), ("low", "high"))
        for name, value in zip(names, sorted(draw(st.sets(decimals, min_size=2, max_size=2))), strict=True)
    }
    return found | {"rounding": min(draw(decimals), found["min_rate"])}


OF_CLOSES = "contingent_conversion", "revision", "conditional_put"
often = st.sampled_from([1, 2, 3, 4, 6, 12])
#: what a coupon at a stated rate in cash does not say
IN_CASH = dict.fromkeys(("paid_rounding", "paid_rounding_mode"))
STATED = dict.fromkeys(("index", "spread", "floor", "fixed"))
at_an_index = st.fixed_dictionaries(
    {
        "rate": st.none(),
        "frequency": often,
        "index": words,
        "spread": st.none() | st.decimals(-1, 1),
        "floor": st.none() | rates,
        "fixed": st.sampled_from(["2 business days before", "5 calendar days before"]),
    }
)
in_kind = st.fixed_dictionaries(
    {
        "rate": rates,
        "frequency": often,
        "paid": st.just("in-kind"),
        "paid_rounding": decimals,
        "paid_rounding_mode": st.sampled_from(["half-up", "down", "up"]),
    }
)
#: a rate, at a frequency or no interest at all; an index; or coupons that become principal
coupons = st.one_of(
    (st.fixed_dictionaries({"rate": rates, "frequency": often}) | st.just({"rate": 0, "frequency": 0})).map(
        lambda given: {**IN_CASH, **STATED, **given, "paid": None}
    ),
    at_an_index.map(lambda given: {**IN_CASH, **given, "paid": "cash"}),
    in_kind.map(lambda given: {**STATED, **given}),
)


@st.composite
def windows(draw: Draw) -> dict[str, Any]:
    """A condition on quarters with what is said of it, or none; days after a change only where a change opens conversion."""
    kinds = {each.name: each.metadata["kind"] for each in PROVISIONS["contingent_conversion"].settings()}
    quarter, on_change = draw(st.none() | values_of(kinds["quarter"])), draw(st.booleans())
    said = {"quarter": quarter, "on_change": on_change}
    if quarter is None:
        said |= {"first_quarter": None, "for_ever": False}
    return said if on_change else {**said, "change_days": None}


@st.composite
def notes(draw: Draw) -> cn.ConvertibleNote:
    issue, denomination = draw(days), draw(st.integers(1, 10**6)) * Decimal(draw(st.sampled_from(["1", "0.01", "1E+3"])))
    certificate = st.fixed_dictionaries({"figures": decimals}, optional={"words": words})
    chosen = {name for name in PROVISIONS if name not in ("principal", "interest") and draw(st.booleans())}
    if "mandatory" in chosen:  # its principal becomes shares
        chosen -= {"reset", "revision", "withdrawal", "accretion"}
    paid = draw(coupons)
    if paid["paid"] == "in-kind":  # principal grows
        chosen -= {"accretion", "mandatory", "withdrawal"}
    two_currencies = draw(st.booleans())
    if two_currencies:  # at a fixed exchange rate
        chosen -= {"mandatory", "settlement", "make_whole_change", "exchange", *OF_CLOSES}
    if chosen & {"reset", "withdrawal", "mandatory", "exchange", *OF_CLOSES}:
        chosen.add("conversion")
    principal = built(
        draw,
        Principal,
        issue_date=issue,
        maturity_date=issue + timedelta(days=draw(st.integers(1, 40 * 365))),
        issue_size=denomination * draw(st.integers(1, 10**6)),
        denomination=denomination,
        cent=denomination / draw(st.sampled_from([1, 8, 1000])),
        certificates=draw(st.dictionaries(st.text(), certificate, max_size=2)),
        **({"maturity_price": Decimal(1), "maturity_includes_interest": None} if "mandatory" in chosen else {}),
        **({"rounded_on": "position", "maturity_includes_interest": None} if paid["paid"] == "in-kind" else {}),
        **({"currency": "USD", "share_currency": "HKD"} if two_currencies else {}),
    )
    # what fits every pair of issue and maturity; other payment dates have laws of their own
    dated = {"first_payment": None, "last_payment": None, "end_of_month": draw(st.sampled_from([None, False]))}
    dated["stub"] = draw(st.sampled_from([None, "short-last"])) if paid["frequency"] else None
    dated["record_dates"] = None
    if paid["frequency"] and draw(st.booleans()):  # one for each payment of a year, in the place of a number of days
        some_day = st.dates(date(2001, 1, 1), date(2001, 12, 31)).map(lambda on: f"{on:%m-%d}")
        dated["record_dates"] = draw(st.lists(some_day, min_size=paid["frequency"], max_size=paid["frequency"]))
        dated["record_days"] = None
    floor = draw(decimals)
    bound: dict[str, dict[str, Any]] = {
        "reset": {"floor": floor, "rounding": draw(st.sampled_from([floor, floor / 8, floor / 1000]))},
        "make_whole_change": draw(tables_of_shares()),
        "withdrawal": draw(triggers),
        "redemption": draw(last_calls()),
        "mandatory": draw(two_rates()),
        "settlement": draw(settlements()),
        "contingent_conversion": draw(windows()),
        "conversion": {"fixed_rate": None},
        # one of the two limits
        "clean_up": draw(st.sampled_from([{"share": Decimal("0.15"), "amount": None}, {"amount": Decimal(30), "share": None}])),
        # the period and what is paid after its end stand together
        "fundamental_change": {"period_days": None, "pays_after": None},
    }
    if "exchange" in chosen:  # what the property is, a Note converts into
        amount = draw(decimals)
        bound["exchange"] = {"property": [{"share": draw(words), "amount": amount}]}
        bound["conversion"] = {"rate": amount, "fixed_rate": None}
    if two_currencies:
        bound["conversion"] = {"price": draw(amounts), "rate": None, "fixed_rate": draw(decimals)}
        bound["adjustment"] = {"rounding_of": "price"}
        if getattr(bound["redemption"]["condition"], "of", None) == "accreted":
            bound["redemption"] |= {"condition": None, "until": None}
    if paid["paid"] == "in-kind":
        bound["redemption"] |= {"make_whole_amount": None, "make_whole_until": None}
    return cn.ConvertibleNote(
        name=draw(words),
        description=draw(st.text()),
        identity=draw(st.dictionaries(st.text(), st.text(), max_size=3)),
        principal=principal,
        interest=built(draw, Interest, **paid, **dated),
        **{name: built(draw, PROVISIONS[name], **bound.get(name, {})) for name in PROVISIONS if name in chosen},
    )


@pytest.mark.parametrize(("number", "words"), [("Infinity", "inf"), ("-Infinity", "-inf"), ("NaN", "nan"), ("-0.50", "-0.50")])
def test_a_value_that_is_not_finite_is_written_as_toml_has_it(number: str, words: str) -> None:
    assert written(Decimal(number)) == words


def test_loads_is_the_inverse_of_dumps() -> None:
    seen: set[str] = set()

    @settings(max_examples=max(150, settings().max_examples))  # fewer would not have everything in them
    @given(notes())
    def law(note: cn.ConvertibleNote) -> None:
        text = cn.dumps(note)
        back = cn.loads(text)
        assert back == note
        assert cn.dumps(back) == text
        assert back.assumed == note.assumed
        assert [part.authority for _, part in back.provisions()] == [part.authority for _, part in note.provisions()]
        seen.update(name for name, _ in note.provisions())
        seen.update("with words" for each in note.principal.certificates.values() if "words" in each)
        seen.update(
            each.name
            for _, part in note.provisions()
            for each in part.settings()
            if each.default is not dataclasses.MISSING and getattr(part, each.name) != each.default
        )
        seen.update("with authority" for _, part in note.provisions() if part.authority)

    law()
    assert seen >= {"reset", "withdrawal", "redemption", "put", "consent", "with words", "with authority"}
    assert "rounded_on" in seen, "settings are drawn though no test names them"
    assert seen >= {"index", "paid_rounding", "fixed_rate", "contingent_conversion", "conditional_put", "revision"}


@given(st.text(alphabet="0123456789 +-/.%_e", max_size=12))
def test_a_rate_in_words_is_a_number_or_a_clear_refusal(text: str) -> None:
    sheet = MINIMAL.format(rate=f'"{text}"')
    rate, refusal = Decimal("NaN"), ""
    try:
        rate = cn.loads(sheet).interest.rate
    except cn.TermsError as error:
        refusal = str(error)
    assert rate >= 0 if not refusal else refusal.startswith("interest.rate (INT-1): got ")


# --- the law: whatever stands in a sheet, it is a note or a TermsError that names the place -----------------------------

AMAZON = tomllib.loads(cn.dumps(cn.load("amazon-peacs-2010")), parse_float=Decimal)
PLACES = [(table, key) for table, settings in AMAZON.items() if isinstance(settings, dict) for key in settings]
scalars = st.one_of(
    st.booleans(),
    st.integers(-5, 400),
    st.integers(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text(max_size=8),
    st.sampled_from(["", "none", "FED", "6 7/8%", "1/3", "2000-02-16", "clean", "note"]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2), max_leaves=4
)


def as_toml(sheet: dict[str, Any]) -> str:
    head = "".join(f"{key} = {written(value)}\n" for key, value in sheet.items() if not isinstance(value, dict))
    tables = "".join(
        f"[{name}]\n" + "".join(f"{key_of(key)} = {written(value)}\n" for key, value in table.items())
        for name, table in sheet.items()
        if isinstance(table, dict)
    )
    return head + tables


def test_a_sheet_with_anything_in_one_place_is_a_note_or_a_clear_refusal() -> None:
    outcomes: Counter[str] = Counter()

    @settings(max_examples=max(150, settings().max_examples))
    @given(st.data())
    def law(data: st.DataObject) -> None:
        table, key = data.draw(st.sampled_from(PLACES))
        value = data.draw(values | st.integers(1, 366) | st.just(AMAZON[table][key]))
        sheet = AMAZON | {table: AMAZON[table] | {key: value}}
        faults: tuple[str, ...] = ()
        try:
            note = cn.loads(as_toml(sheet))
        except cn.TermsError as error:
            faults = error.faults
        outcomes["refused" if faults else "a note"] += 1
        if faults:
            # a right value may contradict another setting, and then that one may be named
            assert any(fault.startswith(f"{table}.") or fault.split(":")[0] in sheet for fault in faults)
        else:
            assert cn.loads(cn.dumps(note)) == note

    law()
    assert outcomes["refused"] > 2 and outcomes["a note"] > 2


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_a_file_of_anything_is_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.toml"
        path.write_bytes(content)
        with pytest.raises(cn.TermsError):
            cn.load(path)
