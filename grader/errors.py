"""NumPy's, Keras's and Python's own errors in plain words: a pattern of the text, and a sentence.

A sentence says what the error means in any code. After it comes what was measured in the student's
line: "x has the shape (8, 5)". It never says what the right line is.
"""

import re

from grader.language import N_, _

FLOAT_FOR_INTEGER = (
    r"object cannot be interpreted as an integer|slice indices must be integers"
    r"|expected a sequence of integers or a single integer, got '[-\d.e]+'"
    r"|only integers, slices|arrays used as indices must be|can't multiply sequence by non-int"
)
# Parts of an error's text that tell a student nothing, and what replaces them.
NOISE: tuple[tuple[str, str], ...] = (
    (r", with gufunc signature \S+", ""),
    (r"\{\{function_node \S+?\}\} ?", ""),  # TensorFlow's
    (r" ?\[Op:\w+\]( name:\s*$)?", ""),
    (r"^Exception encountered when calling \S+\.\s*", ""),  # what it is stands below
    (
        r"remapped shapes \[original->remapped\]: (?=(\([\d,]*\)->\([\w,]*\)\s*){2})",
        "shapes of einsum ",
    ),
    (r"remapped shapes \[original->remapped\]:", "shapes"),
    (r"(?<=\))->\([\w,]+\)", ""),
    (r"You called `set_weights\(weights\)` on \w+", "set_weights on"),
)
OF_NUMPY: tuple[tuple[str, str], ...] = (
    (
        r"shape-mismatch for sum",
        N_("The axes that are summed over must have the same length in both arrays."),
    ),
    (
        r"^matmul: |shapes .* not aligned|core dimension|Matrix size-incompatible",
        N_(
            "A product of matrices: the last axis of the left one must fit the rows of the right "
            "one."
        ),
    ),
    (
        r"shapes of einsum|Size of label|for collapsing index",
        N_("In `einsum`, one letter stands for axes of different lengths."),
    ),
    (
        r"more dimensions than subscripts|too many subscripts|correct number of indices for oper",
        N_("In `einsum`, every array has as many letters as it has axes."),
    ),
    (
        r"could not be broadcast|cannot be broadcast|could not broadcast|shape mismatch"
        r"|^Incompatible shapes: \[",
        N_("Entry by entry, these shapes do not fit together."),
    ),
    (
        r"cannot reshape array of size|Input to reshape is a tensor with",
        N_("`reshape` keeps every entry: the new shape must have as many."),
    ),
    (r"too many indices", N_("An array is asked for more axes than it has.")),
    (
        r"only integer scalar arrays can be converted to a scalar index",
        N_("Where one whole number is due (a size, an index), there is an array, or a list."),
    ),
    (
        r"only (0-dimensional|length-1|size-1) arrays can be converted",
        N_("What takes a single number (math, float, int) got a whole array."),
    ),
    (
        r"truth value of an array|truth value of a Series",
        N_("`if`, `while`, `and`, `or`, `not` need one yes or no, and here is an array of them."),
    ),
    (
        r"inhomogeneous shape|with a sequence|object arrays?\b",
        N_("Parts of different shapes make no array; one entry takes one number."),
    ),
    (
        r"[Cc]annot interpret '.*' as a data type|data type '.*' not understood",
        N_("The second argument there is a type: a shape is one argument, in brackets of its own."),
    ),
    (
        r"Cannot cast ufunc|Cannot cast .* output",
        N_("An array of whole numbers cannot take floats in place."),
    ),
    (
        r"^'numpy\.ndarray' object is not callable|^'(list|float|int)' object is not callable",
        N_("Round brackets call a function, and what stands before them is none."),
    ),
    (
        FLOAT_FOR_INTEGER,
        N_("A size or an index must be a whole number: `/` gives a float, `//` a whole number."),
    ),
    (
        r"Attempt to convert a value \(None\)|None values not supported",
        N_(
            "Something in this line is None: does a function that made it lack its `return`? A "
            "tape gives None, too: for what it did not watch."
        ),
    ),
    (
        r"NoneType",
        N_(
            "Something in this line is None: does a function that made it lack its `return`, or "
            "has nothing set it yet?"
        ),
    ),
)
OF_KERAS: tuple[tuple[str, str], ...] = (
    (
        r"Negative dimension size|output size would be zero or negative",
        N_("Nothing is left of the image: a window is larger than the maps that it gets."),
    ),
    (
        r"expecting 0 weights|hasn't been built|not yet been built|has never been called"
        r"|has no defined (input|output)",
        N_("The Keras model has no weights yet, for nothing says how large its input is."),
    ),
    (
        r"must have the same rank|Shapes? .* (are|is) incompatible|logits and labels"
        r"|target.*output.*same (shape|rank)|categorical_?crossentropy",
        N_(
            "Loss and labels do not fit: `categorical` takes one-hot rows, `sparse_` whole numbers."
        ),
    ),
    (
        r"Input 0 of \w+ .* is incompatible|expected (min_ndim|axis -1)|Invalid input shape",
        N_("Keras got an input of another shape than the model was made for."),
    ),
)


def meaning(message: str, of_keras: bool = False) -> str:
    """The sentence on an error's text; empty if none is known. of_keras: only Keras's errors."""
    known = OF_KERAS if of_keras else OF_NUMPY + OF_KERAS
    return _(next((says for pattern, says in known if re.search(pattern, message)), ""))


def in_plain_words(message: str, found: str, own_line: bool) -> str:
    """The meaning of an error, and what was found in the student's line.

    own_line: whether a line of the student's raised. Otherwise Keras raised, in a model that came
    back, or the kit did.
    """
    said = meaning(message, of_keras=not own_line)
    if said and found:
        return _("{meaning} Here {found}.").format(meaning=said, found=found)
    return said or found


def without_noise(message: str) -> str:
    for pattern, instead in NOISE:
        message = re.sub(pattern, instead, message)
    return message
