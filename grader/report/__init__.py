"""The result of a brick as plain data, and its text for terminals, notebooks and files.

`CheckReport` is one check of a brick; `Report` one brick of one student, in courses alone.
"""

from typing import Any

HOMES = {
    "CheckReport": "check_report",
    "Provenance": "report",
    "Report": "report",
    "Status": "report",
}


def __getattr__(name: str) -> Any:
    """Imports what is asked for: a self-check reads nothing of a class's reports."""
    if name not in HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
