"""The command line ``outcomes``: one file per group of sub-commands; results to stdout, messages to stderr."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; turn our errors into one message and their exit code, never a traceback."""
    from analytics.cli.app import app
    from analytics.cli.screen import say
    from analytics.domain.errors import OutcomesError

    try:
        app(prog_name="outcomes")
    except OutcomesError as error:
        say(str(error), style="bold red")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
