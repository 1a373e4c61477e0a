"""From figures to what a template shows: names, links, drawings."""
