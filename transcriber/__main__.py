"""`python -m transcriber`."""

import sys

from transcriber.cli import main

sys.exit(main())
