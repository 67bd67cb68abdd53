"""A store of your own: three methods over rows of bytes and JSON.

Subclass `Store`, and check the store with `fleet_core.conformance`:

    class MyStore(Store):
        def get(self, keys): ...
        def scan(self, range): ...
        def commit(self, batch): ...

    assert conformance(MyStore) == []
    fleet = Fleet.open(MyStore())

It is called from many threads at once. A `TimeoutError` or `ConnectionError` from `get` or `scan` is reported as a
failure that may be retried. After any exception from `commit` the core treats the outcome as unknown and resolves it,
because a connection may be lost after the engine applied the commits. Only `Refused` means that nothing was applied.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from fleet_core._native import Add, Check, Commit, Delete, KeyRange, Put, Row

__all__ = ["Add", "Check", "Commit", "Delete", "KeyRange", "OutcomeUnknown", "Put", "Refused", "Row", "Store"]


class OutcomeUnknown(Exception):
    """A commit failed while it ran. The outcome must be resolved."""


class Refused(Exception):
    """The store refuses the call. Nothing was or will be applied; the call may be retried."""


class Store(ABC):
    """A store of rows."""

    @abstractmethod
    def get(self, keys: Sequence[bytes]) -> Iterable[Row | None]:
        """Returns the rows of these keys, in the requested order, all as of one moment."""

    @abstractmethod
    def scan(self, range: KeyRange) -> Iterable[Row]:
        """Returns the rows of a range in the order of their keys, or reversed, at most `range.limit`, all as of one
        moment.
        """

    @abstractmethod
    def commit(self, batch: Sequence[Commit]) -> Iterable[bool]:
        """Applies commits in order, each completely or not at all, and returns for each whether it was applied.

        A commit whose checks fail is not applied, and does not stop the next. Everything applied is durable when this
        returns. After an exception other than `Refused`, it is unknown whether the commits were applied.
        """
