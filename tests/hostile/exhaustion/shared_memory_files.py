"""Fills /dev/shm."""

# earns 0
with open("/dev/shm/bricks-filled", "wb") as file:
    while True:
        file.write(b"x" * 1_000_000)
