"""What people write against the library type-checks: the README, the examples and the notebooks, with mypy and with pyright.

No cast, no `type: ignore`: what a reader copies must pass in a strict project.
"""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import convnote as cn
from convnote import analytics, calendars, plots, policies, testing

ROOT = Path(__file__).parents[1]
UNTYPED = "ipywidgets.*,QuantLib.*,financepy.*,matplotlib.*,pandas.*,scipy.*"


def session(text: str) -> str:
    """The examples of a page as a program; what raises there is allowed to."""
    parts = []
    for example in doctest.DocTestParser().get_examples(text):
        source = example.source
        if example.exc_msg:
            source = "try:\n" + "".join(f"    {line}\n" for line in source.splitlines()) + "except Exception:\n    pass\n"
        parts.append(source)
    return "".join(parts)


def cells(notebook: Path) -> str:
    """The code of a notebook as a program."""
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in found if cell["cell_type"] == "code") + "\n"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    programs = {"readme_session": session(readme)}
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    programs |= {f"readme_{place}": block for place, block in enumerate(blocks) if ">>>" not in block}
    programs |= {f"notebook_{path.stem[0]}": cells(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    programs |= {f"example_{path.stem}": path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.py"))}
    assert len(programs) > 12 and all("convnote" in code for code in programs.values())
    for name, code in programs.items():
        assert "cast(" not in code and "type: ignore" not in code, name
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    return folder


def test_what_people_write_passes_mypy_strict(written: Path) -> None:
    settings = written / "mypy.ini"
    settings.write_text(f"[mypy]\nstrict = true\n[mypy-{UNTYPED}]\nignore_missing_imports = true\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(settings), str(written)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_people_write_passes_pyright(written: Path) -> None:
    settings = {"typeCheckingMode": "standard", "extraPaths": [str(ROOT)], "reportMissingImports": "none"}
    settings |= {"reportMissingModuleSource": "none", "reportUnusedExpression": "none", "reportAttributeAccessIssue": "error"}
    (written / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "basedpyright", "--project", str(written)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=written)
    assert done.returncode == 0, done.stdout + done.stderr


def annotations() -> Iterator[tuple[str, str]]:
    """Each public parameter, result and field with its type as it is written."""
    seen: set[int] = set()
    for room in (cn, analytics, policies, plots, testing, calendars):
        for name in getattr(room, "__all__", None) or [each for each in dir(room) if not each.startswith("_")]:
            kind = getattr(room, name)
            if id(kind) in seen or not str(getattr(kind, "__module__", "")).startswith("convnote"):
                continue
            seen.add(id(kind))
            if inspect.isclass(kind):
                if dataclasses.is_dataclass(kind):
                    yield from (
                        (f"{name}.{each.name}", str(each.type)) for each in dataclasses.fields(kind) if each.name[0] != "_"
                    )
                for member, value in inspect.getmembers(kind):
                    function: Any = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
                    if member[0] != "_" and inspect.isfunction(function) and id(function) not in seen:
                        seen.add(id(function))
                        yield from of_function(f"{name}.{member}", function)
            elif inspect.isfunction(kind):
                yield from of_function(name, kind)


def of_function(name: str, function: Any) -> Iterator[tuple[str, str]]:
    if function.__module__.startswith("convnote"):
        yield from ((f"{name}({each})", str(kind)) for each, kind in function.__annotations__.items())


def test_fewer_than_a_tenth_of_public_types_say_nothing() -> None:
    found = list(annotations())
    silent = [f"{name}: {kind}" for name, kind in found if re.search(r"\bAny\b", kind)]
    assert len(found) > 800
    assert len(silent) < len(found) / 10, "\n".join([f"{len(silent)} of {len(found)}", *silent])
