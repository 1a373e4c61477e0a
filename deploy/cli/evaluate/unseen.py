"""The basis of decisions as it would be if some samples had never been seen.

The rules' phrases were once collected with the sample corpus in view. So a phrase that occurs in the samples
only among those that are kept aside is switched off, whether it was learned from them or not; and the model
is trained without them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from deploy.cli.samples import Sample
from services.routing.domain.basis import Basis
from services.routing.domain.lexicon import Lexicon
from services.routing.domain.linear import Linear
from services.routing.domain.ruleset import Rules, Term
from services.routing.domain.text import read

Trained = Callable[[Sequence[Sample], Rules], Linear]


class Unseen:
    """Makes such a basis for any of the samples; `trained` trains a model on samples and phrases."""

    def __init__(self, basis: Basis, samples: Sequence[Sample], trained: Trained) -> None:
        self._basis = basis
        self._samples = samples
        self._trained = trained
        self._occurs = _occurrences(basis, samples)

    def without(self, aside: Collection[int]) -> Basis:
        """The basis as it would be without the samples at these places."""
        kept = [term for term in self._basis.rules.terms if self._known_elsewhere(term, aside)]
        rules = replace(self._basis.rules, terms=tuple(kept))
        rest = [sample for at, sample in enumerate(self._samples) if at not in aside]
        return replace(self._basis, rules=rules, lexicon=Lexicon(rules), model=self._trained(rest, rules))

    def _known_elsewhere(self, term: Term, aside: Collection[int]) -> bool:
        places = self._occurs.get(term)
        return places is None or not places.issubset(aside)


def _occurrences(basis: Basis, samples: Sequence[Sample]) -> dict[Term, set[int]]:
    """The samples that each term is found in."""
    found: dict[Term, set[int]] = {}
    for at, sample in enumerate(samples):
        for hit in basis.lexicon.hits(read(sample.report.text), sample.report.report_date):
            found.setdefault(hit.term, set()).add(at)
    return found
