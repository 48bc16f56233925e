"""Sending a past period once more: a table of a real plant goes over MQTT through the very same path.

:mod:`mapping` says what the columns mean, :mod:`table` checks every cell before anything is sent,
:mod:`parts` finds or starts broker and ingest, :mod:`sending` sends, :mod:`totals` reads back what is stored.
"""
