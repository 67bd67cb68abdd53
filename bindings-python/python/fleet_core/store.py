"""A store of one's own: three methods over rows of bytes and JSON.

A store subclasses `Store` and proves itself with `fleet_core.conformance`:

    class MyStore(Store):
        def get(self, keys): ...
        def scan(self, range): ...
        def commit(self, batch): ...

    assert conformance(MyStore) == []
    fleet = Fleet.open(MyStore())

It is called from many threads at once. A `TimeoutError` or `ConnectionError` that `get` or `scan` raises is reported as worth
trying again. Whatever `commit` raises, it is taken to be unknown whether the commits were applied, as a connection may be lost
after the engine has applied them, and the core finds out. Only `Refused` says that nothing was applied.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from fleet_core._native import Add, Check, Commit, Delete, KeyRange, Put, Row

__all__ = ["Add", "Check", "Commit", "Delete", "KeyRange", "OutcomeUnknown", "Put", "Refused", "Row", "Store"]


class OutcomeUnknown(Exception):
    """A commit failed in the middle: whether it was applied must be found out."""


class Refused(Exception):
    """The store refuses the call, and nothing of it was applied nor will be: it may be made again."""


class Store(ABC):
    """Where rows live."""

    @abstractmethod
    def get(self, keys: Sequence[bytes]) -> Iterable[Row | None]:
        """The rows of these keys, in the order asked, from one moment."""

    @abstractmethod
    def scan(self, range: KeyRange) -> Iterable[Row]:
        """The rows of a range in order of their keys, or reversed, at most `range.limit`, from one moment."""

    @abstractmethod
    def commit(self, batch: Sequence[Commit]) -> Iterable[bool]:
        """Applies commits in their order, each whole or not at all, and says of each whether it was applied.

        One whose checks do not hold is not applied, and does not stop the next. All that is applied is kept when this
        returns. An exception leaves it unknown whether the commits were applied, unless it is `Refused`.
        """
