import pytest

import convnote as cn


@pytest.fixture(scope="session")
def note():
    return cn.load("amazon-peacs-2010")


@pytest.fixture(scope="session")
def afv():
    return cn.load("afv-2003")
