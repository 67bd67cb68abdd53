"""What the library's values have in common: pickling, and conversion to JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fleet_core.errors import Invalid


def rebuild(cls: Any, fields: tuple[Any, ...]) -> Any:
    """Rebuilds a value from its class and its fields."""
    return cls._from_fields(*fields)


def invalid(field: str, problem: str) -> Invalid:
    """Creates the error for an invalid argument."""
    error = Invalid(f"{field}: {problem}")
    error.code, error.field, error.problem = "invalid", field, problem
    return error


def plain(value: Any) -> Any:
    """Converts a field to JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value.to_dict() if hasattr(value, "to_dict") else value
