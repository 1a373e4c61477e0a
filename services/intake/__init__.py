"""Intake: the channels' doors. What comes in, once, with its identity under seal.

Consumes  reports.submitted (registered sources), cases.events (progress, for receipts), units.events.
Produces  ReportReceived, ReportRejected, FeedbackGiven, ReportWithdrawn, ReporterErased on reports.events.
Owns      sources, submissions, refusals, reports, identities, case_status, feedback, sheets, erased_reports.
Doors     HTTP JSON, the public form, CSV sheets, Kafka: one use case, `use_cases/accept.py`, for them all.
Promises  one report a natural key (scope, key), with one tracking code; 202 only after COMMIT;
          nothing personal leaves but under seal; what is refused is told why, and counted.
Besides the usual rooms: micro_batch.py gathers HTTP requests into transactions; sources.py holds the
registered sources, and places.py the names of places, of this process.
"""
