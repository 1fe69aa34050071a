"""Changes, cuts and removes files outside."""

# earns 0
import os

path = OUTSIDE + "/secret"
for act in (
    lambda: os.truncate(path, 0),
    lambda: os.chmod(path, 0),
    lambda: os.chown(path, 1, 1),
    lambda: os.utime(path, (0, 0)),
    lambda: os.setxattr(path, "user.x", b"y"),
    lambda: os.rename(path, path + "2"),
    lambda: os.unlink(path),
    lambda: os.mkdir(OUTSIDE + "/new"),
    lambda: os.mkfifo(OUTSIDE + "/fifo"),
    lambda: os.symlink("x", OUTSIDE + "/link"),
):
    try:
        act()
        print("done")
    except OSError:
        pass
