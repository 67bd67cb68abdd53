"""Has other threads go on in the middle of a store's methods while the store is held to its laws.

The interpreter's lock is handed over seldom, and mostly where a thread waits for something. A store that checks in one line
and writes in the next would pass, and fail under load.
"""

from __future__ import annotations

from random import random
from time import sleep

__all__ = ["interrupt"]


def interrupt(frame: object, event: str, arg: object) -> None:
    """A profiler: it is called when a function is called, and when it returns."""
    if random() < 0.2:
        # Lets the interpreter's lock go.
        sleep(0)
