"""`langnghe train`: the text model made anew from the labelled samples."""

import typer

from deploy.cli.output import say


def register(app: typer.Typer) -> None:
    app.command("train")(train)


def train() -> None:
    """Train routing's text model on the samples and the lexicon; the same from the same (make train).

    Needs scikit-learn, one of the tools of development.
    """
    from deploy.cli.teaching import all_samples, taught
    from services.routing.model.weights import FILE, save
    from services.routing.rules import standard

    weights = taught(all_samples(), standard())
    save(weights)
    size = FILE.stat().st_size // 1024
    say(f"{weights.version}: {len(weights.grams)} n-grams, {len(weights.outputs)} answers, {size} KB")
