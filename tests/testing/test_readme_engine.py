"""The engine that the README plugs in: under thirty lines, and it prints what stands below it."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parent.parent.parent / "README.md"


def test_the_engine_of_the_readme(capsys):
    part = README.read_text(encoding="utf-8").split("## Testing another engine", 1)[1].split("\n## ", 1)[0]
    (code,) = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    shown = part.split(f"```python\n{code}```", 1)[1].split("```\n", 2)[1].removesuffix("```")
    engine = code.split("report =")[0]
    assert sum(bool(line.strip()) for line in engine.splitlines()) < 30
    exec(code, {})
    assert capsys.readouterr().out == shown


def test_the_number_of_cases_in_the_readme():
    from convnote.testing.cases import unanswered_cases

    (said,) = re.findall(r"writes (\d+) cases", README.read_text(encoding="utf-8"))
    assert int(said) == sum(1 for _ in unanswered_cases())
