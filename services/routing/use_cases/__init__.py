"""What routing does: `decide_reports` (the main way), `note_reached`, `load_map`, `announce_cases`."""
