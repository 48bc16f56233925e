"""Files of the Mosquitto broker: password hashes and the access control list.

Passwords are hashed in Mosquitto's own form ``$7$<iterations>$<salt>$<hash>`` (PBKDF2 with HMAC-SHA-512,
base64), see mosquitto_passwd(1); so a broker can be given hashes without anybody knowing the secrets.
Access rules follow mosquitto.conf(5), ``acl_file``.
"""

from __future__ import annotations

from jinmai.standards.mosquitto.access_list import access_list
from jinmai.standards.mosquitto.passwords import hash_password, password_file, verify_password

__all__ = ["access_list", "hash_password", "password_file", "verify_password"]
