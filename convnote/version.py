"""The version of the library, in one place: pyproject.toml and the report read it here."""

__version__ = "0.1.0"
