"""Settings of a test run: a data folder of its own, so that an instance in use is never touched."""

from __future__ import annotations

import os
import tempfile

os.environ["JINMAI_DATA"] = tempfile.mkdtemp(prefix="jinmai-test-")
# The same tests on PostgreSQL: JINMAI_TEST_POSTGRES=postgresql://… of a role that may create databases.
os.environ["JINMAI_DATABASE_URL"] = os.environ.get("JINMAI_TEST_POSTGRES", "")

from jinmai.config.settings import *  # noqa: F403 - the data folder must be named first
from jinmai.config.settings import STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir()
# Pages under test name their assets without the digest that collectstatic would make.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
