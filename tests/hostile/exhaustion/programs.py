"""Starts other programs."""

# earns 0
import os
import subprocess
import sys

for command in (["/bin/sh", "-c", "sleep 1000"], [sys.executable, "-c", "while True: pass"]):
    try:
        subprocess.Popen(command, start_new_session=True)
    except OSError:
        pass
os.execv(sys.executable, [sys.executable, "-c", "while True: pass"])
