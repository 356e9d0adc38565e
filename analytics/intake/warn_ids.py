"""Warning about ids: two spellings of one patient. Looked at once per distinct id, over all tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.intake.sift_faults import Block
from analytics.intake.sift_texts import as_strings
from analytics.intake.warn_rows import Rows, pairs

#: Share of the ids of a clinic that must follow one pattern of letters and digits before look-alikes are believed.
PATTERN_SHARE = 0.8
#: Each byte of an ASCII id as its pattern has it.
PLAIN = bytes(ord("9") if 48 <= b <= 57 else ord("a") if chr(b).isalpha() and b < 128 else b for b in range(256))


def id_spelling(tables: Mapping[str, Rows]) -> dict[str, list[Block]]:
    """Table -> rows whose id is another patient's but for case, width and spaces, or for look-alikes off the pattern.

    The spelling with the most rows is taken as right (look-alikes: the one on the pattern); the rows of the others are
    listed. Ids are compared within a clinic.
    """
    ids = _ids(tables)
    if len(ids) < 2:
        return {}
    right = _same_but_for_case(ids)
    right = np.where(right >= 0, right, _look_alike(ids))
    wrong = np.flatnonzero(right >= 0)
    if not len(wrong):
        return {}
    told = dict(zip(ids["key"].to_numpy()[wrong].tolist(), ids["id"].to_numpy()[right[wrong]].tolist()))
    return {table: list(_blocks(rows, told)) for table, rows in tables.items()}


def _ids(tables: Mapping[str, Rows]) -> pd.DataFrame:
    """One row per patient key: id, scope (the clinic the id belongs to), plain (no case, width, spaces) and rows."""
    parts = [part for rows in tables.values() if (part := _ids_of(rows)) is not None]
    if not parts:
        return pd.DataFrame()
    if len(parts) == 1:  # of one table every key stands once
        return parts[0].assign(plain=plain_ids(parts[0]["id"]))
    whole = pd.concat(parts, ignore_index=True)
    counts = whole.groupby("key", sort=False)["rows"].sum()
    found = whole.drop_duplicates("key").reset_index(drop=True)
    return found.assign(rows=counts.to_numpy(), plain=plain_ids(found["id"]))


def _ids_of(rows: Rows) -> pd.DataFrame | None:
    """Keys of one table; rows that are known by their number have no id."""
    pieces = rows.state.stack.pieces
    numbered = np.array([piece.raw.layout.by_row_number for piece in pieces], bool)
    which = np.ones(len(rows), bool) if not numbered.any() else ~numbered[rows.state.stack.piece[rows.at]]
    codes = rows.patient[which]
    if not len(codes):
        return None
    counts = np.bincount(codes, minlength=len(rows.keys))
    seen = np.flatnonzero(counts)
    first = np.zeros(len(counts), np.int64)
    first[codes[::-1]] = np.flatnonzero(which)[::-1]
    records = rows.at[first[seen]]
    frame = rows.state.frame
    key, id_ = rows.keys[seen], frame["patient_id"].take(records).to_numpy(dtype=object)
    clinic = (
        as_strings(frame["clinic_id"].take(records)).fillna("").to_numpy(dtype=object) if "clinic_id" in rows else ""
    )
    scope = np.where(key == id_, "", clinic)
    return pd.DataFrame({"key": key, "id": id_, "scope": scope, "rows": counts[seen]})


def plain_ids(ids: Iterable[str]) -> np.ndarray:
    """Ids after NFKC, without case and white space."""
    texts = pc.utf8_normalize(pa.array(ids, pa.string()), form="NFKC")
    texts = pc.utf8_lower(pc.replace_substring_regex(texts, r"\s+", ""))
    found = np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)
    foreign = ~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)
    found[foreign] = ["".join(text.casefold().split()) for text in found[foreign]]
    return found


def _together(first: Iterable[str], second: Iterable[str]) -> np.ndarray:
    """Group number of each pair of texts."""
    one, two = (pd.factorize(np.asarray(texts, dtype=object))[0] for texts in (first, second))
    return pd.factorize(pairs(one.astype(np.int64), two.astype(np.int64)))[0]


def _same_but_for_case(ids: pd.DataFrame) -> np.ndarray:
    """(k,) position of the id each one is another spelling of, -1 where it is none."""
    group = _together(ids["scope"], ids["plain"])
    right = np.full(len(ids), -1, np.int64)
    several = np.flatnonzero(np.bincount(group)[group] > 1)
    if len(several):
        part = ids.iloc[several].assign(group=group[several], at=several, off=~_on_pattern(ids, "id")[several])
        best = part.sort_values(["group", "rows", "off", "id"], ascending=[True, False, True, True])
        chosen = best.drop_duplicates("group").set_index("group")["at"]
        right[several] = chosen.loc[group[several]].to_numpy()
        right[right == np.arange(len(ids))] = -1
    return right


def _look_alike(ids: pd.DataFrame) -> np.ndarray:
    """(k,) position of the id on the pattern that one off it folds onto, -1 where there is none."""
    on = _on_pattern(ids, "plain")
    right = np.full(len(ids), -1, np.int64)
    off = np.flatnonzero(~on & _has_pattern(ids, on))
    if not len(off):
        return right
    group = _together(ids["scope"], folded(ids["plain"]))
    target = np.full(int(group.max()) + 1, -1, np.int64)
    there = np.flatnonzero(on)[::-1]
    target[group[there]] = there
    right[off] = target[group[off]]
    return right


def folded(plain: Iterable[str]) -> np.ndarray:
    """Look-alikes as one: o as 0; i, l and | as 1; no punctuation."""
    texts = pc.replace_substring_regex(pa.array(plain, pa.string()), r"[il|]", "1")
    texts = pc.replace_substring_regex(texts, "o", "0")
    return np.asarray(pc.replace_substring_regex(texts, r"[^\p{L}\p{N}]", "").to_numpy(zero_copy_only=False), object)


def _patterns(texts: Iterable[str]) -> np.ndarray:
    """Letters as a, digits as 9, the rest as it is."""
    whole = pa.array(texts, pa.string())
    if pc.all(pc.string_is_ascii(whole)).as_py():
        _, offsets, letters = whole.buffers()
        plain = pa.py_buffer(letters.to_pybytes().translate(PLAIN)) if letters is not None else None
        whole = pa.StringArray.from_buffers(len(whole), offsets, plain)
        return np.asarray(whole.to_numpy(zero_copy_only=False), dtype=object)
    letters = pc.replace_substring_regex(whole, r"\p{L}", "a")
    return np.asarray(pc.replace_substring_regex(letters, r"\p{Nd}", "9").to_numpy(zero_copy_only=False), dtype=object)


def _on_pattern(ids: pd.DataFrame, column: str) -> np.ndarray:
    """(k,) bool: the id has the pattern of at least PATTERN_SHARE of the ids of its clinic (distinct plain ids)."""
    scope = pd.factorize(ids["scope"])[0]
    pattern = _together(ids["scope"], _patterns(ids[column]))
    distinct = ~pd.Series(_together(ids["scope"], ids["plain"])).duplicated().to_numpy()
    same = np.bincount(pattern[distinct], minlength=int(pattern.max()) + 1)[pattern]
    return same >= PATTERN_SHARE * np.bincount(scope[distinct], minlength=int(scope.max()) + 1)[scope]


def _has_pattern(ids: pd.DataFrame, on: np.ndarray) -> np.ndarray:
    """(k,) bool: the clinic's ids have a pattern at all."""
    scope = pd.factorize(ids["scope"])[0]
    return (np.bincount(scope, weights=on) > 0)[scope]


def _blocks(rows: Rows, right: Mapping[str, str]) -> Iterable[Block]:
    """The rows with one of the spellings in ``right``: key -> the right spelling."""
    wrong = np.array([key in right for key in rows.keys], bool)
    if not wrong.any():
        return
    at = np.flatnonzero(wrong[rows.patient])
    keys = rows.keys[rows.patient[at]]
    musts = [f"must be spelled one way for one patient; the others say {right[key]!r}" for key in keys]
    if len(at):
        yield rows.block("id_spelling", "patient_id", at, musts)
