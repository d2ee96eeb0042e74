"""What all tests share: Hypothesis profiles, numeric errors that raise, the place of the real data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from convnote.testing.plugin import PROFILES

# The profiles of the package itself: `quick` while writing, `ci` for every change, `thorough` overnight, `mutation`.
assert os.environ.get("HYPOTHESIS_PROFILE", "quick") in PROFILES
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


# Workers of pytest-xdist inherit COLUMNS=80, which the readline module sets where there is no terminal; a person's window has
# another width. A test that means a width sets it.
os.environ.pop("COLUMNS", None)


@pytest.fixture(autouse=True)
def _numeric_errors_raise() -> Iterator[None]:
    """A division by zero, an overflow or a NaN made on the way is a fault; a discount factor may well underflow."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `real` are skipped, with the reason, where there is no real data."""
    if not os.environ.get("CONVNOTE_DATA"):
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(pytest.mark.skip(reason="needs real market data: CONVNOTE_DATA names no folder"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the real market data, for tests marked `real`."""
    return Path(os.environ["CONVNOTE_DATA"])
