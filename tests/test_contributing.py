"""The checklists of CONTRIBUTING.md name tests that there are."""

import ast
import re

from tests.test_layers import ROOT

PAGE = (ROOT / "convnote" / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_box_of_an_addition_names_a_test_that_exists():
    kinds = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:-1]
    assert [kind.splitlines()[0] for kind in kinds] == [
        "Add a provision",
        "Add an event",
        "Add an answer of a policy",
        "Add a market model",
        "Add a vendor's format",
    ]
    for kind in kinds:
        boxes = [line for line in kind.splitlines() if line.startswith("- [ ] ")]
        assert len(boxes) >= 2
        for box in boxes:
            named = re.search(r" — `(tests/[\w/]+\.py)::(test_\w+)`$", box)
            assert named, f"no test behind the box: {box}"
            module = ast.parse((ROOT / named[1]).read_text(encoding="utf-8"))
            assert named[2] in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}, box


def test_files_that_it_names_exist():
    for path in re.findall(r"`((?:tests|provisions|lifecycle|policies|market)/[\w/]+(?:\.py|/))`", PAGE):
        assert (ROOT / path).exists() or (ROOT / "convnote" / path).exists(), path
