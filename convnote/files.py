"""Writing of files: to a temporary file, then renamed, so that the old or new file is always complete; never over an input."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from convnote.errors import TermsError

#: Temporary files not renamed yet: an interrupted program removes them.
_unfinished: set[str] = set()


def write(path: str | Path, text: str) -> Path:
    """Write `text` to a file in UTF-8 and return its path; the old file stays complete until the new one is.

    Raises `TermsError` if it cannot be written, for example in a folder that does not exist (its name may be misspelt).
    """
    write_all({Path(path): text}, make_folders=False)
    return Path(path)


def write_all(files: Mapping[Path, str], *, make_folders: bool = True) -> None:
    """Write files in UTF-8: first all to temporary files, then each renamed. Missing folders are created if `make_folders`.

    Raises `TermsError` if one cannot be written; the old files are then unchanged.
    """
    written: dict[str, str] = {}  # temporary file -> target
    place = Path()
    try:
        for place, text in files.items():
            data = text.encode("utf-8", errors="replace")
            if place.exists() and not place.is_file():  # a folder cannot be written; a pipe or terminal must not be replaced
                place.write_bytes(data)
                continue
            target = os.path.realpath(place)  # write through a link, not over it
            if make_folders:
                os.makedirs(os.path.dirname(target), exist_ok=True)
            written[_beside(target, data)] = target
        for new, target in list(written.items()):
            os.replace(new, target)
            _unfinished.discard(new)
            del written[new]
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TermsError(f"cannot be written: {reason}", field=str(place)) from None
    finally:
        for new in written:
            _remove(new)


def _beside(target: str, data: bytes) -> str:
    """A temporary file with the data, in the folder of `target` and with its permissions."""
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
    with contextlib.suppress(OSError):  # already removed
        os.unlink(new)


def remove_unfinished() -> None:
    """Remove unfinished temporary files, for a program that ends at once."""
    for new in list(_unfinished):
        _remove(new)


def in_a_folder(out: str) -> None:
    """Raise `TermsError` for an output in a folder that does not exist, before any work is done."""
    if not Path(out).absolute().parent.is_dir():
        raise TermsError(f"cannot be written: {os.strerror(errno.ENOENT)}", field=f"--out {out}")


def not_an_input(out: str, inputs: Iterable[str | None]) -> None:
    """Refuse to overwrite an input. Raises `TermsError` if `out` is one of the inputs, also by a link or another spelling."""
    for given in inputs:
        if given is not None and _same(out, given):
            raise TermsError("would be written over an input; choose another file", field=f"--out {out}")


def _same(left: str, right: str) -> bool:
    try:
        return os.path.samefile(left, right)
    except (OSError, ValueError):  # one of the two does not exist
        return False
