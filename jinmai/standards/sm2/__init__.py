"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905) by the system's OpenSSL, reached through cffi.

OpenSSL 3 is needed; nothing is compiled. Where it is missing every call raises :class:`Sm2Absent` and says
so: the house then signs with Ed25519 only, and shows that it does.
"""

from jinmai.standards.sm2.keys import POINT_BYTES, PrivateKey, PublicKey, Sm2Error
from jinmai.standards.sm2.openssl import Sm2Absent, absence, sm3

__all__ = ["POINT_BYTES", "PrivateKey", "PublicKey", "Sm2Absent", "Sm2Error", "absence", "sm3"]
