"""Starts threads without end."""

# earns 0
import threading

threading.stack_size(65536)
wait = threading.Event()
while True:
    threading.Thread(target=wait.wait, daemon=True).start()
