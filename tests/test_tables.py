"""A table shows the same values as text, HTML, CSV, JSON and a frame."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convnote.printing import guarded, printable
from convnote.tables import Table

TABLE = Table.of(
    ("date", "cash", "shares", "rules", "text"),
    [
        (date(2001, 2, 16), Decimal("47567465.75"), 0, ("INT-1", "INT-7"), "366 days at <6 7/8%> & more, [bold]"),
        (date(2002, 2, 16), None, 0, (), "a Saturday"),
    ],
    title="Coupons",
)


def test_text_has_figures_in_groups_and_ends_no_line_with_blanks() -> None:
    lines = TABLE.text().splitlines()
    assert lines[:2] == ["Coupons", ""]
    assert lines[4].split()[:3] == ["2001-02-16", "47,567,465.75", "0"]
    assert lines[4].endswith("INT-1 INT-7  366 days at <6 7/8%> & more, [bold]")
    assert all(line == line.rstrip() for line in lines)


def test_text_folds_words_and_never_a_figure_or_a_day() -> None:
    page = TABLE.text(width=60)
    assert max(map(len, page.splitlines())) <= 60
    assert "2001-02-16" in page and "47,567,465.75" in page
    assert "[bold]" in page.replace("\n", "")


def test_without_empty_drops_columns_that_say_nothing() -> None:
    assert TABLE.without_empty().columns == ("date", "cash", "rules", "text")


def test_html_is_escaped() -> None:
    page = Table.of(("<b>",), [("<script>alert('x')</script> & \"y\"",)], title="<i>").html()
    seen: list[str] = []
    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            seen.append(tag)

        def handle_data(self, data: str) -> None:
            texts.append(data)

    Reader().feed(page)
    assert seen == ["table", "caption", "thead", "tr", "th", "tbody", "tr", "td"]
    assert texts == ["<i>", "<b>", "<script>alert('x')</script> & \"y\""]


def test_csv_keeps_every_figure() -> None:
    rows = list(csv.reader(io.StringIO(TABLE.csv())))
    assert rows == [
        ["date", "cash", "shares", "rules", "text"],
        ["2001-02-16", "47567465.75", "0", "INT-1 INT-7", "366 days at <6 7/8%> & more, [bold]"],
        ["2002-02-16", "", "0", "", "a Saturday"],
    ]


def test_records_are_json_and_exact_numbers_are_strings_of_their_digits() -> None:
    first = json.loads(json.dumps(TABLE.records()))[0]
    assert first["date"] == "2001-02-16"
    assert first["cash"] == "47567465.75"
    assert first["shares"] == 0
    assert Table.of(("size",), [(Decimal("6.9E+8"),)]).records() == [{"size": "690000000"}]
    assert first["rules"] == ["INT-1", "INT-7"]


def test_frame_has_days_and_float64_or_exact_decimals() -> None:
    pytest.importorskip("pandas", reason="frames need pandas")
    frame = TABLE.frame()
    assert frame["date"].dtype.kind == "M"
    assert frame["cash"].dtype == np.float64
    assert frame["cash"][0] == 47567465.75 and np.isnan(frame["cash"][1])
    assert TABLE.frame(exact=True)["cash"][0] == Decimal("47567465.75")


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="every row needs 2 cells: a, b"):
        Table.of(("a", "b"), [(1, 2), (1,)])


@given(st.lists(st.tuples(st.text(), st.decimals(allow_nan=False, allow_infinity=False)), max_size=5))
def test_csv_has_one_line_a_row_and_comes_back(rows: list[tuple[str, Decimal]]) -> None:
    page = Table.of(("words", "figure"), rows).csv()
    assert page.count("\n") == 1 + len(rows)
    back = list(csv.reader(io.StringIO(page, newline="")))[1:]
    expected = [(guarded(printable(re.sub("[\r\n]+", " ", words))), figure) for words, figure in rows]
    assert [(words, Decimal(figure)) for words, figure in back] == expected
