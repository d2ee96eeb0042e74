"""Hypothesis profiles for pytest, opt-in: `pytest -p convnote.testing.plugin --hypothesis-profile ci`.

`quick` is for writing a test, `ci` for every change (the same examples each time, and a failure prints what reproduces it),
`thorough` for a night. The plugin registers them and loads none; it is no entry point, so that no other run of pytest imports
this package.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

PROFILES: dict[str, settings] = {
    "quick": settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]),
    "ci": settings(
        max_examples=200,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    ),
    "thorough": settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]),
}

for _name, _profile in PROFILES.items():
    settings.register_profile(_name, _profile)
