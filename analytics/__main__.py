"""``python -m analytics`` is the command ``outcomes``."""

from analytics.cli import main

main()
