"""Answers every import itself."""

# earns 0
import sys


class Hook:
    def find_spec(self, name, path=None, target=None):
        raise SystemExit(f"no {name} for you")


sys.meta_path.insert(0, Hook())
sys.modules.pop("json", None)
