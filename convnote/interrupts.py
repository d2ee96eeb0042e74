"""Ctrl-C in the program `convnote`: it ends at once with status 130 and without a traceback, even during imports."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

INTERRUPTED = 130
_MODULES = ("convnote", "convnote.cli")


def is_the_program() -> bool:
    """True if Python was started as `convnote …` or `python -m convnote …`, not by a program that imports the library."""
    started = (getattr(sys, "argv", None) or [""])[0]
    if started == "-m" or os.path.basename(started) in ("__main__.py", "cli.py"):
        given = getattr(sys, "orig_argv", [])
        return any(word in _MODULES or word.removeprefix("-m") in _MODULES for word in given)
    return os.path.basename(started) in ("convnote", "convnote.exe", "convnote-script.py")


def end_at_once(before: Any = None) -> None:
    """From now on an interrupt calls `before()` and ends the process with status 130.

    An exception would be swallowed inside a destructor and printed inside an import. An interrupt that the
    caller ignores stays ignored.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
        return

    def end(*_: Any) -> None:
        if before is not None:
            before()
        os._exit(INTERRUPTED)

    signal.signal(signal.SIGINT, end)
