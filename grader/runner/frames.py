"""Frames: the messages between the grader and the process that runs a student's code.

A frame is two lengths, a JSON object and safetensors: plain data that is never run or unpickled.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from grader.outcome import Array

LENGTHS = struct.Struct("<QQ")
MAX_FRAME = 256_000_000
MAX_EMPTY = 1_000_000
MAX_WORDS = 2_000_000  # bytes of JSON: its objects take some thirty times the memory


class BadFrame(Exception):
    """The bytes are no frame, or not one that is allowed."""


def write_frame(stream: IO[bytes], plain: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    text = json.dumps(plain).encode()
    body = save({name: np.asarray(array, order="C") for name, array in arrays.items()})
    stream.write(LENGTHS.pack(len(text), len(body)))
    stream.write(text)
    stream.write(body)
    stream.flush()


def read_frame(
    stream: IO[bytes], words: int = MAX_WORDS
) -> tuple[dict[str, Any], dict[str, Array]]:
    """The JSON object and the arrays of the next frame.

    Raises EOFError at the end of the stream, BadFrame if the frame is malformed or too large.
    words: bytes of JSON that it may have.
    """
    n_text, n_body = LENGTHS.unpack(_exactly(stream, LENGTHS.size))
    if n_text + n_body > MAX_FRAME:
        raise BadFrame(f"a frame of {n_text + n_body:,} bytes; the limit is {MAX_FRAME:,}")
    if n_text > words:
        raise BadFrame(f"{n_text:,} bytes of words; the limit is {words:,}")
    try:
        plain = json.loads(_exactly(stream, n_text))
        body = _exactly(stream, n_body)
        if int.from_bytes(body[:8], "little") > MAX_WORDS:  # JSON as well: names and shapes
            raise BadFrame("too many arrays")
        arrays = load(body)
    except (ValueError, KeyError, RecursionError, SafetensorError) as error:
        raise BadFrame(str(error)) from None
    if not isinstance(plain, dict):
        raise BadFrame("not an object")
    if any(array.dtype.kind not in "biuf" for array in arrays.values()):
        raise BadFrame("an array of other than real numbers")
    if any(without_numbers(array) > MAX_EMPTY for array in arrays.values()):
        raise BadFrame("a huge array with nothing in it")
    return plain, arrays


def without_numbers(array: Array) -> int:
    """How many entries an empty array would have without its axes of length 0.

    A sum over these axes has as many, and such an array costs the sender nothing.
    """
    return 0 if array.size else math.prod(length for length in array.shape if length)


def _exactly(stream: IO[bytes], n: int) -> bytes:
    content = stream.read(n)
    if len(content) < n:
        raise EOFError
    return content
