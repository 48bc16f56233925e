"""Jinmai 锦脉: the software of a city that serves its industry, its people and its visitors."""
