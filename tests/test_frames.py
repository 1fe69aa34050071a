"""What travels between processes: it comes back as it was, or is refused."""

import io
import json
import pickle
from dataclasses import fields

import numpy as np
import pytest
from safetensors.numpy import save

from grader.outcome import Line, Raised
from grader.probe import Loaded, NoArray, Returned
from grader.runner.child_encoding import answer_to_frame
from grader.runner.encoding import CLAIMS, answer_from_frame
from grader.runner.frames import (
    LENGTHS,
    MAX_FRAME,
    BadFrame,
    read_frame,
    write_frame,
)

LINE = Line("exercises/mlp.py", 7, "forward", "return x")


def framed(text, body=None):
    """A frame of that text, whatever it is; without a body, one of no arrays."""
    text = text if isinstance(text, bytes) else text.encode()
    body = save({}) if body is None else body
    return LENGTHS.pack(len(text), len(body)) + text + body


def read(content):
    return read_frame(io.BytesIO(content))


def round_trip(plain, arrays):
    stream = io.BytesIO()
    write_frame(stream, plain, arrays)
    stream.seek(0)
    return read_frame(stream)


@pytest.mark.parametrize(
    "array",
    [
        np.array(2.5),
        np.array(True),
        np.zeros((0, 3)),
        np.zeros(0, np.int64),
        np.array([True, False]),
        np.arange(3, dtype=np.float32),
        np.arange(3, dtype=np.float16),
        np.arange(256, dtype=np.uint8),
        np.arange(3, dtype=np.uint64),
        np.array([np.nan, np.inf, -0.0]),
        np.arange(24.0).reshape(2, 3, 4).T,
        np.arange(24)[::-2],
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_an_array_comes_back_as_it_was(array):
    _, arrays = round_trip({}, {"p of mlp": array})
    [(name, back)] = arrays.items()
    assert name == "p of mlp"
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert np.array_equal(back, array, equal_nan=array.dtype.kind == "f")


def test_plain_data_comes_back_as_it_was():
    plain = {"limit": 0.1, "text": "é \0 \ud800 \u2028", "nested": [1, None, True, {"a": []}]}
    assert round_trip(plain, {}) == (plain, {})


def test_frames_follow_each_other_until_the_end():
    stream = io.BytesIO(framed('{"n": 1}') + framed('{"n": 2}'))
    assert [read_frame(stream)[0]["n"] for _ in range(2)] == [1, 2]
    with pytest.raises(EOFError):
        read_frame(stream)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_every_outcome_that_may_be_claimed_comes_back_as_it_was(claim):
    values = {f.name: f"text of {f.name}" for f in fields(claim) if f.name != "lines"}
    if "lines" in {f.name for f in fields(claim)}:
        values["lines"] = (LINE, LINE)
    outcome = claim(**values)
    assert answer_from_frame(*round_trip(*answer_to_frame(outcome))) == outcome


def test_what_came_back_comes_back_by_name_and_in_order():
    values = {"q": NoArray("None"), "p": np.arange(3.0), "a": np.array(1)}
    back = answer_from_frame(*round_trip(*answer_to_frame(Returned(values))))
    assert list(back.values) == ["q", "p", "a"]
    assert back.values["q"] == NoArray("None")
    assert back.values["p"].tolist() == [0.0, 1.0, 2.0]


def test_words_that_would_take_gigabytes_as_objects_are_not_parsed():
    with pytest.raises(BadFrame, match="bytes of words"):
        read(framed(b'{"x": [' + b"[]," * 1_000_000 + b"0]}"))
    header = b'{"__metadata__": {' + b" " * 3_000_000 + b"}}"
    with pytest.raises(BadFrame, match="too many arrays"):
        read(framed("{}", len(header).to_bytes(8, "little") + header))


@pytest.mark.parametrize("shape", [(2_000_000, 0), (0, 2_000, 2_000), (1, 0, 3_000_000)])
def test_what_is_empty_may_not_be_huge_as_well(shape):
    """Sums over its axis of length 0 take as much memory as they are long."""
    stream = io.BytesIO()
    write_frame(stream, {}, {"a": np.zeros(shape)})
    with pytest.raises(BadFrame, match="nothing in it"):
        read_frame(io.BytesIO(stream.getvalue()))


def test_lines_are_short():
    line = {"file": "f" * 2_000, "number": 1, "function": "g" * 2_000, "text": "t" * 2_000}
    fields = {"error": "E", "message": "", "lines": [line] * 9}
    came = answer_from_frame({"claim": "Raised", "fields": fields}, {})
    assert len(repr(came)) < 4_000


def test_that_a_source_loads_comes_back():
    assert answer_from_frame(*round_trip(*answer_to_frame(Loaded()))) == Loaded()


def test_a_frame_cut_anywhere_is_refused():
    stream = io.BytesIO()
    write_frame(stream, {"names": ["p"], "other": {}}, {"p": np.arange(5.0)})
    whole = stream.getvalue()
    for end in range(len(whole)):
        with pytest.raises(EOFError):
            read(whole[:end])


def test_a_frame_with_any_byte_changed_is_read_or_refused():
    stream = io.BytesIO()
    write_frame(stream, {"names": ["p"], "other": {}}, {"p": np.arange(2, dtype=np.uint8)})
    whole = stream.getvalue()
    refused = 0
    for place in range(len(whole)):
        for change in (0x01, 0x10, 0x80, 0xFF):
            changed = bytearray(whole)
            changed[place] ^= change
            try:
                answer_from_frame(*read(bytes(changed)))
            except (BadFrame, EOFError):
                refused += 1
    assert refused > len(whole)


@pytest.mark.parametrize(
    "content",
    [
        framed("not json"),
        framed("[]"),
        framed("3"),
        framed("null"),
        framed(""),
        framed(b"\xff\xfe{"),
        framed("[" * 100_000),
        framed('{"a":' * 100_000),
        framed('{"n": ' + "9" * 10_000 + "}"),
        framed("{}", b""),
        framed("{}", b"garbage"),
        framed("{}", pickle.dumps({"p": 1})),
        framed("{}", b"\xff" * 64),
        framed("{}", LENGTHS.pack(2**60, 0)),
    ],
    ids=lambda content: repr(content[16:30]),
)
def test_what_is_no_frame_is_refused(content):
    with pytest.raises(BadFrame):
        read(content)


def tensors(header, data=b""):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "F8_E5M2", "C64", "Q7", "object"])
def test_arrays_of_other_types_are_refused(dtype):
    size = {"BF16": 2, "C64": 8}.get(dtype, 1)
    header = {"p": {"dtype": dtype, "shape": [1], "data_offsets": [0, size]}}
    content = framed('{"names": ["p"], "other": {}}', tensors(header, b"\0" * size))
    with pytest.raises(BadFrame):
        answer_from_frame(*read(content))


