"""Opens files until it can open no more."""

# earns 0
files = []
while True:
    files.append(open("/dev/null"))
