"""Opens the root folder as a mere path, then files below it."""

# earns 0
import os

root = os.open("/", os.O_PATH)
print(os.read(os.open(OUTSIDE[1:] + "/secret", os.O_RDONLY, dir_fd=root), 1000))
