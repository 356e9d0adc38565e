"""The libraries of the extra ``delivery``: named where they are missing, and silent where they would log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from analytics.domain.errors import UsageError

# They log addresses, headers and names of users; at INFO an httpx line holds a webhook's whole URL.
LOGGERS = ("asyncssh", "boto3", "botocore", "httpcore", "httpx", "s3transfer", "urllib3")
SILENT = logging.CRITICAL + 1


@contextmanager
def delivery_libraries() -> Iterator[None]:
    """Around the import of one of them. Raises UsageError with what to install."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(SILENT)
        logger.propagate = False
    try:
        yield
    except ImportError as error:
        raise UsageError(
            f"Deliveries need a library that is not installed ({error.name}).",
            fix="pip install 'clinical-outcomes[delivery]'",
        ) from None
