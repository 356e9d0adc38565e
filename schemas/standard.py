"""STANDARD: the vocabulary every dataset starts from, before a mapping adds its own arms and outcomes."""

from __future__ import annotations

from schemas.codes import CODES
from schemas.columns import COLUMNS
from schemas.outcomes import OUTCOMES
from schemas.treatments import TREATMENTS
from schemas.vocabulary import Vocabulary

STANDARD = Vocabulary.of(TREATMENTS, OUTCOMES, COLUMNS, CODES)
