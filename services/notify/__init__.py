"""Notify: who is told what, by which channel, once.

- Consumes `cases.events`, `situation.events`, `units.events`; produces `notifications.events`
  (NotificationDelivered, NotificationFailed).
- Owns `recipients`, `notifications` (what a body must know), `deliveries` with their `delivery_items` and
  `attempts` (one message by one channel, carrying one or many notifications), and the views `known_cases` and
  `known_warnings` that messages take today's facts from.
- Promises: exactly one notification per (subject, event, recipient). A case's are planned only for bodies of
  its audience. A warning has none: it goes to the authority and the Front of its unit and of the one above,
  and one of restricted cases to the Front of the province alone. Each ends in a delivery or in a recorded
  reason; one message more than once only for a crash between send and mark, and then with the same id. A
  message carries codes, a deadline and a link: no text.
- Besides the usual rooms: `senders/` (e-mail, signed webhooks, the guard against requests to inner networks),
  `reading.py` and `problems.py` (query parameters of pages and API, and what is wrong with them).
"""
