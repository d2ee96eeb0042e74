"""Hypothesis profiles for pytest, opt-in: `pytest -p convnote.testing.plugin --hypothesis-profile ci`.

`quick` is for writing a test, `ci` for every change (the same examples each time; a failure prints how to reproduce it),
`thorough` for nightly runs, `mutation` for mutation testing (few examples, always the same, no shrinking). The plugin registers
them without loading any; it is not an entry point, so other pytest runs do not import this package.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

_EVERYWHERE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PROFILES: dict[str, settings] = {
    "quick": settings(_EVERYWHERE, max_examples=40),
    "ci": settings(_EVERYWHERE, max_examples=100, derandomize=True, database=None, print_blob=True),
    "thorough": settings(_EVERYWHERE, max_examples=2_000),
    "mutation": settings(_EVERYWHERE, max_examples=10, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]),
}

for _name, _profile in PROFILES.items():
    settings.register_profile(_name, _profile)
