"""``python -m cntk``: what is installed, and what it would compute with."""

import sys

from cntk.commands.run import main

sys.exit(main())
