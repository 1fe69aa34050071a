"""What documents say of speed is what was measured."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TITLES = {"all five bricks": "All five", "the first four": "The first four bricks"}
CORES = 2


def test_the_cost_of_a_large_class_follows_from_the_measured_rate():
    measured = (ROOT / "benchmarks.md").read_text(encoding="utf-8")
    paper = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    assert f"{CORES} cores" in measured
    for row, title in TITLES.items():
        section = measured.split(f"### {title}\n")[1]
        rate = float(re.search(r"\| this kit \| ([\d.]+) ", section)[1])
        told, each, minutes = map(
            float, re.search(rf"\| {row} \| ([\d.]+) \| ([\d.]+) \| (\d+) min", paper).groups()
        )
        seconds = 60 * CORES / rate
        assert told == rate
        assert each == float(f"{seconds:.2g}")
        assert minutes == round(100_000 * seconds / 100 / 60)
