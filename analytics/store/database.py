"""The embedded file: opened for reading as it is, written only as a copy that takes its place by one rename."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from analytics.domain.dataset import TABLES
from analytics.domain.errors import DataRefused, NotWritten
from analytics.store.places import FILE_MODE, Places, copy_whole, make_folder, reasons, sync_file, sync_folder

FORMAT = 1
MEMORY = "700MB"
#: What every table of rows has beside the columns of the data. Hashes are 128 bits.
ROW_COLUMNS = {
    "batch": "INTEGER", "_file": "VARCHAR", "_row": "BIGINT", "_record": "BIGINT", "clinic": "VARCHAR",
    "key": "UHUGEINT", "content": "UHUGEINT", "since": "INTEGER", "until": "INTEGER", "ended": "VARCHAR",
}  # fmt: skip
SCHEMA = (
    "CREATE TABLE meta (name VARCHAR, value VARCHAR)",
    """CREATE TABLE versions (version INTEGER, made TIMESTAMP, kind VARCHAR, clinics VARCHAR, counts VARCHAR,
    mappings VARCHAR, columns VARCHAR, filled VARCHAR, repairs VARCHAR, sha256 VARCHAR, earlier VARCHAR)""",
    "CREATE TABLE received (batch INTEGER, file VARCHAR, sha256 VARCHAR, known VARCHAR, rows BIGINT, mapping VARCHAR)",
    """CREATE TABLE batches (batch INTEGER, part INTEGER, tbl VARCHAR, file VARCHAR, parquet VARCHAR, sha256 VARCHAR,
    lines BIGINT)""",
    """CREATE TABLE aside (tbl VARCHAR, batch INTEGER, _file VARCHAR, _row BIGINT, clinic VARCHAR, patient VARCHAR,
    key UHUGEINT, ident UHUGEINT, since INTEGER, until INTEGER)""",
    """CREATE TABLE quarantine ("order" BIGINT, "table" VARCHAR, file VARCHAR, "row" BIGINT, "column" VARCHAR,
    rule VARCHAR, severity VARCHAR, value VARCHAR, must VARCHAR, fix VARCHAR, since INTEGER, until INTEGER)""",
    *(
        f"CREATE TABLE {name} ({', '.join(f'{c} {t}' for c, t in ROW_COLUMNS.items())})"
        for name in (*TABLES, "rejected")
    ),
)
#: Tables that hold something of single patients, with the columns that say of which line.
OF_LINES = (*TABLES, "rejected", "aside")


class Damaged(DataRefused):
    """The store's file cannot be read."""


def exists(places: Places) -> bool:
    return places.data.is_file()


@contextmanager
def reading(places: Places) -> Iterator[Any]:
    """A connection that changes nothing and waits for nobody. DataRefused where there is no store."""
    if not exists(places):
        raise DataRefused(
            f"There is no store in {places.root.name}.",
            fix="begin one: outcomes ingest DATA --store DIR; or put one back: outcomes store restore",
        )
    connection = _opened(places, str(places.data), read_only=True)
    try:
        with _told(places):
            yield connection
    finally:
        connection.close()


@contextmanager
def working_copy(places: Places, *, empty: bool = False) -> Iterator[Any]:
    """A connection to a copy; at the end the copy takes the place of the file, or, after an error, is thrown away.

    ``empty``: to a file with the tables and nothing in them.
    """
    before = os.umask(0o077)
    try:
        with reasons(places.root):
            sweep_working(places)
            make_folder(places.spill)
            if not empty:
                copy_whole(places.data, places.working)
        connection = _opened(places, str(places.working), read_only=False)
        try:
            with _told(places):
                for statement in SCHEMA if empty else ():
                    connection.execute(statement)
                yield connection
                connection.execute("CHECKPOINT")
        finally:
            connection.close()
        with reasons(places.root):
            _commit(places)
    finally:
        os.umask(before)
        sweep_working(places)


def _commit(places: Places) -> None:
    os.chmod(places.working, FILE_MODE)
    sync_file(places.working)
    sync_folder(places.batches if places.batches.exists() else places.root)
    os.replace(places.working, places.data)
    sync_folder(places.root)


def sweep_working(places: Places) -> None:
    """Remove what a killed writer may have left of its copy and of what it has spilled."""
    for path in places.root.glob("next.duckdb*"):
        path.unlink(missing_ok=True)
    for path in (*places.root.glob("*.part"), *places.batches.glob("*.part")):
        path.unlink(missing_ok=True)
    shutil.rmtree(places.spill, ignore_errors=True)


def _opened(places: Places, path: str, *, read_only: bool) -> Any:
    import duckdb

    config: dict[str, Any] = {
        "temp_directory": "" if read_only else str(places.spill),
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "preserve_insertion_order": "false",
    }
    if read_only:
        del config["memory_limit"]
    connection = None
    try:
        connection = duckdb.connect(path, read_only=read_only, config=config)
        connection.execute("SET enable_progress_bar = false")
        _check_format(places, connection)
        return connection
    except duckdb.Error as error:
        if connection is not None:  # else this process would go on seeing the damaged file under its name
            connection.close()
        raise _damaged(places, error) from None


def _check_format(places: Places, connection: Any) -> None:
    names = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not names:
        return
    told = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchall() if "meta" in names else []
    if told and told[0][0] != str(FORMAT):
        connection.close()
        raise DataRefused(
            f"The store {places.root.name} was written by another version of this program (format {told[0][0]}).",
            fix="use the version it was written with, or a newer one",
        )


@contextmanager
def _told(places: Places) -> Iterator[None]:
    """Errors of the database without the cells they quote."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        full = "space" in str(error).casefold() or "could not write" in str(error).casefold()
        if isinstance(error, duckdb.IOException) and not full:
            raise _damaged(places, error) from None
        found = "the disk is full" if full else "there is not enough memory"
        raise NotWritten(
            f"The store {places.root.name} could not be written: {found}; it is as it was.",
            fix="make room and call it again",
        ) from None
    except duckdb.ConversionException:
        raise DataRefused(
            "A column of this file has another kind of values than the store has had there.",
            fix="give the column another name in the mapping's covariates",
        ) from None
    except _broken() as error:
        raise _damaged(places, error) from None


def _broken() -> tuple[type[Exception], ...]:
    """What the database raises where its file is not as it left it."""
    import duckdb

    return duckdb.CatalogException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException


def _damaged(places: Places, error: Exception) -> Damaged:
    return Damaged(
        f"The file of the store {places.root.name} is damaged, or not ours ({type(error).__name__}).",
        fix="put a backup back: outcomes store restore BACKUP --store DIR; what was received since is ingested again",
    )


def columns_of(connection: Any, table: str) -> dict[str, str]:
    """Column -> type of a table of the open file."""
    found = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? AND NOT internal "
        "AND database_name IN (current_database(), 'temp') ORDER BY column_index",
        [table],
    ).fetchall()
    return dict(found)


def meta(connection: Any, name: str) -> str | None:
    found = connection.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchall()
    return found[0][0] if found else None


def set_meta(connection: Any, name: str, value: str) -> None:
    connection.execute("DELETE FROM meta WHERE name = ?", [name])
    connection.execute("INSERT INTO meta VALUES (?, ?)", [name, value])


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'
