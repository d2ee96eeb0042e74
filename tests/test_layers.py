"""The order of modules: each imports only from those named before it in the README's table.

If a change needs another arrow, redraw the list on purpose.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: The table of modules in the README is the one place of their order: a module imports only from those named before it.
TABLE = re.search(r"^\| module \|.*?(?=\n\n)", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
assert TABLE, "README.md has lost its table of modules"
ORDER = [name for row in TABLE[0].splitlines()[2:] for name in re.findall(r"`(\w+)/?`", row.split("|")[1])]
FLOOR = {room: floor for floor, room in enumerate(ORDER)}
#: It may know the note; only the faces, through which people ask, know it.
KNOWN_TO_FACES = {"filings"}
FACES = {"testing", "plots", "reports", "commands"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:  # not a checkout: what lies there is what there is
        return sorted({path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern)})
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def imports(source: str) -> Iterator[str]:
    """Full names of the modules that a source imports, those under TYPE_CHECKING among them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # `from convnote import calendars` names a room, `from convnote.calendars import Calendar` a thing in it
            place = "." * node.level + (node.module or "")
            yield from (f"{place}.{alias.name}" for alias in node.names)


def wrong_arrows(path: Path, source: str) -> list[str]:
    """The imports of a module of convnote of what is not named before it in the README's table."""
    room = path.with_suffix("").parts[1]
    if room == "__init__":
        return []
    if room not in FLOOR:
        return [f"{path}: the room {room!r} is not in the list"]
    wrong = []
    for name in imports(source):
        package, _, rest = name.partition(".")
        if not package:
            wrong.append(f"{path}: a relative import hides the room it comes from")
        if package != "convnote":
            continue
        target = rest.partition(".")[0]
        if target == room:
            continue
        hidden = target in KNOWN_TO_FACES and room not in FACES
        if target not in FLOOR or FLOOR[target] >= FLOOR[room] or hidden:
            wrong.append(f"{path}: {room} imports {name}")
    return wrong


def test_every_import_goes_to_a_room_above() -> None:
    files = tracked("convnote/*.py", "convnote/**/*.py")
    assert len(files) > 20, "the files of the package were not found"
    wrong = [arrow for path in files for arrow in wrong_arrows(path, (ROOT / path).read_text(encoding="utf-8"))]
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("errors", "from convnote.arithmetic import exact"),
        ("note", "def f():\n    import convnote.replays.ledger"),
        ("provisions/interest", "from convnote import note"),
        ("grids", "from convnote.filings.underwriting import Offering"),
        ("terminal", "from convnote.filings import dilution"),
        ("replays", "import convnote as cn"),
        ("note", "from .errors import TermsError"),
        ("newroom", ""),
        ("checks", "if TYPE_CHECKING:\n    from convnote.note import ConvertibleNote"),
    ],
)
def test_a_wrong_arrow_is_seen(module: str, source: str) -> None:
    assert len(wrong_arrows(Path(f"convnote/{module}.py"), source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("provisions/conversion", "from convnote.provisions.interest import Interest"),
        ("checks", "if TYPE_CHECKING:\n    from convnote.provisions.note_terms import NoteTerms"),
        ("cli", "from convnote.replays.ledger import replay\nimport numpy.linalg"),
        ("commands/offering", "from convnote.filings.underwriting import offering"),
        ("__init__", "from convnote.cli import main"),
    ],
)
def test_a_right_arrow_is_passed_over(module: str, source: str) -> None:
    assert wrong_arrows(Path(f"convnote/{module}.py"), source) == []


def test_the_oracles_stand_alone() -> None:
    files = tracked("tests/oracles/*.py")
    assert files
    wrong = [
        f"{path}: {name}"
        for path in files
        for name in imports((ROOT / path).read_text(encoding="utf-8"))
        if name.partition(".")[0] == "convnote"
    ]
    assert wrong == []


def test_the_package_does_not_know_its_tests() -> None:
    files = tracked("convnote/*.py", "convnote/**/*.py")
    wrong = [
        f"{path}: {name}"
        for path in files
        for name in imports((ROOT / path).read_text(encoding="utf-8"))
        if name.partition(".")[0] == "tests"
    ]
    assert wrong == []


def test_importing_convnote_loads_nothing_heavy() -> None:
    program = "import sys, convnote; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split())
    assert "convnote" in loaded
    heavy = {"pandas", "matplotlib", "dask", "QuantLib", "hypothesis", "rich", "tqdm", "holidays", "argparse"}
    heavy |= {"scipy.stats", "scipy.optimize", "scipy.sparse", "scipy.special"}
    assert heavy & loaded == set()


def test_no_function_is_over_60_lines_and_no_file_over_400() -> None:
    too_long = []
    for path in sorted((ROOT / "convnote").rglob("*.py")):
        source, where = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
        if (lines := len(source.splitlines())) > 400:
            too_long.append(f"{where}: {lines} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                assert node.end_lineno is not None
                if (lines := node.end_lineno - node.lineno + 1) > 60:
                    too_long.append(f"{where}: {node.name} has {lines} lines")
    assert not too_long


#: Underscored names that are not private: a NamedTuple's methods, and what notebooks look for.
SHARED = {"_replace", "_fields", "_asdict", "_make", "_repr_html_"}


def private_names(source: str) -> Iterator[str]:
    """Private names that a source imports, or reads from an object other than its own, and does not define itself."""
    tree = ast.parse(source)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    defined |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    defined |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("convnote"):
            yield from (alias.name for alias in node.names if alias.name.startswith("_") and not alias.name.startswith("__"))
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if not own and node.attr not in defined | SHARED:
                yield node.attr


def test_no_private_name_of_another_module_is_used() -> None:
    files = tracked("convnote/*.py", "convnote/**/*.py")
    sources = {path: (ROOT / path).read_text(encoding="utf-8") for path in files}
    ours = {word for source in sources.values() for word in re.findall(r"(?:def|class) (_\w+)|self\.(_\w+) =", source)}
    known = {name for pair in ours for name in pair if name}  # of other packages some names are private too
    wrong = [f"{path}: {name}" for path, source in sources.items() for name in private_names(source) if name in known]
    assert wrong == []


@pytest.mark.parametrize(
    "source", ["from convnote.replays.walk import _ASKED", "def f(walk):\n    return walk._state", "walk.step()._upcoming"]
)
def test_a_private_name_is_seen(source: str) -> None:
    assert len(list(private_names(source))) == 1


def test_no_position_is_taken_for_all_of_them() -> None:
    files = tracked("convnote/*.py", "convnote/**/*.py")
    taken = re.compile(r"next\(iter\([^()]*positions")
    assert [str(path) for path in files if taken.search((ROOT / path).read_text(encoding="utf-8"))] == []
