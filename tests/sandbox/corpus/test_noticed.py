"""The corpus would prove nothing if nobody noticed a theft: each is, where its layer is missing."""

from pathlib import Path

import pytest

from grader.runner.clock import WallLimit
from grader.sandbox.confined import Confined
from grader.sandbox.levels import KERNEL

WALL_LIMIT = WallLimit(1.0, 4.0)
STEALING = {
    path.stem: path for path in (Path(__file__).parents[2] / "hostile" / "stealing").glob("*.py")
}
# What seccomp stops as well.
SECCOMP = {"send_by_http", "send_by_system_call", "send_by_tcp"}
# What gains nothing without either, and why.
STOPPED_OTHERWISE = {
    "ask_the_check": "the seed is none of the likely ones",
    "descriptors_by_name": "none is open but that which the answer takes",
    "environment": "the environment is clean",
    "environment_of_the_parent": "the zygote's is clean; root's child has lost its privileges",
    "labels_from_keras": "it needs the network, which tests have not",
    "memory_by_system_call": "the zygote holds no secret; root's child has lost its privileges",
    "memory_of_the_parent": "the zygote holds no secret; root's child has lost its privileges",
    "open_descriptors": "none is open but that which the answer takes",
    "reference_by_collector": "beside a part stand only functions that were judged before it",
    "reference_for_an_earlier_part": "each part runs in a process of its own",
    "reference_in_frames": "beside a part stand only functions that were judged before it",
    "ring_of_requests": "a ring needs locked memory, of which limits leave none",
    "search_the_heap": "labels are never sent to a child",
    "search_the_modules": "the reference is never sent to a child",
    "walk_the_frames": "expected values and labels are never sent to a child",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layers", "stolen"),
    [
        (["Landlock"], STEALING.keys() - SECCOMP - STOPPED_OTHERWISE.keys()),
        (["Landlock", "seccomp"], SECCOMP),
    ],
    ids=["Landlock", "Landlock and seccomp"],
)
def test_without_its_layer_each_theft_is_noticed(need, without, world_at, layers, stolen):
    need(KERNEL)
    assert STEALING.keys() >= SECCOMP | STOPPED_OTHERWISE.keys()
    with world_at(Confined(without(*layers), WALL_LIMIT)) as world:
        noticed = {name for name in stolen if world.play(STEALING[name])[1]}
    assert noticed == stolen
