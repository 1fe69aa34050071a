"""`--pdb` on a wrong value: the function is called again, and the debugger stops in it."""

import bdb
import pdb
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any

import pytest

from grader.language import _


class StopsInOwn(pdb.Pdb):
    """Stops at the first line of the given function, in one of the files."""

    def __init__(self, files: Collection[str], function: str):
        super().__init__()
        self._files, self._function = files, function
        self.has_stopped = False

    def user_line(self, frame: FrameType) -> None:
        if not self.has_stopped:
            code = frame.f_code
            if code.co_filename not in self._files or code.co_name != self._function:
                self.set_step()  # on to the next line, in any file
                return
            self.has_stopped = True
        super().user_line(frame)

    def user_call(self, frame: FrameType, argument_list: None) -> None:
        if self.has_stopped:
            super().user_call(frame, argument_list)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        if self.has_stopped:
            super().user_return(frame, return_value)

    def user_exception(self, frame: FrameType, exc_info: Any) -> None:
        if self.has_stopped:
            super().user_exception(frame, exc_info)


def called_again(
    config: pytest.Config,
    message: str,
    call: Callable[[], object],
    files: Collection[str],
    part: str,
) -> bool:
    """Calls the probe again under the debugger; returns whether that stopped in the function.

    message: printed first. part: that of the function, "sigmoid", "Dense.forward", or a class.
    """
    capture = config.pluginmanager.getplugin("capturemanager")
    function = part.rpartition(".")[2]
    if "." not in part and part[:1].isupper():
        function = "__init__"
    if capture:
        capture.suspend(in_=True)
    debugger = StopsInOwn(files, function)  # its output goes to the current sys.stdout
    try:
        said = _("This is the call that came back wrong, once more: `n` goes on.")
        print(f"\n{message}\n\n{said}")
        debugger.runcall(call)
    except bdb.BdbQuit:
        pytest.exit("Quitting debugger")
    finally:
        if capture:
            capture.resume()
    return debugger.has_stopped
