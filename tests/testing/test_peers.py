"""Two peers held to the kit: the examples run and find what they are known to find."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "peers"

#: What each is known to answer, by arithmetic: 6.875 x 366/365; 100 x 300 / 104.947; on ten of 3,653 days nothing has accrued.
KNOWN = {
    "QuantLib": ("quantlib_convertible", ["differs on 0 of 3653 days", "6.893836 and 6.75", "more call rights raise the value"]),
    "financepy": (
        "financepy_convertible",
        ["differs on 3643 of 3653 days", "a coupon of 366/365 is 6.893836, not 6.875000", "100.00 for a parity of 285.86"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("package", KNOWN)
def test_a_peer_is_held_to_the_kit(package):
    pytest.importorskip(package, reason=f"{package} is not installed (extra `peers`)")
    name, known = KNOWN[package]
    command = [sys.executable, str(EXAMPLES / f"{name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=EXAMPLES.parent.parent, env=environment())
    assert done.returncode == 0, done.stderr
    for words in known:
        assert words in done.stdout, done.stdout


def environment():
    import os

    return {**os.environ, "PYTHONPATH": str(EXAMPLES.parent.parent)}


def test_there_is_a_test_of_every_peer():
    assert sorted(name for name, _ in KNOWN.values()) == sorted(path.stem for path in EXAMPLES.glob("*.py"))
