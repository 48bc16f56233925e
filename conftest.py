"""Fixtures of the whole house."""

from __future__ import annotations

import os

# Playwright's synchronous interface runs an event loop in the test's thread, beside Django's ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

pytest_plugins = ["tests.instance", "tests.browser", "tests.append_only"]
