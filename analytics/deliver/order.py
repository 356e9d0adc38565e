"""What somebody orders of a report: which reports, in which formats, for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.domain.errors import UsageError
from schemas.vocabulary import Vocabulary

REPORTS = ("effectiveness_review", "data_quality", "safety_review", "clinic_benchmark", "consultation_review")
AUDIENCES = ("internal", "external")
USUAL = ("html", "ipynb")
FIRST = "report"  # the file name of the report asked for first; the others have their own


@dataclass(frozen=True)
class Order:
    """``reports`` and ``formats`` in the order asked for; ``audience``: internal, or external (small counts hidden).

    ``mock``: treatments are shuffled first, to agree on a report before anyone sees results. ``previous``: folder of an
    earlier report to set this one beside.
    """

    reports: tuple[str, ...] = REPORTS[:1]
    formats: tuple[str, ...] = USUAL
    audience: str = AUDIENCES[0]
    mock: bool = False
    previous: Path | None = None

    def stems(self) -> Iterator[tuple[str, str]]:
        """(report, file name without its ending)."""
        for number, name in enumerate(self.reports):
            yield name, name if number else FIRST


def order(
    reports: str | Sequence[str] | None = None,
    formats: str | Sequence[str] | None = None,
    audience: str | None = None,
    *,
    mock: bool = False,
    previous: Path | None = None,
) -> Order:
    """An Order from names, lists or texts with commas; None is what is usual. Raises UsageError for an unknown name."""
    from analytics.reports.formats import FORMATS

    return Order(
        reports=_known("report", reports, REPORTS) or Order.reports,
        formats=_known("format", formats, tuple(FORMATS)) or Order.formats,
        audience=(_known("audience", audience, AUDIENCES) or (Order.audience,))[0],
        mock=mock,
        previous=previous,
    )


def _known(what: str, asked: str | Sequence[str] | None, among: Sequence[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_names(asked)))
    if asked is not None and not names:
        raise UsageError(f"No {what} is named.", fix=f"choose from {', '.join(among)}")
    for name in names:
        if name not in among:
            near = Vocabulary.nearest(name, among) or tuple(among)
            raise UsageError(f"There is no {what} {name!r}.", fix=f"choose from {', '.join(near)}")
    return names


def _names(asked: str | Iterable[str] | None) -> Iterator[str]:
    for text in [asked] if isinstance(asked, str) else asked or ():
        yield from (name.strip() for name in str(text).split(",") if name.strip())


def first_file(chosen: Order) -> str:
    """The file that somebody opens first."""
    page = [suffix for suffix in ("html", "pdf", "docx", "xlsx", "ipynb", "json") if suffix in chosen.formats]
    return f"{FIRST}.{page[0]}"
