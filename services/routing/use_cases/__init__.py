"""What routing does: `decide_reports` (the main way) with `erase_reporters` and `sweep`, `note_reached`,
`load_map`, `announce_cases`; `basis` keeps what decisions rest on."""
