"""The toy class and nbgrader's desk, as their own tests have them."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def fixtures_of(room):
    """The module of fixtures of another folder of tests."""
    path = Path(__file__).parents[1] / room / "conftest.py"
    spec = spec_from_file_location(f"fixtures_of_{room}", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


classroom, nbgrader = fixtures_of("classroom"), fixtures_of("desk")
toys, two_bricks = classroom.toys, classroom.two_bricks
made, desk = nbgrader.made, nbgrader.desk
