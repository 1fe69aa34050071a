"""`python -m grader` is `bricks`."""

import sys

from grader.cli import main

sys.exit(main())
