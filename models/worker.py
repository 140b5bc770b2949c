"""What a process does first that works for another one: it leaves Ctrl-C to it and ends with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


def begin() -> None:
    """The initializer of a pool's processes.

    Ctrl-C reaches every process of the console; the first one decides. Where that one is killed
    it can tell nobody, so each waits for its end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
