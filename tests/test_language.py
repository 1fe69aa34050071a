"""The kit speaks French: every sentence that a student reads has its French, and says the same."""

import ast
import re
import shutil
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader import language
from grader.author.build import build
from grader.author.catalogues import (
    CATALOGUES,
    ENGINE,
    compiled,
    course_messages,
    engine_messages,
    read,
    updated,
)
from grader.author.release import release
from grader.check import Unfit
from grader.cli import language_of
from grader.course import Course, CourseError, find_course
from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.explanation import Explanation, Where
from grader.language import VARIABLE, _, counted, in_course, ngettext, percent
from grader.measures import spread_of
from grader.misconception import Misconception
from grader.note import as_text, cause_of
from grader.outcome import (
    Accuracy,
    BelowBar,
    CellStopped,
    Crashed,
    Fault,
    Line,
    Missing,
    NotFinite,
    NotInstalled,
    NotWritten,
    Passed,
    Raised,
    TooSlow,
    Unloadable,
    Withheld,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.repair.kinds import Kind, Repair
from grader.report.labels import LABELS, label_of, shown_label
from grader.report.names import value_name
from grader.report.rows import rows_of
from grader.report.text import LABEL, why_rows

ROOT = Path(__file__).parents[1]
ENGINES, COURSES = CATALOGUES / "fr.po", ROOT / "solutions" / "fr" / "course.po"
SPACES = re.compile(r"(?<=\d)[\u202f\u00a0](?=\d{3})")
# A sign that French sets apart stands behind a space that does not break.
WRONG_SPACE = re.compile(
    r"(?<![\u202f\w`])[;!?](?=\s|$)|\w[;!?](?=\s|$)|(?<![\u00a0\w\[,]):(?=\s|$)"
)


@pytest.fixture
def french(monkeypatch):
    monkeypatch.setenv(VARIABLE, "fr")
    language.speak(ROOT)
    yield
    language.speak(None)


@pytest.fixture
def nobody_chose(monkeypatch):
    """Neither the environment nor a course says which language."""
    for name in (VARIABLE, *language.OF_MACHINE):
        monkeypatch.delenv(name, raising=False)
    language.speak(None)
    yield monkeypatch
    language.speak(None)


def forms(message):
    """A message's forms in English and in French, pairwise."""
    english = message.id if isinstance(message.id, tuple) else (message.id,)
    french = message.string if isinstance(message.string, tuple) else (message.string,)
    return list(zip(english, french, strict=True))


def same_in_both(text, thousands):
    """What a translation must not change: places of values, names, formulas, figures."""
    plain = thousands.sub("", text)
    figures = re.findall(r"\d+(?:[.,]\d+)?", re.sub(r"\{[^}]*\}", "", plain))
    return {
        "places": sorted(re.findall(r"\{[^}]*\}", text)),
        "names": sorted(re.findall(r"`[^`]*`", text)),
        "with _": set(re.findall(r"\w*_\w+", text)),
        "formulas": sorted(re.findall(r"\$[^$]*\$", text)),
        "figures": sorted(figure.replace(",", ".") for figure in figures),
    }


@pytest.mark.parametrize("file", [ENGINES, COURSES], ids=["engine", "course"])
def test_every_sentence_has_its_french_and_says_the_same(file):
    for message in read(file):
        for english, french in forms(message) if message.id else ():
            assert french, f"no French for {english!r}: translate it in {file}"
            kept = same_in_both(english, re.compile(r"(?<=\d),(?=\d{3}\b)"))
            assert same_in_both(french, SPACES) == kept, (english, french)


@pytest.mark.parametrize("file", [ENGINES, COURSES], ids=["engine", "course"])
def test_french_signs_stand_behind_spaces_that_do_not_break(file):
    for message in read(file):
        for _english, french in forms(message) if message.id else ():
            prose = re.sub(r"`[^`]*`|x\[.\]; ?x\[.\] = .; ?|a = ", "`", french)
            assert not re.search(r" [;:!?»](?:\s|$)|« |« ", prose), french


def test_the_catalogues_hold_what_is_said_now(course):
    for file, messages in (
        (ENGINES, engine_messages()),
        (COURSES, course_messages(course, list(course.bricks))),
    ):
        known = {message.id for message in read(file) if message.id}
        assert set(messages) == known, "run `bricks build`, and translate what is new"
        assert file.with_suffix(".mo").read_bytes() == compiled(read(file)), "run `bricks build`"


def test_no_sentence_escapes_extraction():
    """Babel reads constants alone, and none inside an f-string."""
    for file in ENGINE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        inside = {n for it in ast.walk(tree) if isinstance(it, ast.JoinedStr) for n in ast.walk(it)}
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            if call.func.id in ("_", "N_", "ngettext") and call.args:
                said = call.args[0]
                assert not isinstance(said, ast.JoinedStr), (file.name, call.lineno)
                constant = isinstance(said, ast.Constant)
                assert not (constant and call in inside), (file.name, call.lineno, said.value)


def test_an_update_keeps_what_is_translated_and_what_is_gone(tmp_path):
    file = tmp_path / "fr.po"
    shutil.copy(ENGINES, file)
    before = {m.id: m.string for m in read(file) if m.id}
    kept, gone, *_others = (text for text in before if isinstance(text, str))
    catalogue = updated(file, {kept: "here", "entirely new": "here"})
    assert catalogue[kept].string == before[kept] and not catalogue["entirely new"].string
    assert catalogue.obsolete[gone].string == before[gone]


def test_the_environment_comes_before_the_course_and_the_course_before_the_machine(nobody_chose):
    assert language.language() == "en"
    nobody_chose.setenv("LANG", "fr_BE.UTF-8")
    assert language.language() == "fr"
    nobody_chose.setenv("LC_ALL", "C.UTF-8")
    assert language.language() == "en"
    language.speak(ROOT, "fr")
    assert language.language() == "fr"
    nobody_chose.setenv(VARIABLE, "en")
    assert language.language() == "en"
    nobody_chose.setenv(VARIABLE, "xx")  # there is no such catalogue
    assert language.language() == "en"


@pytest.mark.parametrize("command, code", [("audit", "en"), ("build", "en"), ("watch", "")])
def test_what_an_author_reads_or_commits_is_english(nobody_chose, command, code):
    nobody_chose.setenv("LANG", "fr_BE.UTF-8")
    assert language_of(Namespace(command=command, course=ROOT)) == code


def test_plurals_figures_and_sentences_without_french(french):
    few, many = "({n} point not run)", "({n} points not run)"
    said = [ngettext(few, many, n).format(n=n) for n in (1, 2)]
    assert said == ["(1 point non testé)", "(2 points non testés)"]
    assert (counted(10_000), percent(0.891)) == ("10\u202f000", "89,1\u202f%")
    assert _("nobody said this") == in_course("nobody said this") == "nobody said this"
    assert _("") == in_course("") == ""


def test_labels_are_found_again_and_fit_into_their_column(french):
    shown = [shown_label(label) for label in LABELS]
    assert len(set(shown)) == len(LABELS)
    assert all(len(it) < LABEL - 2 for it in shown), shown
    assert [label_of(it) for it in shown] == list(LABELS)
    assert (shown_label("likely"), shown_label("where")) == ("probable", "où")
    assert (shown_label("hint 2"), label_of("indice 2"), label_of("")) == ("indice 2", "hint", "")


LINE = Line("neuron.py", 3, "sigmoid", "return x")
ACCURACY = Accuracy(0.874, 10_000, 0.9, 0.915, 0.002, 30, 0.89, 10_000)
OUTCOMES = [
    Passed(ACCURACY, ("softmax", "relu")),
    BelowBar(ACCURACY, 3),
    WrongValue("labels after the call", np.zeros(3), np.ones(3), (1,), 3, ("z",)),
    WrongShape("shape of kernel", (3,), ()),
    WrongType("x", "None", ""),
    NotFinite("x", (1,), float("nan"), 3),
    Withheld("x", "", "wrong value"),
    Raised("SystemExit", "", (LINE,)),
    Raised("BdbQuit", "", (LINE, LINE)),
    Raised("ValueError", "too many indices", ()),
    Unloadable("neuron.py", "ModuleNotFoundError: No module named 'torch'", (LINE,)),
    CellStopped(
        "f", "cell 3 of neuron.ipynb", "is under %%bash, so it does not run as Python here"
    ),
    CellStopped("f", "cell 3 of neuron.ipynb", "ValueError: no", (LINE,)),
    Missing("f"),
    Missing("kernel", "Neuron"),
    WrongSignature("f() takes 1 positional argument"),
    NotWritten("f"),
    TooSlow(10.0, lines=(LINE,)),
    TooSlow(10.0, times=20.0),
    TooSlow(10.0, repeats=True),
    Crashed("ended by signal 9"),
    NotInstalled("keras"),
    Fault("no"),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda it: type(it).__name__)
def test_every_outcome_is_put_into_french(monkeypatch, outcome):
    english = rows_of(outcome)
    monkeypatch.setenv(VARIABLE, "fr")
    french = rows_of(outcome)
    assert [label for label, _text in french] == [label for label, _text in english]
    same = {"z", "1.000", outcome.error if isinstance(outcome, Raised) else ""}
    for (label, one), (_label, other) in zip(english, french, strict=True):
        assert one != other or label in ("    ", "right") or one in {*same, ""} or "\n" in one
    assert not re.search(r"\b(the|is|are|which|with)\b", " ".join(t for _l, t in french)[:400])


def test_causes_places_and_repairs_are_put_into_french(french):
    repair = Repair(("a", "b"), "f", "neuron.py", (3, 5), "return x", Kind.SIGN.value, False)
    [(_label, place)] = why_rows(Explanation(repair=repair))
    assert place.splitlines()[0] == (
        "neuron.py, ligne 3 ou 5, dans f\u00a0: regardez un signe ici. Un petit changement à cet "
        "endroit, et 2 tests de plus passent"
    )
    [(_label, part)] = why_rows(Explanation(where=Where("softmax", "forward")))
    assert part == "`forward` est juste\u202f; `softmax`, qu'il utilise, ne l'est pas"


def test_misconceptions_and_names_of_values_are_the_courses(french):
    one = Misconception("a", "The loss takes the logarithm of 0.", "?", "loss")
    two = replace(one, says="Only the samples of class 1 count in the loss.")
    [(_label, said)] = why_rows(Explanation(Diagnosis((one, two))))
    assert said == (
        "La perte prend le logarithme de 0. Ou bien\u00a0: Seuls les exemples de classe 1 comptent "
        "dans la perte."
    )
    assert value_name("AND is learned") == "AND est appris"
    assert value_name("rows add up to 1") == "la somme de chaque ligne vaut 1"
    assert value_name("moving mean, unless told") == "moyenne mobile, par défaut"
    assert value_name("gradient of w, unless told") == "gradient de w, par défaut"
    assert value_name("its spread, times sqrt(n_inputs), rounded").startswith("écart-type du noyau")
    assert value_name("shape of the image after the call") == "forme (l'image) après l'appel"


def test_a_cause_that_a_check_measures_is_put_into_french(french):
    (said,) = spread_of("kernel", 0.01, 0.1, {"1 / n_inputs: was a root meant?": 0.01}).values()
    assert (
        as_text(said)
        == "l'écart-type est celui de 1 / n_inputs\u00a0: fallait-il une racine\u202f?"
    )
    (said,) = cause_of("order", "the head never moved").values()
    assert as_text(said) == "la tête n'a jamais bougé"


def test_what_a_clean_says_in_words_is_translated_where_it_is_shown(french):
    found = Unfit("the trained model", "one without them", "convolution and pooling in it")
    rows = dict(rows_of(WrongType(found.name, found.returned, found.expected)))
    assert rows["returned"] == "le modèle entraîné\u00a0: un modèle sans eux"
    assert rows["expected"] == "une convolution et un pooling à l'intérieur"


WRONG = """
import numpy as np


def images_to_vectors(images):
    return images.reshape(len(images), -1) @ images


def sigmoid(z):
    pass
"""


def test_what_a_students_process_says_is_french_too(checkout):
    checkout.write("neuron", WRONG)
    run = checkout.pytest("-k", "neuron", "-m", "not keras", BRICKS_LANGUAGE="fr")
    said = " ".join(run.stdout.split())
    assert "Un produit de matrices" in said and "Ici, images a la forme (" in said
    assert "sigmoid(z) : None : manque-t-il un `return`" in said
    assert "ensuite : neuron / images_to_vectors" in said


CHECKS = """
from grader import Brick

brick = Brick("first", order=1, title="A first brick")


@brick.check("answer", points=1, called="answer({n})", hint="Which number is it?",
             inputs=lambda rng: {"n": int(rng.integers(1, 1000))})
def values(first, n):
    return {"the answer": first.answer(n)}
"""
SOLUTION = '''
# %% [markdown]
# # {title}

# %%
def answer(n):
    """{says}"""
    ### BEGIN SOLUTION
    return 2 * n
    ### END SOLUTION
'''
MISTAKES = """
from grader.misconception import misconception


@misconception("The answer is not doubled.", "How much is twice as much?", idea="model")
def not_doubled(first):
    first.answer = lambda n: n
"""
PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "A first brick"
msgstr "Une première brique"

msgid "Which number is it?"
msgstr "Quel nombre est-ce ?"

msgid "the answer"
msgstr "la réponse"

msgid "The answer is not doubled."
msgstr "La réponse n'est pas doublée."

msgid "How much is twice as much?"
msgstr "Combien vaut le double ?"

msgid "of a brick that this kit does not have"
msgstr "d'une brique que ce kit n'a pas"
"""


@pytest.fixture
def toy(tmp_path):
    """A course of one brick with its text, and what its check says, in French too."""
    root = tmp_path / "toy"
    for folder in ("exercises", "solutions/misconceptions", "solutions/fr", "source"):
        (root / folder).mkdir(parents=True)
    (root / "exercises" / "test_first.py").write_text(CHECKS)
    english, french = {"title": "First", "says": "Twice n."}, {"title": "Début", "says": "2 fois."}
    (root / "solutions" / "first.py").write_text(SOLUTION.format(**english))
    (root / "solutions" / "fr" / "first.py").write_text(SOLUTION.format(**french), "utf-8")
    (root / "solutions" / "fr" / "course.po").write_text(PO, "utf-8")
    (root / "solutions" / "misconceptions" / "first.py").write_text(MISTAKES)
    (root / "solutions" / "misconceptions" / "caught.json").write_text("{}")
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    return Course(root)


def test_a_kit_released_in_french_speaks_french_wherever_it_runs(toy, tmp_path, run_in):
    kit = tmp_path / "kit"
    release(toy, kit, language="fr")
    readme = (kit / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# Les briques") and "Une première brique" in readme
    stub = (kit / "exercises" / "first.py").read_text(encoding="utf-8")
    assert "# # Début" in stub and '"""2 fois."""' in stub and "2 * n" not in stub
    assert "Début" in (kit / "notebooks" / "first.ipynb").read_text(encoding="utf-8")
    catalogue = (kit / "exercises" / "recorded" / "course.fr.mo").read_bytes()
    assert "La réponse n'est pas".encode() in catalogue and b"que ce kit" not in catalogue
    assert not list(kit.rglob("*.po"))
    (kit / "exercises" / "first.py").write_text("def answer(n):\n    return n\n")
    for environment in ({}, {"LANG": "en_US.UTF-8"}, {"LC_ALL": "C.UTF-8"}):
        said = run_in(kit, **environment)
        assert "probable  La réponse n'est pas doublée." in said
        assert "question  Combien vaut le double" in said and "renvoyé   la réponse = " in said
        assert "0 sur 1" in said and "ensuite" in said and "Quel nombre" not in said
    assert "likely    The answer is not doubled." in run_in(kit, **{VARIABLE: "en"})


def test_the_next_release_of_a_french_kit_stays_french(toy, tmp_path):
    kit = tmp_path / "kit"
    release(toy, kit, language="fr")
    (kit / "exercises" / "first.py").unlink()
    release(toy, kit)
    assert find_course(kit).language == "fr"
    assert "# # Début" in (kit / "exercises" / "first.py").read_text(encoding="utf-8")
    language.speak(None)


def test_a_kit_without_a_choice_follows_the_machine(toy, tmp_path, run_in):
    kit = tmp_path / "kit"
    release(toy, kit)
    assert "# # First" in (kit / "exercises" / "first.py").read_text(encoding="utf-8")
    assert "next: first / answer" in run_in(kit, LANG="C.UTF-8")
    assert "Quel nombre est-ce" in run_in(kit, LANG="fr_BE.UTF-8")


def test_course_toml_chooses_for_a_release_too(toy, tmp_path):
    (toy.root / "course.toml").write_text('language = "fr"\n')
    release(Course(toy.root), tmp_path / "kit")
    assert (tmp_path / "kit" / "course.toml").read_text() == 'language = "fr"\n'


def test_a_language_without_texts_is_refused(toy, tmp_path):
    with pytest.raises(CourseError, match=r"'xx'.* en, fr"):
        release(toy, tmp_path / "kit", language="xx")
    (toy.solutions / "fr" / "first.py").unlink()
    with pytest.raises(CourseError, match=r"solutions/fr/ has no first\.py"):
        release(toy, tmp_path / "kit", language="fr")


@pytest.fixture
def run_in():
    """run_in(kit, NAME="value"): what `pytest exercises/` says there, on the kit's own engine."""
    import os
    import subprocess
    import sys

    spoken = (VARIABLE, *language.OF_MACHINE, "CI")
    plain = {name: value for name, value in os.environ.items() if name not in spoken}

    def run(kit, **environment):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "exercises", "-p", "no:cacheprovider"],
            cwd=kit,
            env={
                **plain,
                "PYTHONPATH": str(kit),
                "COLUMNS": "80",
                "PYTHONUTF8": "1",
                **environment,
            },
            capture_output=True,
            encoding="utf-8",
        ).stdout

    return run


