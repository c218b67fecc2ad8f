"""`python -m shilong` 等同于 `shilong`。"""

import sys

from shilong.config.cli import main

sys.exit(main())
