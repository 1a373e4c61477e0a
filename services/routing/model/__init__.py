"""The text model's weights as data (`weights.npz`), their reader, and how they are trained.

`make train` makes them from the labelled samples and the lexicon's phrases, the same from the same. Training
needs scikit-learn, which is a tool of development; at run time numpy reads the weights.
"""

from services.routing.model.weights import load, standard

__all__ = ["load", "standard"]
