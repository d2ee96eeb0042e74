"""Hypothesis profiles for pytest, opt-in: `pytest -p convnote.testing.plugin --hypothesis-profile ci`.

`quick` is for writing a test, `ci` for every change (the same examples each time, and a failure prints what reproduces it),
`thorough` for a night, `mutation` for mutation testing (few examples, the same each time, nothing shrunk). The plugin registers
them and loads none; it is not an entry point, so no other run of pytest imports this package.
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
