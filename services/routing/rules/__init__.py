"""The dated rules as data (TOML) and their reader. Each rule carries its validity and its legal basis."""

from services.routing.rules.load import files_of, load, parse, standard, version_of
from services.routing.rules.where import RulesError

__all__ = ["RulesError", "files_of", "load", "parse", "standard", "version_of"]
