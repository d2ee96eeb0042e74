"""What each bundled note needs left out to be priced, and that its value then stands in its own units."""

from __future__ import annotations

import pytest

import convnote as cn
from convnote.errors import PricingError
from convnote.policies import Never

#: for each note the rules that `cn.price` refuses: conditions of several closes, quarters in which a note converts, a price that
#: the Company may lower when it decides to, and the average of a mandatory
NEEDS = {
    "afv-2003": (),
    "amazon-2009": ("SFT-1",),
    "amazon-peacs-2010": ("WDR-1",),
    "cno-2016": ("WDR-1",),
    "everbright-2023": ("CPT-1", "DWN-1", "SFT-1"),
    "gpre-2027": ("CNT-1", "SFT-1"),
    "mandatory-2022": ("MND-1",),
    "qiagen-2031": ("SFT-1",),
    "rcl-2021": ("CNT-1", "CNT-3"),
    "toray-2019": ("CNT-1", "CNT-3"),
}


def market(note: cn.ConvertibleNote) -> cn.Lognormal:
    """At issue, the share at 80% of the conversion price."""
    assert note.conversion is not None
    spot = 0.8 * float(note.conversion.price)
    return cn.Lognormal(as_of=note.issue_date, spot=spot, volatility=0.35, rate=0.03, hazard_rate=0.02, recovery=0.4)


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_each_bundled_note_needs_no_more_left_out_than_this(name: str) -> None:
    note, needs = cn.load(name), NEEDS[name]
    now = market(note)
    if needs:
        with pytest.raises(PricingError) as caught:
            cn.price(note, now)
        assert all(rule in str(caught.value) for rule in needs)
    value = cn.price(note, now, ignore=needs)
    assert tuple(sorted({each.partition(":")[0] for each in value.ignored})) == needs
    assert value.conversion_value <= value.price < 2.0 * value.face
    assert value.per_100 == pytest.approx(100.0 * value.price / float(note.denomination))


@pytest.mark.slow
def test_rst1_the_whole_of_the_first_note_by_paths_and_by_the_grid() -> None:
    """Two resets by averages of 20 closes, without withdrawal and call."""
    note, policy = cn.load("amazon-peacs-2010"), cn.Policy(withdraw=Never(), redeem=Never())
    now = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05, hazard_rate=0.03, recovery=0.4)
    paths = cn.simulate(note, now, paths=20_000, seed=2, policy=policy, keep="summary").summary()
    value = cn.price(note, now, policy=policy)
    assert value.ignored == ()
    assert abs(paths.present_value - value.price) < 3 * paths.standard_error
