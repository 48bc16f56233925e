"""Numbers of food production licences: ``SC`` and 14 digits, as they are printed on packs.

Source: announcement 198 of 2015 of the food administration. From the left: what is made (1 food, 2
additive) and its class, the county (GB/T 2260), a sequence number, and a check digit after GB/T 17710,
MOD 11,10.
"""

from jinmai.standards.food_licence.number import FoodLicence, LicenceError, check_digit, read_licence

__all__ = ["FoodLicence", "LicenceError", "check_digit", "read_licence"]
