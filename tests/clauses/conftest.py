import pytest

import convnote as cn


@pytest.fixture(scope="session")
def note():
    return cn.load("amazon-peacs-2010")
