"""The command line ``jinmai``: Django's management commands under one name.

Exit codes: 0 done, 1 input refused (the reason on stderr), 2 usage.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management import ManagementUtility, get_commands


class CommandLine(ManagementUtility):
    """Django's own, but for the exit code of a command that does not exist."""

    def fetch_command(self, subcommand: str) -> Any:
        """The command of that name; an unknown one is a matter of usage and ends with 2."""
        if subcommand not in get_commands():
            sys.stderr.write(f"jinmai: there is no command {subcommand!r}; `jinmai help` lists them\n")
            sys.exit(2)
        return super().fetch_command(subcommand)


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinmai.config.settings")
    utility = CommandLine(sys.argv)
    utility.prog_name = "jinmai"
    utility.execute()
