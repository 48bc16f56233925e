"""How many units of a lot are sampled: GB/T 2828.1 (identical to ISO 2859-1).

Single sampling, normal inspection. The special levels S-1 to S-4 are for tests that use the sample up, as
those of laboratories do.
"""

from jinmai.standards.gbt2828.sampling import LEVELS, Plan, PlanError, plan

__all__ = ["LEVELS", "Plan", "PlanError", "plan"]
