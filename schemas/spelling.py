"""Which texts a coded column permits under a Vocabulary, and how a spelling is recognised."""

from __future__ import annotations

import unicodedata

from schemas.vocabulary import CodeList, Column, Vocabulary

#: What may be recommended beside the treatments of the vocabulary.
OTHER_RECOMMENDATIONS = ("none", "other")


def fold(text: str) -> str:
    """``text`` without case, accents, outer and doubled space: two spellings are the same if they fold to the same."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def _list_of(vocabulary: Vocabulary, name: str) -> CodeList | None:
    """The code list of a column or parameter ``name`` (None: it has none)."""
    column = vocabulary.columns.get(name)
    if column is not None:
        return vocabulary.codes.get(column.codes)
    if name in vocabulary.codes and name in vocabulary.parameters():
        return vocabulary.codes[name]
    return None


def permitted(vocabulary: Vocabulary, name: str) -> tuple[str, ...] | None:
    """The codes that may stand in the column or parameter ``name``; None where any text may."""
    column: Column | None = vocabulary.columns.get(name)
    if name == "outcome":
        return tuple(vocabulary.outcomes)
    if column is not None and column.codes == "treatment":
        return (*vocabulary.treatments, *(OTHER_RECOMMENDATIONS if name == "recommended_treatment" else ()))
    parameter = vocabulary.parameters().get(name)
    if parameter is not None:
        return parameter[1].codes or None
    codes = _list_of(vocabulary, name)
    return None if codes is None or codes.open else tuple(codes.codes)


def spellings(vocabulary: Vocabulary, name: str) -> dict[str, str]:
    """Folded spelling -> code for the column or parameter ``name`` (codes and synonyms; empty where there are none)."""
    ids = permitted(vocabulary, name) or ()
    found = {fold(code): code for code in ids}
    codes = _list_of(vocabulary, name)
    if codes is None:
        return found
    for code in codes.codes:
        found.setdefault(fold(code), code)
    for code, others in codes.synonyms.items():
        for other in others:
            found.setdefault(fold(other), code)
    return found
