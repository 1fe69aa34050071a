"""A sixth brick is new content files alone: stub, self-check, grading and release know it."""

SOLUTION = '''# %% [markdown]
# # Brick 6: doubling

# %%
def double(x):
    """Twice x, any shape."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''

CHECKS = """
from grader import Brick

brick = Brick("doubling", order=6, title="Doubling", builds_on=("layer",))


@brick.check("double", points=20, called="double(x)", hint="How much is twice as much?",
             inputs=lambda rng: {"x": rng.normal(size=3)})
def values(doubling, x):
    return {"double(x)": doubling.double(x)}
"""

MISTAKES = """
from grader.misconception import misconception


@misconception("x is squared.", "Twice 3 is 6: what do you get?", idea="model")
def squared(doubling):
    doubling.double = lambda x: x * x
"""


def test_a_sixth_brick_is_added_with_new_files_alone(checkout):
    (checkout.root / "solutions" / "doubling.py").write_text(SOLUTION)
    (checkout.root / "solutions" / "misconceptions" / "doubling.py").write_text(MISTAKES)
    (checkout.root / "exercises" / "test_doubling.py").write_text(CHECKS)
    assert "doubling.py written" in checkout.bricks("build").stdout
    assert "doubling     not started" in checkout.pytest().stdout
    checkout.solve("doubling")
    assert "20 of 20" in checkout.pytest("-k", "doubling").stdout
    for student, old, new in (("right", "", ""), ("wrong", "2 * x", "x * x")):
        place = checkout.root / "submitted" / student
        place.mkdir(parents=True)
        (place / "doubling.py").write_text(SOLUTION.replace(old, new))
    checkout.bricks("grade", "submitted", "--out", "out", "--brick", "doubling")
    table = (checkout.root / "out" / "grades.csv").read_text().splitlines()
    assert table == ["student,doubling,total", "right,20,20", "wrong,0,0"]


def test_the_engine_names_no_brick(course):
    engine = course.root / "grader"
    words = [f'"{name}"' for name in course.bricks]
    for path in engine.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], path
