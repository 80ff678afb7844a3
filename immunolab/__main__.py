"""``python -m immunolab`` is the command ``immunolab``."""

import sys

from immunolab.command import main

sys.exit(main())
