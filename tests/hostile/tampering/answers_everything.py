"""Has every name that is asked for."""


# earns 0
def __getattr__(name):
    return lambda *a, **k: 0.0
