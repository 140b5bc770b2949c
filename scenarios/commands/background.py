"""A second process, where PySD runs the plan while this one draws.

Functions of this file run in the other process; it is spawned, so they take and return plain
data. PySD's import alone costs a second, so it is asked for while the search is on.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from models.worker import begin

if TYPE_CHECKING:
    from pandas import DataFrame


@contextmanager
def background() -> Iterator[ProcessPoolExecutor]:
    """One more process, getting ready; it is ended, whatever it does, if the block ends early."""
    pool = ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=begin,
    )
    try:
        with no_interrupts_for_children():
            pool.submit(warm)
        yield pool
    except BaseException:
        end_at_once()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def end_at_once() -> None:
    """End the other process, whatever it does."""
    for process in multiprocessing.active_children():
        process.terminate()


@contextmanager
def no_interrupts_for_children() -> Iterator[None]:
    """Processes started here never see Ctrl-C, not even while their Python starts.

    They inherit the blocked signal; this process gets one that comes meanwhile afterwards.
    """
    if sys.platform == "win32":  # has no such thing: the initializer must do
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def warm() -> None:
    """Load what the judge will need."""
    import pysd  # noqa: F401

    import models.reference  # noqa: F401


def judge(path: str) -> DataFrame:
    """PySD's run of a model file by itself.

    Its arrays always fit each other exactly; told so, xarray (below PySD) need not line them up
    before every operation, which saves a sixth of the time and would raise if it were not so.
    """
    import xarray  # part of PySD

    from models.reference import reference_run

    with xarray.set_options(arithmetic_join="exact"):  # type: ignore[no-untyped-call]
        return reference_run(path)
