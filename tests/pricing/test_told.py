"""A value says, as every answer does, what its sheet leaves out and how many settings were assumed (NMD-1)."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

import convnote as cn

from .figures import TEN_YEARS, ten_model

NOTE = replace(cn.loads(TEN_YEARS), not_modelled={"TAX-1": "redemption for <taxation>"})
LINES = ["Not modelled, TAX-1: redemption for <taxation>", NOTE.caveats()[-1]]


@pytest.mark.parametrize("credit", ["jump-to-default", "tsiveriotis-fernandes"])
def test_nmd1_a_value_repeats_what_is_left_out_and_how_many_settings_were_assumed(credit: str) -> None:
    assert LINES[1].startswith("Assumed: ") and len(NOTE.assumed) > 1
    value = cn.price(NOTE, ten_model(), credit=credit)
    assert list(value.notes[-2:]) == LINES
    assert all(line in str(value) for line in LINES)
    assert all(html.escape(line) in value._repr_html_() for line in LINES)
    frame = value.to_frame()
    assert frame.attrs["not_modelled"] == {"TAX-1": "redemption for <taxation>"} and frame.attrs["notes"][-2:] == LINES


def test_nmd1_a_value_of_a_sheet_that_says_all_has_no_such_line() -> None:
    value = cn.price(cn.load("afv-2003"), ten_model())
    assert not any(line.startswith(("Assumed", "Not modelled")) for line in value.notes)
    assert value.to_frame().attrs["not_modelled"] == {}
