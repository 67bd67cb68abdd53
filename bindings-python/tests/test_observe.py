"""Seeing inside: calls in a logger of Python, and metrics."""

from __future__ import annotations

import logging

import fleet_core as fc
import pytest


class Broken(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise RuntimeError(record.getMessage())


def test_each_call_is_a_record_of_the_logger(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("fleet_core.test")
    with caplog.at_level(logging.DEBUG, "fleet_core.test"), fc.Fleet.open("memory:", logger=logger) as fleet:
        fleet.console("operator").create_account("alice@example.com")
        with pytest.raises(fc.FleetError):
            fleet.console("operator").product(94).get()
    seen = [(one.levelname, one.getMessage(), one.__dict__["product"]) for one in caplog.records]
    assert ("DEBUG", "create_account: ok", None) in seen
    assert ("INFO", "product: not_found", 94) in seen
    assert "alice" not in caplog.text


def test_a_logger_that_raises_breaks_no_call() -> None:
    logger = logging.getLogger("fleet_core.broken")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(Broken())
    with fc.Fleet.open("memory:", logger=logger) as fleet:
        assert fleet.console("operator").create_account("alice@example.com").email == "alice@example.com"


def test_metrics_count_the_calls() -> None:
    with fc.Fleet.open("memory:") as silent:
        assert silent.metrics() is None
    with fc.Fleet.open("memory:", metrics=True) as fleet:
        fleet.console("operator").create_account("alice@example.com")
        metrics = fleet.metrics()
    assert metrics is not None
    counts = [(calls.operation, calls.answered, calls.refused, calls.failed) for calls in metrics.calls]
    assert counts == [("create_account", 1, 0, 0)]
    assert metrics.batches.count >= 1
    assert metrics.journal_depth is None
