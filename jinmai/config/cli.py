"""The command line ``jinmai``: Django's management commands under one name.

Exit codes: 0 done, 1 input refused (the reason on stderr), 2 usage.
"""

from __future__ import annotations

import os
import sys

from django.core.management import ManagementUtility


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinmai.config.settings")
    utility = ManagementUtility(sys.argv)
    utility.prog_name = "jinmai"
    utility.execute()