@pytest.mark.parametrize(
    "about",
    [
        {"dtype": "F64", "shape": [2], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [-1], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [2**62, 8], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [1], "data_offsets": [8, 0]},
        {"dtype": "F64", "shape": [1], "data_offsets": [0, 2**60]},
        {"dtype": "F64", "shape": [1] * 100, "data_offsets": [0, 8]},
        {"dtype": "F64"},
    ],
    ids=str,
)
def test_arrays_that_do_not_fit_their_bytes_are_refused(about):
    with pytest.raises(BadFrame):
        read(framed("{}", tensors({"p": about}, b"\0" * 8)))


@pytest.mark.parametrize(
    "lengths", [(2**63, 0), (0, 2**64 - 1), (MAX_FRAME, 1), (2**64 - 1, 2**64 - 1)]
)
def test_a_frame_that_is_too_large_is_refused_before_it_is_read(lengths):
    class Endless(io.BytesIO):
        def read(self, n=-1):
            assert n <= LENGTHS.size
            return LENGTHS.pack(*lengths)

    with pytest.raises(BadFrame, match="the limit is"):
        read_frame(Endless())


GOOD_LINE = {"file": "mlp.py", "number": 1, "function": "f", "text": ""}


@pytest.mark.parametrize(
    "plain",
    [
        {"claim": "Passed", "fields": {}},
        {"claim": "WrongValue", "fields": {}},
        {"claim": "Crashed", "fields": {"reason": "no"}},
        {"claim": "Fault", "fields": {"reason": "not my fault"}},
        {"claim": "Skipped", "fields": {"needs": "nothing"}},
        {"claim": "Outcome", "fields": {}},
        {"claim": "__class__", "fields": {}},
        {"claim": None, "fields": {}},
        {"claim": ["Raised"], "fields": {}},
        {"claim": "Missing"},
        {"claim": "Missing", "fields": {}},
        {"claim": "Missing", "fields": None},
        {"claim": "Missing", "fields": "name"},
        {"claim": "Missing", "fields": {"name": "f", "points": "7"}},
        {"claim": "Missing", "fields": {"name": 3}},
        {"claim": "Missing", "fields": {"name": ["f"]}},
        {"claim": "Missing", "fields": {"name": "f", "lines": []}},
        {"claim": "Raised", "fields": {"error": "E", "message": "", "lines": None}},
        {"claim": "Raised", "fields": {"error": "E", "message": "", "lines": [3]}},
        {"claim": "Raised", "fields": {"error": "E", "message": "", "lines": [{}]}},
        {
            "claim": "Raised",
            "fields": {"error": "E", "message": "", "lines": [GOOD_LINE | {"number": "x"}]},
        },
        {
            "claim": "Raised",
            "fields": {"error": "E", "message": "", "lines": [GOOD_LINE | {"number": 1e999}]},
        },
        {
            "claim": "Raised",
            "fields": {"error": "E", "message": "", "lines": [GOOD_LINE | {"number": 10**4_000}]},
        },
        {
            "claim": "Raised",
            "fields": {"error": "E", "message": "", "lines": [GOOD_LINE | {"number": -7}]},
        },
        {"names": 3, "other": {}},
        {"names": None, "other": {}},
        {"names": ["p"]},
        {"names": ["p"], "other": {}},
        {"names": "p", "other": {}},
        {"names": [["p"]], "other": {}},
        {"names": [1], "other": {}},
        {"names": ["p"], "other": []},
        {"names": ["p"], "other": "p"},
    ],
    ids=lambda plain: str(plain)[:60],
)
def test_a_forged_answer_is_refused(plain):
    with pytest.raises(BadFrame):
        answer_from_frame(*round_trip(plain, {}))


