"""A fleet in a file that this process also opens with Python's own `sqlite3`, copies, queries, moves and replaces."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import fleet_core as fc
import pytest

PROGRAM = """
import os, sqlite3, sys
from fleet_core import Fleet

path = sys.argv[1]
fleet = Fleet.open("sqlite:" + path)

def create(number):
    fleet.console("operator").create_account(f"{number}@example.com")

def look(sql="SELECT count(*) FROM record"):
    other = sqlite3.connect(path, timeout=0.1, isolation_level=None)
    try:
        for statement in sql.split(";"):
            other.execute(statement).fetchall()
    finally:
        other.close()

create(0)
"""


def run(path: Path, *lines: str) -> str:
    """Runs a program whose process ends without closing its fleet."""
    program = PROGRAM + "\n".join(lines) + "\nsys.stdout.flush()\nos._exit(0)\n"
    ran = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def accounts(path: Path) -> int:
    """Returns the number of accounts. Creating an account with a used e-mail still fails."""
    with fc.Fleet.open(f"sqlite:{path}") as fleet:
        count = fleet.query("SELECT count(*) AS accounts FROM record WHERE kind = 'account'")[0]["accounts"]
        assert isinstance(count, int)
        for number in range(count):
            with pytest.raises(fc.Taken):
                fleet.console("operator").create_account(f"{number}@example.com")
    return count


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="open-file-description locks exist only on Linux")


@LINUX
def test_nothing_is_lost_when_another_library_opens_and_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "fleet.db"
    run(path, "look()", "create(1)", "create(2)")
    assert accounts(path) == 3


@LINUX
@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "VACUUM",
        "BEGIN IMMEDIATE;CREATE TABLE mine (a);DROP TABLE mine;COMMIT",
    ],
)
def test_nothing_is_lost_whatever_the_other_library_does(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "fleet.db"
    run(path, f"look({sql!r})", "create(1)", f"look({sql!r})", "create(2)")
    assert accounts(path) == 3


@LINUX
@pytest.mark.parametrize(
    "sql", ["PRAGMA journal_mode=DELETE", "PRAGMA locking_mode=EXCLUSIVE;SELECT count(*) FROM record"]
)
def test_the_other_library_cannot_lock_the_file_exclusively(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "fleet.db"
    output = run(
        path,
        f"try: look({sql!r})",
        "except sqlite3.OperationalError as error: print(error)",
        "create(1)",
    )
    assert output == "database is locked\n"
    assert accounts(path) == 2


@LINUX
def test_nothing_is_lost_with_closed_descriptors_and_open_connections(tmp_path: Path) -> None:
    path = tmp_path / "fleet.db"
    run(
        path,
        "other = sqlite3.connect(path)",
        "print(other.execute('SELECT count(*) FROM record').fetchone())",
        "for end in ['', '-wal', '-shm']: open(path + end, 'rb').close()",
        "create(1)",
        "second = Fleet.open('sqlite:' + path)",
        "other.close()",
        "second.close()",
        "create(2)",
        "look()",
        "os.chdir('/')",
        "create(3)",
    )
    assert accounts(path) == 4


@LINUX
def test_the_other_library_may_open_the_file_first(tmp_path: Path) -> None:
    path = tmp_path / "fleet.db"
    fc.Fleet.open(f"sqlite:{path}").close()
    program = PROGRAM.replace("fleet =", "other = sqlite3.connect(path)\nother.execute('SELECT 1 FROM record')\nfleet =")
    lines = "other.close()\ncreate(1)\nos._exit(0)"
    subprocess.run([sys.executable, "-c", program + lines, str(path)], check=True, timeout=60)
    assert accounts(path) == 2


@LINUX
def test_both_libraries_may_write_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "fleet.db"
    ends = threading.Event()

    def look() -> None:
        while not ends.is_set():
            other = sqlite3.connect(path)
            other.execute("SELECT count(*) FROM record").fetchone()
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            other.close()

    with fc.Fleet.open(f"sqlite:{path}") as fleet:
        threads = [threading.Thread(target=look) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(100):
            fleet.console("operator").create_account(f"{number}@example.com")
        ends.set()
        for thread in threads:
            thread.join()
    other = sqlite3.connect(path)
    assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    other.close()
    assert accounts(path) == 100


@pytest.mark.parametrize("how", ["move", "delete", "replace", "move and make another"])
def test_a_moved_or_replaced_file_is_not_written_to(tmp_path: Path, how: str) -> None:
    path, moved = tmp_path / "fleet.db", tmp_path / "moved.db"
    fleet = fc.Fleet.open(f"sqlite:{path}")
    fleet.console("operator").create_account("0@example.com")
    if how == "delete":
        path.unlink()
    elif how == "replace":
        fleet.backup(moved)
        os.replace(moved, path)
    else:
        path.rename(moved)
    if how == "move and make another":
        fc.Fleet.open(f"sqlite:{path}").close()
    with pytest.raises(fc.StoreFailed, match="was moved, deleted or replaced") as failed:
        fleet.console("operator").create_account("1@example.com")
    assert failed.value.code == "store_moved"
    fleet.close()
    if how.startswith("move"):
        assert accounts(moved) == 1


def test_a_backup_is_a_fleet_and_is_not_overwritten(tmp_path: Path) -> None:
    path, copy = tmp_path / "fleet.db", tmp_path / "copy.db"
    with fc.Fleet.open(f"sqlite:{path}") as fleet:
        fleet.console("operator").create_account("0@example.com")
        fleet.backup(copy)
        fleet.console("operator").create_account("1@example.com")
        with pytest.raises(fc.StoreFailed, match="is not overwritten; name a new file") as failed:
            fleet.backup(str(copy))
        assert failed.value.code == "store_not_empty"
    assert accounts(copy) == 1
    # Restore: nobody has the file open; delete the files beside it; put the copy in place.
    for end in ["", "-wal", "-shm"]:
        Path(f"{path}{end}").unlink(missing_ok=True)
    shutil.copy(copy, path)
    assert accounts(path) == 1


def test_a_query_returns_native_python_values(tmp_path: Path) -> None:
    with fc.Fleet.open(f"sqlite:{tmp_path / 'fleet.db'}") as fleet:
        row = fleet.query("SELECT 1 AS a, 0.5 AS b, 'é' AS c, x'00ff' AS d, NULL AS e, 9007199254740993 AS f")
        assert row == [{"a": 1, "b": 0.5, "c": "é", "d": b"\0\xff", "e": None, "f": 9007199254740993}]
        assert fleet.query("SELECT 1 AS a WHERE 0") == []


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELEC 1", "syntax error"),
        ("", "there is no statement"),
        ("SELECT 1; SELECT 2", "several statements"),
        ("DELETE FROM record", "can only read"),
        ("CREATE TEMP TABLE a (b)", "can only read"),
        ("ATTACH 'other.db' AS other", "can only read"),
        ("VACUUM INTO 'other.db'", "can only read"),
        ("PRAGMA user_version = 7", "can only read"),
        ("PRAGMA wal_checkpoint", "can only read"),
        ("BEGIN IMMEDIATE", "can only read"),
        ("SELECT load_extension('other')", "not authorized"),
        ("SELECT 1 AS a, 2 AS a", "two columns are called `a`"),
        ("SELECT ?", "no parameters"),
        ("SELECT zeroblob(1000000000)", "MiB"),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", "more than 1000 rows"),
    ],
)
def test_a_query_that_writes_or_reads_too_much_is_refused(tmp_path: Path, sql: str, says: str) -> None:
    with fc.Fleet.open(f"sqlite:{tmp_path / 'fleet.db'}") as fleet:
        with pytest.raises(fc.Invalid, match=says) as refused:
            fleet.query(sql)
        assert refused.value.field == "sql"
        assert fleet.query("PRAGMA user_version")[0]["user_version"] not in (0, 7)
    assert not Path("other.db").exists()


def test_a_query_returns_at_most_the_requested_rows(tmp_path: Path) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n"
    with fc.Fleet.open(f"sqlite:{tmp_path / 'fleet.db'}") as fleet:
        assert len(fleet.query(numbers, limit=2000)) == 2000
        with pytest.raises(fc.Invalid, match="more than 1999 rows"):
            fleet.query(numbers, limit=1999)
        for limit in (0, 100_001):
            with pytest.raises(fc.Invalid, match="give 1 to 100000"):
                fleet.query(numbers, limit=limit)


def test_a_fleet_in_memory_rejects_backup_and_query_with_advice() -> None:
    with fc.Fleet.open("memory:") as fleet:
        for call in (lambda: fleet.query("SELECT 1"), lambda: fleet.backup("copy.db")):
            with pytest.raises(fc.StoreFailed, match="SQLite") as failed:
                call()
            assert failed.value.code == "store_unsupported"


@LINUX
def test_a_forked_child_holds_none_of_its_parents_locks(tmp_path: Path) -> None:
    path = tmp_path / "fleet.db"
    output = run(
        path,
        "import time",
        "ends, begun = os.pipe()",
        "child = os.fork()",
        "if child == 0:",
        "    os.close(begun)",
        "    os.read(ends, 1)",  # Until it is killed, or its parent has ended.
        "    os._exit(0)",
        "create(1)",
        "fleet.close()",
        "print(os.path.exists(path + '-wal'))",
        "look('PRAGMA journal_mode=DELETE')",
        "os.close(begun)",
        "os.waitpid(child, 0)",
    )
    assert output == "False\n"
    assert accounts(path) == 2
