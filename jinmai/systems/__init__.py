"""The city's systems: ten folders of one shape. No system imports another."""
