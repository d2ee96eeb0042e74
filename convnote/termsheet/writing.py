"""Writing a sheet: the terms of a note as TOML, with the rule beside each setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convnote.arithmetic import decimal, exactly
from convnote.errors import TermsError, must_be
from convnote.note import ConvertibleNote
from convnote.provisions import Provision
from convnote.provisions.provision import key_of as setting_key
from convnote.provisions.toml_values import WIDTH, key_of, written

#: Maximum line length of a sheet, in characters.
PAGE = 140


@exactly
def dumps(note: ConvertibleNote) -> str:
    """The term sheet of a note: TOML that `loads` reads back to an equal note, with the rule id beside each setting.

    >>> import convnote as cn
    >>> [line for line in cn.dumps(cn.load("amazon-peacs-2010")).splitlines() if line.startswith(("rate", "floor"))]
    ['rate = 0.06875  # INT-1', 'floor = 84.883  # RST-2, cover']

    Raises `TermsError` for anything a term sheet cannot hold, such as an identity that is not text.
    """
    must_be(note, ConvertibleNote, "dumps note", "expected a ConvertibleNote (see cn.load)")
    faults = [
        TermsError("expected text", field=f"identity.{key}", value=repr(value))
        for key, value in note.identity.items()
        if not (isinstance(key, str) and isinstance(value, str))
    ]
    if faults:
        raise TermsError.of(faults)

    lines = ["# Beside each setting stand its rule and, where that is not the note itself, its authority."]
    lines.append(f"name = {written(note.name)}")
    if note.description:
        lines.append(f"description = {written(note.description)}")
    for name, words in (("identity", note.identity), ("not_modelled", note.not_modelled)):
        lines += _table(name, words) if words else []
    for name, part in note.provisions():
        lines += _provision(name, part)
        if name == "principal":
            for number, certificate in note.principal.certificates.items():
                stated = {**certificate, "figures": decimal(certificate["figures"])}
                lines += _table(
                    f"principal.certificates.{key_of(number)}",
                    {key: stated[key] for key in ("figures", "words") if key in stated},
                )
    return "\n".join(lines) + "\n"


def _table(name: str, values: Mapping[str, Any]) -> list[str]:
    return ["", f"[{name}]", *(f"{key_of(key)} = {written(value)}" for key, value in values.items())]


def _setting(name: str, value: Any, beside: str) -> list[str]:
    """A setting with its rule beside it: on one line, or a list too long for one line with one entry per line."""
    line = f"{name} = {written(value)}  # {beside}"
    if len(line) <= PAGE or not isinstance(value, list | tuple):
        return [line]
    return [f"{name} = [  # {beside}", *(f"    {written(each)}," for each in value), "]"]


def _provision(name: str, part: Provision) -> list[str]:
    """The table of settings stated by a provision, each with its rule, and their authorities.

    Assumed settings are written as a comment, so that they are again assumed when the sheet is read.
    """
    lines, silent = ["", f"[{name}]"], {each.name for each in part.silent()}
    for each in part.settings():
        value = part.stated(each.name)
        if value is not None:
            source, kind = part.authority_of(each.name), each.metadata["kind"]
            beside = each.metadata["rule"] if source == "note" else f"{each.metadata['rule']}, {source}"
            beside += ": assumed" if each.name in silent else ""
            stated = _setting(setting_key(each), kind.as_toml(value), beside)
            lines += [f"# {line}" for line in stated] if each.name in silent else stated
    if part.authority:
        inline = written(part.authority)
        lines += [f"authority = {inline}"] if len(inline) < WIDTH else _table(f"{name}.authority", part.authority)
    return lines
