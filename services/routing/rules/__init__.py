"""The dated rules as data (TOML) and their reader. Each rule carries its validity and its legal basis."""

from services.routing.rules.checks import RulesError
from services.routing.rules.load import load, standard

__all__ = ["RulesError", "load", "standard"]
