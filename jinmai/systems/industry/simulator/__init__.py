"""Simulated plants: computed values that travel like measured ones, by MQTT with a device's own credential.

Plants whose row says ``simulated`` are played here; pages say so wherever their values are shown. The models
follow the physics roughly (power, power factor, heat with its inertia, tapping cycles), enough for curves,
tariffs and alarms to mean something, and no more.
"""
