"""The `langnghe` command line: what an operator does with an installation on one machine."""


def main() -> None:
    """The console script."""
    from deploy.cli.app import app

    app()
