"""``python -m jinmai``: the same as the command ``jinmai``."""

from jinmai.config.cli import main

main()
