"""Routing: who must answer a report, at which level, by when, and why.

Consumes  reports.events (reports, what reporters say to answers, withdrawals, erasures),
          notifications.events (who was reached)
Produces  cases.events (codes, no text), units.events (the dated map and its changes)
Owns      cases, case_decisions, case_texts, parked_commands, reached, calendars, erased_reports,
          map_changes (with entries, choices, marks), incidents (with marks, prints, suggestions), follow_ups,
          calls, timers_armed, chain_roots, rules
Promises  one root case a report; contiguous versions; every decision with its reasons; an audience that
          leaves out whoever is accused and fails closed; what it cannot tell goes to a person; what nobody
          acts on is called by the clock; no decision is changed unseen
Way       consumer -> use_cases -> domain (pure, over `rules/` and `map/`) -> store -> publish -> outbox
More      `rules/` dated rules as TOML; `map/` the units of the country as committed data and its seed;
          `model/` the text model's weights and training; `boundaries/` outlines of the communes;
          `domain/incidents/` what reports go together, linked by `use_cases/link_reports.py` from marks;
          `views/` reasons in plain words; `domain/transitions.py` and `domain/life/` what happens to a case,
          `domain/escalation/` what happens by the clock, `domain/chain.py` what proves it
"""
