"""A fleet is opened by the URL of its store. An error names what cannot be opened, but never the password."""

from __future__ import annotations

import os
from pathlib import Path

import fleet_core as fc
import pytest

SERVER = os.environ.get("FLEET_POSTGRES", "")
with_server = pytest.mark.skipif(not SERVER, reason="FLEET_POSTGRES names no server")


def opened_twice(url: str) -> None:
    """What one fleet writes, another reads."""
    with fc.Fleet.open(url) as fleet:
        fleet.console("operator").create_account("alice@example.com")
    with fc.Fleet.open(url) as again, pytest.raises(fc.Taken):
        again.console("operator").create_account("alice@example.com")


def test_a_fleet_in_a_file_can_be_reopened(tmp_path: Path) -> None:
    opened_twice(f"sqlite:{tmp_path / 'fleet.db'}")


def test_a_journal_is_opened_and_removed_by_url(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'fleet.db'}"
    opened_twice(f"{url}?journal=on")
    with fc.Fleet.open(url) as without, pytest.raises(fc.StoreFailed) as failed:
        without.console("operator").create_account("bob@example.com")
    assert failed.value.code == "store_journaled"
    fc.Fleet.open(f"{url}?journal=off").close()
    with fc.Fleet.open(url) as rows:
        rows.console("operator").create_account("bob@example.com")


@with_server
def test_a_fleet_in_a_database_can_be_reopened() -> None:
    opened_twice(f"{SERVER}?schema=python_{os.getpid()}_url")


@pytest.mark.parametrize(
    ("url", "raised", "says"),
    [
        ("mysql://me:hunter2@db/fleet", fc.Invalid, "no store that can be opened"),
        ("postgresql:hunter2", fc.Invalid, "postgresql://USER@HOST/DATABASE"),
        ("postgresql://me:hunter2@db:many/fleet", fc.StoreFailed, "cannot read the URL"),
        ("postgresql://me:hun@ter2@db/fleet", fc.StoreFailed, "as `%40`"),
        ("sqlite:fleet.db?sync=full", fc.Invalid, "synchronous"),
        ("sqlite:///fleet.db", fc.Invalid, "`sqlite:/fleet.db` or `sqlite:fleet.db`"),
        ("sqlite:///:memory:", fc.Invalid, "memory:"),
        ("jdbc:postgresql://db/fleet?user=me&password=hunter2", fc.Invalid, "JDBC"),
        ("postgresql://me:hunter2@db/fleet?sslmode=no-verify", fc.StoreFailed, "sslrootcert=FILE"),
        ("host=db password=hunter2 colour=blue", fc.StoreFailed, "unknown option `colour`"),
        ("sqlite:/nowhere/at/all/fleet.db", fc.StoreFailed, "/nowhere/at/all/fleet.db"),
    ],
)
def test_an_error_of_opening_does_not_show_the_password(url: str, raised: type[fc.FleetError], says: str) -> None:
    with pytest.raises(raised, match=says) as failed:
        fc.Fleet.open(url)
    assert "ter2" not in str(failed.value)


@with_server
def test_an_error_of_authentication_does_not_show_the_password() -> None:
    with pytest.raises(fc.StoreFailed, match="check user and password") as failed:
        fc.Fleet.open(SERVER.replace("fleet@", "nobody:hunter2@"))
    assert "hunter2" not in str(failed.value)
