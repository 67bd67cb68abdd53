"""What the values of the library have in common: how they are pickled, and how they become JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fleet_core.errors import Invalid


def rebuild(cls: Any, fields: tuple[Any, ...]) -> Any:
    """A value of a class, made of its fields again."""
    return cls._from_fields(*fields)


def invalid(field: str, problem: str) -> Invalid:
    """An argument that can't be taken."""
    error = Invalid(f"{field}: {problem}")
    error.code, error.field, error.problem = "invalid", field, problem
    return error


def plain(value: Any) -> Any:
    """What JSON can hold of a field."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value.to_dict() if hasattr(value, "to_dict") else value
