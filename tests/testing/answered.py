"""The reference cases with their answers, made once for all tests that read them."""

from functools import cache

from convnote.testing.cases import Case, made_cases


@cache
def answered() -> list[Case]:
    """All cases; a test that changes one copies it first."""
    return list(made_cases())
