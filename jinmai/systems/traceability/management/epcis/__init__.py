"""The subcommands of ``jinmai epcis``, a module each: ``HELP``, ``add_arguments`` and ``run``."""
