"""What every system shares, and nothing else. Each app here is entered by its ``api`` module."""
