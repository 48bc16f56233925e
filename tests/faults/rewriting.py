"""The attack of the log's own keeper: another history, with every key, password and file of the instance."""

from __future__ import annotations

# Runs in a process with the instance's settings: changes one entry, then builds and signs everything anew.
REWRITER = """
import random, sys, django
django.setup()
from django.db import connection
import msgspec
from jinmai.core.ledger import last_published
from jinmai.core.ledger.envelope import Envelope, payload_digest
from jinmai.core.ledger.immutability import guard_tables, lift_guards
from jinmai.core.ledger.models import Entry
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.store import id_value

dice = random.Random(int(sys.argv[1]))
entries = list(Entry.objects.order_by("index"))
place = dice.randrange(len(entries))
victim = entries[place]
content = bytes(victim.payload.content).replace(b'"number":', b'"number":1')
told = msgspec.json.decode(bytes(victim.leaf), type=Envelope)
digest = payload_digest(bytes(victim.payload.salt), content).hex()
leaf = msgspec.json.encode(msgspec.structs.replace(told, payload=digest))
lift_guards(connection)
with connection.cursor() as cursor:
    cursor.execute("DELETE FROM ledger_tile")
    cursor.execute("DELETE FROM ledger_checkpoint")
    cursor.execute('UPDATE ledger_entry SET "index" = NULL')
    cursor.execute("UPDATE ledger_entry SET leaf = %s WHERE id = %s", [leaf, id_value(victim.id)])
    change = "UPDATE ledger_payload SET content = %s WHERE entry_id = %s"
    cursor.execute(change, [content, id_value(victim.id)])
guard_tables()
(last_published.folder() / last_published.NAME).unlink()
seal_pending()
connection.close()
print(f"entry {place} changed and the whole log signed anew")
"""
