"""Rows out of JSON: a list of objects, whatever they are nested in and whatever is nested in them."""

import json
from collections.abc import Iterator

_DEEPEST = 6


def json_rows(text: str) -> Iterator[list[str]]:
    """Headers, then one row of texts for each object. Raises ValueError when that is not what the text holds."""
    try:
        records = _records(json.loads(text, parse_float=str, parse_int=str, parse_constant=str))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    rows = [dict(_flat(record, "", 0)) for record in records]
    headers = list(dict.fromkeys(header for row in rows for header in row))
    yield headers
    for row in rows:
        yield [row.get(header, "") for header in headers]


def _records(data: object) -> list[dict]:
    if isinstance(data, dict):  # {"spools": [...]}
        data = next((part for part in data.values() if isinstance(part, list)), [data])
    if not isinstance(data, list) or not data or not all(isinstance(record, dict) for record in data):
        raise ValueError("no list of objects")
    return data


def _flat(record: dict, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        if isinstance(value, dict):
            if depth < _DEEPEST:
                yield from _flat(value, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(str(part) for part in value if not isinstance(part, (dict, list)))
    return str(value)
