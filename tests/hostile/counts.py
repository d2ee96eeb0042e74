"""How many hostile inputs of each kind are tried: few by default, more than 20,000 in the profile `thorough`."""

from __future__ import annotations

import os

#: Inputs of each kind by profile: 20,400 in the thorough profile, of thirteen kinds.
EACH = {"quick": 25, "ci": 60, "mutation": 10, "thorough": 1_700}
#: Of these a single answer takes longest: a replay, a program.
SLOW = {"events": 0.5, "command lines": 0.5}
START = int(os.environ.get("CONVNOTE_HOSTILE_SEED", "0"))


def inputs(name: str) -> range:
    """The seeds to try of one kind."""
    each = int(EACH[os.environ.get("HYPOTHESIS_PROFILE", "quick")] * SLOW.get(name, 1))
    return range(START, START + max(each, 40))
