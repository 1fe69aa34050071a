"""`python -m grader` is `bricks`."""

import sys

from grader.cli import main

if __name__ == "__main__":  # and not in a process that an audit starts
    sys.exit(main())
