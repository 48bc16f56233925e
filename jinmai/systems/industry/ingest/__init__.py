"""The way of a payload: broker → inbox → checked → lake → acknowledged → last values and alarms.

:mod:`inbox` bounds what waits, :mod:`known` is what the city knows of its devices, :mod:`batches` checks and
stores, :mod:`alarm_watch` looks for conditions, :mod:`clerk` writes to the database beside, :mod:`intake` is
the loop that ties them together.
"""