@pytest.mark.long
@pytest.mark.parametrize("isolation", ["basic", "kernel"])
def test_a_class_is_graded_in_the_courses_language_and_not_in_the_machines(
    toy, tmp_path, isolation
):
    import json
    import os
    import subprocess
    import sys

    student = tmp_path / "submitted" / "ada"
    student.mkdir(parents=True)
    (student / "first.py").write_text("def answer(n):\n    return n\n")
    other = tmp_path / "submitted" / "ben"
    other.mkdir()
    (other / "first.py").write_text("def answer(n):\n    return n, None\n")
    if isolation == "kernel" and sys.platform != "linux":
        pytest.skip("the isolation of Linux")
    (toy.root / "exercises" / "first.py").write_text("")
    build(toy)
    plain = {name: value for name, value in os.environ.items() if name != VARIABLE}

    def graded(out, **environment):
        command = ["grade", str(student.parent), "--out", str(out), "--isolation", isolation]
        run = subprocess.run(
            [sys.executable, "-m", "grader", *command],
            cwd=toy.root,
            env={**plain, "XDG_CACHE_HOME": str(tmp_path / "cache"), **environment},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
        return "".join(json.loads(line)["checks"][0]["message"] for line in lines), out

    message, _out = graded(tmp_path / "english", LANG="fr_BE.UTF-8")
    assert "likely    The answer is not doubled." in message
    (toy.root / "course.toml").write_text('language = "fr"\n')
    message, out = graded(tmp_path / "french", LANG="en_US.UTF-8")
    assert "probable  La réponse n'est pas doublée." in message
    assert "un tuple de 2" in message and "Quel nombre est-ce" in message
    subprocess.run(
        [sys.executable, "-m", "grader", "feedback", str(out), str(tmp_path / "pages")],
        cwd=toy.root,
        env=plain,
        check=True,
    )
    page = (tmp_path / "pages" / "ada.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page and "Ensuite" in page and "0 sur 1" in page


@pytest.mark.long
def test_a_real_kit_in_french_has_a_french_board(tmp_path, run_in):
    kit = tmp_path / "kit"
    release(Course(ROOT), kit, ["neuron"], language="fr")
    said = run_in(kit, LANG="en_US.UTF-8")
    assert "neuron  pas commencé" in said
    board = " ".join(said.partition("bricks -")[2].split())
    assert "Chaque image devient une ligne" in board and "Each image" not in board
    stub = (kit / "exercises" / "neuron.py").read_text(encoding="utf-8")
    assert "# # Brique 1 : le neurone" in stub.replace("\u00a0", " ")
    shutil.copy(ROOT / "solutions" / "neuron.py", kit / "exercises")
    said = " ".join(run_in(kit, LANG="en_US.UTF-8").split())
    assert "20 sur 20" in said and "chiffres jamais vus" in said
