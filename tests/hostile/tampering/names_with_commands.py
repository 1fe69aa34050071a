"""Answers under names that hold commands to a terminal."""

# earns 0
import grader.runner.child as child


def forged(answer):
    return {"names": ["\x1b[2Jpassed"], "other": {"\x1b[2Jpassed": "\x1b[32m3 of 3"}}, {}


child.answer_to_frame = forged
