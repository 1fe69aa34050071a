"""Asks a web server for the answer."""

# earns 0
import urllib.request


def double(x):
    return float(urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=2).read())
