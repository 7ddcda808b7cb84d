"""See `tests.mutation.run`."""

import sys

from tests.mutation.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
