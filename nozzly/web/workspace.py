"""What pages need to know of the workspace they are shown in, with neutral answers on the bare host."""

from nozzly.tenancy.current import workspace_or_none

_DEFAULTS = {"name": "Nozzly", "currency": "EUR", "locale": "en"}


def setting(name: str) -> str:
    return getattr(workspace_or_none(), name, "") or _DEFAULTS.get(name, "")


def currency() -> str:
    return setting("currency")


def locale() -> str:
    """The locale for numbers and dates as babel writes it: en_GB."""
    return setting("locale").replace("-", "_")
