"""Short spellings of the range rules that each table also holds as constraints."""

from django.db.models import CheckConstraint, Q


def at_least(prefix: str, field: str, limit: int = 0) -> CheckConstraint:
    """``field`` is empty or not under ``limit``."""
    condition = Q((f"{field}__isnull", True)) | Q((f"{field}__gte", limit))
    return CheckConstraint(condition=condition, name=f"{prefix}_{field}_min")


def above_zero(prefix: str, field: str) -> CheckConstraint:
    """``field`` is empty or more than zero."""
    condition = Q((f"{field}__isnull", True)) | Q((f"{field}__gt", 0))
    return CheckConstraint(condition=condition, name=f"{prefix}_{field}_positive")


def one_of(prefix: str, field: str, values: list[str]) -> CheckConstraint:
    return CheckConstraint(condition=Q((f"{field}__in", values)), name=f"{prefix}_{field}_known")


def hex_colour(prefix: str, field: str) -> CheckConstraint:
    """Empty or #rrggbb in lower case."""
    condition = Q((field, "")) | Q((f"{field}__regex", r"^#[0-9a-f]{6}$"))
    return CheckConstraint(condition=condition, name=f"{prefix}_{field}_hex")
