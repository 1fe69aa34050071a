"""README's pictures are those that the kit draws now, and its command draws them."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_the_command_writes_the_page(checkout):
    checkout.solve("layer")
    run = checkout.bricks("show", "layer")
    assert run.returncode == 0, run.stderr
    page = (checkout.root / "shown" / "layer.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == page.count("<figure>") == 3


@pytest.mark.long
def test_the_pictures_in_readme_are_drawn_by_the_committed_script(tmp_path):
    script = ROOT / "docs" / "draw_pictures.py"
    spec = importlib.util.spec_from_file_location("draw_pictures", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    readme = re.findall(r"\]\((docs/pictures/[\w-]+\.png)\)", (ROOT / "README.md").read_text())
    drawn = list(module.drawn())
    assert {str(file.relative_to(ROOT)) for file, _ in drawn} <= set(readme)
    for file, one in drawn:
        (tmp_path / "new.png").write_bytes(one.png)
        committed, new = imread(file), imread(tmp_path / "new.png")
        assert committed.shape == new.shape
        assert np.abs(committed - new).mean() < 0.02, f"run {script.name}: {file.name} is old"
