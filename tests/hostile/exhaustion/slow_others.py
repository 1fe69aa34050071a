"""Takes priority from others, and the processor that they run on."""

# earns 0
import os

for act in (
    lambda: os.setpriority(os.PRIO_PROCESS, VICTIM, 19),
    lambda: os.sched_setaffinity(VICTIM, {0}),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    lambda: os.nice(-20),
):
    try:
        act()
        print("done")
    except OSError:
        pass
