"""Every rule of the library has a clause test that bears its name."""

import re
from pathlib import Path

from convnote.provisions import RULES


def test_every_rule_has_a_clause_test():
    written = " ".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = set(re.findall(r"def test_([a-z]+\d+c?)_", written))
    assert [rule for rule in RULES if rule.replace("-", "").lower() not in named] == []
    assert len(RULES) > 50
