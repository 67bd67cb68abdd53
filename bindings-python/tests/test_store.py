"""A store written in Python keeps the laws of the core's stores; a store that breaks one is detected."""

from __future__ import annotations

import json
import sys
import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence

import fleet_core as fc
import pytest
from conftest import ids, listed
from fleet_core.store import Add, Check, Commit, Delete, KeyRange, OutcomeUnknown, Put, Refused, Row, Store

LIMITS = (-(2**63), 2**63 - 1)


class DictStore(Store):
    """Rows in a dict, with their keys in order, behind one lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rows: dict[bytes, Row] = {}
        self.keys: list[bytes] = []

    def get(self, keys: Sequence[bytes]) -> Iterable[Row | None]:
        with self.lock:
            return [self.rows.get(key) for key in keys]

    def scan(self, range: KeyRange) -> Iterable[Row]:
        with self.lock:
            first = (bisect_left if range.first_included else bisect_right)(self.keys, range.first)
            last = (bisect_right if range.last_included else bisect_left)(self.keys, range.last)
            found = self.keys[first:last]
            if range.reverse:
                found.reverse()
            return [self.rows[key] for key in found[: range.limit]]

    def commit(self, batch: Sequence[Commit]) -> Iterable[bool]:
        with self.lock:
            return [self.apply(commit) for commit in batch]

    def apply(self, commit: Commit) -> bool:
        for check in commit.checks:
            row = self.rows.get(check.key)
            if (None if row is None else row.stamp) != check.stamp:
                return False
        for write in commit.writes:
            match write:
                case Put(key, record, stamp):
                    self.put(Row(key, record, stamp))
                case Delete(key):
                    if self.rows.pop(key, None) is not None:
                        del self.keys[bisect_left(self.keys, key)]
                case Add(key, delta):
                    row = self.rows.get(key)
                    value = delta + (0 if row is None else json.loads(row.record))
                    self.put(Row(key, json.dumps(min(max(value, LIMITS[0]), LIMITS[1])), 0))
        return True

    def put(self, row: Row) -> None:
        if row.key not in self.rows:
            insort(self.keys, row.key)
        self.rows[row.key] = row


def test_a_store_in_python_keeps_every_law() -> None:
    assert fc.conformance(DictStore) == []


def test_a_store_in_python_keeps_the_laws_of_reopening() -> None:
    def reopened(store: Store) -> Store:
        assert isinstance(store, DictStore)
        again = DictStore()
        again.rows, again.keys = store.rows, store.keys
        return again

    assert fc.conformance(DictStore, reopen=reopened) == []
    laws = {violation.law for violation in fc.conformance(DictStore, reopen=lambda store: DictStore())}
    assert laws == {"what_was_committed_is_there_again", "stamps_guard_after_reopening"}


def test_a_store_with_a_race_between_threads_is_detected() -> None:
    class Torn(DictStore):
        def commit(self, batch: Sequence[Commit]) -> Iterable[bool]:
            # Each step is safe by itself, but a checked row may have changed before the write.
            applied = []
            for commit in batch:
                with self.lock:
                    holds = all(self.stamp(check.key) == check.stamp for check in commit.checks)
                if holds:
                    with self.lock:
                        super().apply(Commit([], commit.writes))
                applied.append(holds)
            return applied

        def stamp(self, key: bytes) -> int | None:
            row = self.rows.get(key)
            return None if row is None else row.stamp

    before = sys.getswitchinterval()
    laws = {violation.law for violation in fc.conformance(Torn)}
    assert laws & {"no_update_is_lost", "no_write_skew", "one_of_many_creates_a_row", "crossed_checks_are_never_all_applied"}
    assert sys.getswitchinterval() == before


def test_a_store_can_be_tested_by_itself() -> None:
    store = DictStore()
    # The code of `docs/STORES.md`, unchanged.
    store.commit([Commit(checks=[Check(b"a")], writes=[Put(b"a", "1", stamp=7)])])
    store = DictStore()
    put = Put(b"a", "1", 7)
    assert list(store.commit([Commit([Check(b"a")], [put, Put(b"b", "2", 8)])])) == [True]
    assert list(store.commit([Commit([Check(b"a")], [put])])) == [False]
    assert list(store.commit([Commit(writes=[Delete(b"b"), Add(b"c", 5)])])) == [True]
    assert list(store.scan(KeyRange(b"a", b"c", last_included=False, limit=9))) == [Row(b"a", "1", 7)]


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("raised", [ConnectionResetError("reset"), TimeoutError("late"), KeyError("bug"), OutcomeUnknown("?")])
def test_whatever_a_commit_raises_may_have_been_applied(raised: Exception, applied: bool) -> None:
    class Cut(DictStore):
        cut = False

        def commit(self, batch: Sequence[Commit]) -> Iterable[bool]:
            if not self.cut:
                return super().commit(batch)
            self.cut = False
            if applied:
                super().commit(batch)
            raise raised

    store = Cut()
    with fc.Fleet.open(store) as fleet:
        alice = fleet.console("operator").create_account("alice@example.com")
        product = fleet.console(alice.id).create_product("Thermostat", "photon").id
        fleet.console(alice.id).product(product).import_devices(listed(ids(3)))
        store.cut = True
        event = fc.NewEvent(ids(1)[0], "door", "open")
        try:
            fleet.gateway().publish(event)
        except fc.StoreFailed as failed:
            # The first event of a log only adds rows. Its outcome is unknown, and must not be reported as not applied.
            assert (failed.code, failed.is_transient) == ("store_outcome_unknown", False)
        assert len(fleet.console(alice.id).product(product).events().items) <= 1


def test_a_commit_that_is_refused_was_not_applied() -> None:
    class Refusing(DictStore):
        def commit(self, batch: Sequence[Commit]) -> Iterable[bool]:
            raise Refused("no room")

    with pytest.raises(fc.StoreFailed) as failed:
        fc.Fleet.open(Refusing()).console("operator").create_account("alice@example.com")
    assert (failed.value.code, failed.value.is_transient) == ("store_unavailable", True)


def test_a_store_that_skips_its_checks_is_detected() -> None:
    class Careless(DictStore):
        def apply(self, commit: Commit) -> bool:
            for check in commit.checks:
                if check.stamp is None and check.key in self.rows:
                    return False
            return super().apply(Trusting(commit))  # type: ignore[arg-type]

    class Trusting:
        def __init__(self, commit: Commit) -> None:
            self.checks: list[object] = []
            self.writes = commit.writes

    laws = {violation.law for violation in fc.conformance(Careless)}
    assert "a_row_made_again_is_another" in laws and "an_empty_store_holds_nothing" not in laws


def test_a_fleet_works_in_a_store_in_python() -> None:
    store = DictStore()
    with fc.Fleet.open(store) as fleet:
        alice = fleet.console("operator").create_account("alice@example.com")
        product = fleet.console(alice.id).create_product("Thermostat", "photon").id
        assert fleet.console(alice.id).product(product).import_devices(listed(ids(3))).counts.imported == 3
    assert any(json.loads(row.record) == alice.id for row in store.rows.values())
    with fc.Fleet.open(store) as again:
        assert again.console(alice.id).product(product).summary().devices == 3


@pytest.mark.parametrize(
    ("raised", "code", "transient"),
    [
        (TimeoutError("busy"), "store_unavailable", True),
        (OutcomeUnknown("cut off"), "store_outcome_unknown", False),
        (KeyError("disk"), "store_failed", False),
    ],
)
def test_an_exception_of_a_store_is_reported_by_its_kind(raised: Exception, code: str, transient: bool) -> None:
    class Broken(DictStore):
        def get(self, keys: Sequence[bytes]) -> Iterable[Row | None]:
            raise raised

    with pytest.raises(fc.StoreFailed) as failed:
        fc.Fleet.open(Broken()).console("operator").create_account("alice@example.com")
    assert (failed.value.code, failed.value.is_transient) == (code, transient)


def test_a_value_that_is_not_a_store_is_rejected() -> None:
    with pytest.raises(fc.Invalid, match="method `get`"):
        fc.Fleet.open(object())  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        fc.conformance(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
