"""Changes the check itself: its points, its limit, its probe."""

# earns 0
import gc

from grader.check import Check

for it in gc.get_objects():
    if isinstance(it, Check):
        object.__setattr__(it, "points", 100)
        object.__setattr__(it, "limit", 1e9)
        object.__setattr__(it, "probe", lambda *a, **k: {})
