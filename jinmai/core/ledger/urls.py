from django.urls import path, re_path

from jinmai.core.ledger import log_doors, pages

urlpatterns = [
    path("log/", pages.log, name="log"),
    path("log/entries/", pages.entries, name="log_entries_page"),
    path("log/entries/<int:index>/", pages.entry, name="log_entry"),
    path("log/entries/<int:index>/content", pages.content, name="log_entry_content"),
    path("log/checkpoint", log_doors.checkpoint, name="log_checkpoint"),
    path("log/keys", log_doors.keys, name="log_keys"),
    path("log/tile/entries/<path:place>", log_doors.entries, name="log_entries"),
    re_path(r"^log/tile/(?P<level>0|[1-9][0-9]?)/(?P<place>[x0-9/.p]+)$", log_doors.tile, name="log_tile"),
    path("log/inclusion", log_doors.inclusion, name="log_inclusion"),
    path("log/consistency", log_doors.consistency, name="log_consistency"),
    path("log/proofs/<int:index>.tlog-proof", log_doors.proof, name="log_proof"),
]