def test_text_that_no_file_can_hold_is_replaced():
    plain = {"claim": "Missing", "fields": {"name": "\ud800"}}
    assert answer_from_frame(plain, {}).name == "?"


def test_a_flood_of_text_is_cut():
    line = GOOD_LINE | {"text": "y" * 1_000_000}
    claimed = {"error": "E", "message": "x" * 1_000_000, "lines": [line] * 1_000}
    came = answer_from_frame({"claim": "Raised", "fields": claimed}, {})
    assert isinstance(came, Raised)
    assert len(repr(came)) < 20_000


ROWS = "p\n\nneuron / sigmoid: right"


@pytest.mark.parametrize("name", [ROWS, "p" * 1_000])
def test_a_name_that_would_fill_a_message_is_refused(name):
    with pytest.raises(BadFrame):
        answer_from_frame({"names": [name], "other": {name: "None"}}, {})


def test_no_part_of_a_line_starts_another_line():
    line = dict.fromkeys(GOOD_LINE, ROWS) | {"number": 7}
    claimed = {"error": "E", "message": "", "lines": [line]}
    [came] = answer_from_frame({"claim": "Raised", "fields": claimed}, {}).lines
    assert "\n" not in came.file + came.function + came.text


class Bomb:
    def __reduce__(self):
        return exec, ("raise SystemExit('unpickled')",)


def test_nothing_unpickles(monkeypatch):
    bomb = pickle.dumps(Bomb())
    array = np.frombuffer(bomb, np.uint8)
    monkeypatch.setattr(pickle, "loads", None)
    monkeypatch.setattr(pickle, "Unpickler", None)
    for content in (bomb, framed("{}", bomb), framed(bomb)):
        with pytest.raises((BadFrame, EOFError)):
            read(content)
    _, arrays = round_trip({}, {"p": array})
    assert arrays["p"].tobytes() == bomb
