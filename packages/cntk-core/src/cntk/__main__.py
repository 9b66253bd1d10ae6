"""``python -m cntk``: what is installed, and what it would compute with."""

import sys

from cntk.commands.run import main

if __name__ == "__main__":
    sys.exit(main())
