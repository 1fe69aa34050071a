"""Which warnings of a call are shown."""

import sys
import warnings

import pytest

from grader.warned import hearing_warnings


@pytest.mark.parametrize(
    "said, shown",
    [
        ("The structure of `inputs` doesn't match the expected structure.", False),
        ("categorical_crossentropy received from_logits=True", True),
    ],
)
def test_a_warning_that_right_code_gets_too_is_not_shown(said, shown, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = print_to_stderr
        with hearing_warnings(set()):
            warnings.warn(said, stacklevel=1)
    assert (said in capsys.readouterr().err) == shown


def print_to_stderr(message, category, filename, lineno, file=None, line=None):
    print(message, file=sys.stderr)
