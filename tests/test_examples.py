"""Every example runs and prints one table, in which stands a figure worked out by hand."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"

#: Of each example a row that is known beforehand.
FIGURES = {
    # 60 days before Thursday 2000-05-11 is Sunday 2000-03-12; 120 days after it 2000-09-08
    "annual_meeting": "2000-05-11 2000-02-11 2000-03-12 2000-03-12 2000-05-01 2000-09-08",
    # 1,000 x 84.95 / 84.883 = 1,000.789…; 1,000 + 1,000 x 0.06875 x 4/365 = 1,000.753…
    "call_or_convert": "84.950 1,000.789322 1,000.753425 the shares",
    # 690,000,000 x 0.06875 x 366/365; Saturday 2002-02-16 and a holiday after it
    "coupons": "366 2001-02-01 2001-02-16 2001-02-16 68.938356 47,567,465.75",
    # 690,000,000 / 104.947 = 6,574,747.253…, of 363,714,747.25; 10,000,000 x (1 - 13.155 / 15.56) = 1,545,629.82…
    "dilution": "2000-12-31 357,140,000 6,574,747.253376 1,545,629.820051 0.018077",
    # 206.25 - 68.938356
    "make_whole": "2001-02-17 2001-03-20 137.311644 94,745,034.25",
    # a ninth of 414,000,000 is 46,000,000; 61,334,000 x 3/4 = 46,000,500: a tie of remainders, decided by the order
    "offering_default": "61,334,000 46,001,000 15,333,000 2 goes on",
    # six quarters of 5%, less 10,000
    "option_grant": "2004-11-29 0.30 15,000 5,000",
    # 1,000,000 / 104.947 = 9,528.619…, x 15.95 for the fraction; 1,000,000 x 0.06875 x 366/365
    "record_window": "2001-02-02 104.947 9,528 9.88 68,938.36",
    "refusals": "2002-12-21 RedemptionNotice RED-2",
    # at par, the day before a coupon, the current yield is the coupon
    "yields": "100 6.8788 6.8759 6.8750",
}


def test_every_example_has_a_figure() -> None:
    assert sorted(FIGURES) == sorted(path.stem for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", FIGURES)
def test_example(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "CONVNOTE_QUICK", "1")
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    rules = [line for line in lines if line and set(line) <= {"-", " "}]
    assert len(rules) == 1 and len(lines) - lines.index(rules[0]) > 3, "one table, with rows"
    assert any(" ".join(line.split()).startswith(FIGURES[name]) for line in lines), "\n".join(lines)
