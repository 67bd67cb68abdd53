"""Makes other threads run in the middle of a store's methods while the store is checked against the laws.

The interpreter passes its lock on rarely, mostly when a thread waits for something. A store that checks in one line and
writes in the next would pass, and fail under load.
"""

from __future__ import annotations

from random import random
from time import sleep

__all__ = ["interrupt"]


def interrupt(frame: object, event: str, arg: object) -> None:
    """A profiler: called when a function is called and when it returns."""
    if random() < 0.2:
        # Releases the interpreter's lock.
        sleep(0)
