"""The command tree of ``outcomes`` and the options that several sub-commands share."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="outcomes",
    help="From a clinic's session file to a reproducible comparison of treatments.",
    epilog="Start here: outcomes simulate --out example, then outcomes report example --out report",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

from analytics.cli import (  # noqa: E402
    comparing,
    data,
    dictionary,
    exports,
    mapping,
    plans,
    reporting,
    store,
    template,
    verifying,
)

data.register(app)
template.register(app)
mapping.register(app)
plans.register(app)
reporting.register(app)
verifying.register(app)
comparing.register(app)
dictionary.register(app)
store.register(app)
exports.register(app)
