"""Files that are written: beside the old one, then renamed, so that one of the two is always whole; never over an input."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from convnote.errors import TermsError

#: What is being written and was not renamed yet: a program that is interrupted removes it.
_unfinished: set[str] = set()


def write(path: str | Path, text: str) -> Path:
    """Write `text` to a file in UTF-8 and return its path; what was there before stays whole until the new text is.

    Raises `TermsError` where it cannot be written, in a folder that does not exist, for example: its name may be misspelt.
    """
    write_all({Path(path): text}, make_folders=False)
    return Path(path)


def write_all(files: Mapping[Path, str], *, make_folders: bool = True) -> None:
    """Write files in UTF-8: all beside the old ones first, then each renamed. Missing folders are made, unless told otherwise.

    Raises `TermsError` where one cannot be written; the old files are then as they were.
    """
    written: dict[str, str] = {}  # the new file -> the place where it belongs
    place = Path()
    try:
        for place, text in files.items():
            data = text.encode("utf-8", errors="replace")
            if place.exists() and not place.is_file():  # a folder, which refuses; a pipe or a terminal, which is not replaced
                place.write_bytes(data)
                continue
            target = os.path.realpath(place)  # a link stays a link
            if make_folders:
                os.makedirs(os.path.dirname(target), exist_ok=True)
            written[_beside(target, data)] = target
        for new, target in list(written.items()):
            os.replace(new, target)
            _unfinished.discard(new)
            del written[new]
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TermsError(f"cannot be written: {reason}", field=str(place)) from None
    finally:
        for new in written:
            _remove(new)


def _beside(target: str, data: bytes) -> str:
    """A new file with the data in the folder of `target`, with its permissions."""
    handle, new = tempfile.mkstemp(prefix=".convnote-", dir=os.path.dirname(target))
    _unfinished.add(new)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(new, os.stat(target).st_mode & 0o7777 if os.path.exists(target) else 0o666 & ~_umask())
    except BaseException:
        _remove(new)
        raise
    return new


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove(new: str) -> None:
    _unfinished.discard(new)
    with contextlib.suppress(OSError):  # gone already
        os.unlink(new)


def remove_unfinished() -> None:
    """Remove what was begun and is not a file yet: for a program that ends at once."""
    for new in list(_unfinished):
        _remove(new)


def in_a_folder(out: str) -> None:
    """Refuse an output in a folder that does not exist, before the work is done. Raises `TermsError`."""
    if not Path(out).absolute().parent.is_dir():
        raise TermsError(f"cannot be written: {os.strerror(errno.ENOENT)}", field=f"--out {out}")


def not_an_input(out: str, inputs: Iterable[str | None]) -> None:
    """Refuse to write over what is read. Raises `TermsError` if `out` is one of the inputs, by a link or another spelling too."""
    for given in inputs:
        if given is not None and _same(out, given):
            raise TermsError("would be written over an input; choose another file", field=f"--out {out}")


def _same(left: str, right: str) -> bool:
    try:
        return os.path.samefile(left, right)
    except (OSError, ValueError):  # one of them is not there
        return False
