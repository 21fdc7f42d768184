"""SQL over a result: one reading statement, the files of one folder, nothing else.

DuckDB runs it in memory. Its own switches keep it inside: only the result's folder may be opened, nothing may be set,
loaded or attached, and only statements that read are run at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ...scenarios.faults import fail, nearest
from ..folder import SWEEP, FolderError, is_result
from .folder import DATA, DESIGN

if TYPE_CHECKING:
    import pandas as pd


def query(folder: str | Path, sql: str) -> pd.DataFrame:
    """Ask a result.

    Parameters
    ----------
    folder
        A run folder, a comparison, or a sweep (an unfinished one too: what stands of it).
    sql
        One SELECT (or WITH, DESCRIBE, SUMMARIZE, SHOW TABLES) over the tables of `tables`.

    Raises
    ------
    FolderError
        For a folder that holds no result.
    ScenarioError
        For SQL that cannot be run, or that does more than read.
    """
    import duckdb

    place = result_folder(folder)
    with duckdb.connect() as connection:
        _enclose(connection, place)
        for name, source in tables(place).items():
            try:
                columns = _columns(connection, source)
                connection.execute(f"CREATE VIEW {_name(name)} AS SELECT {columns} FROM {source}")  # noqa: S608 (as above)
            except duckdb.Error as error:
                fail("cannot be read: damaged, or not whole", file=source, found=str(error).partition("\n")[0])
        try:
            _check(connection.extract_statements(sql))
            found: pd.DataFrame = connection.execute(sql).df()
        except duckdb.Error as error:
            _explain(str(error), sql, sorted(tables(place)))
    for name in found.columns[[kind.kind == "O" for kind in found.dtypes]]:
        found[name] = found[name].map(lambda value: value.tolist() if hasattr(value, "tolist") else value)
    return found


def result_folder(folder: str | Path) -> Path:
    """Check that a folder holds a result.

    Raises
    ------
    FolderError
        When it does not.
    """
    place = Path(folder).expanduser().resolve()
    if not (is_result(place) or (place / SWEEP).is_file()):
        message = f"{folder}: no podrace result stands there; name the folder of a run or of a sweep"
        raise FolderError(message)
    if (place / SWEEP).is_file() and not any((place / DATA).glob("*/[!.]*.parquet")):
        message = f"{folder}: a sweep that has computed nothing yet; `podrace sweep --resume` goes on with it"
        raise FolderError(message)
    return place


def tables(place: Path) -> dict[str, str]:
    """List the tables of a result: name, and the DuckDB source it is read from.

    A sweep has ``results`` and ``design``; any result has a table for each Parquet and CSV file by its name.
    """
    found: dict[str, str] = {}
    for path in sorted(place.iterdir()):
        if path.suffix == ".parquet":
            found[path.stem] = f"read_parquet({_text(path)})"
        elif path.suffix == ".csv":
            found[path.stem] = f"read_csv({_text(path)}, header = true)"
    for name, parts in (("results", DATA), ("design", DESIGN)):
        if any((place / parts).glob("*/[!.]*.parquet")):
            source = place / parts / "*" / "members-*.parquet"
            found[name] = f"read_parquet({_text(source)}, hive_partitioning = true)"
    return found


def _enclose(connection: Any, place: Path) -> None:
    """Keep DuckDB inside a folder, for good."""
    folder = _text(place)
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "python_enable_replacements = false",
        "temp_directory = ''",
        f"allowed_directories = [{folder}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")


def _columns(connection: Any, source: str) -> str:
    """Name the columns of a source, "not applicable" as NULL, so that averages leave it out."""
    found = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608 (a source of `tables`)
    named = [(_name(str(row[0])), str(row[1])) for row in found]
    return ", ".join(
        f"nullif({name}, 'nan'::{kind}) AS {name}" if kind in {"FLOAT", "DOUBLE"} else name for name, kind in named
    )


def _name(column: str) -> str:
    """Write a column's name as SQL."""
    return '"' + column.replace('"', '""') + '"'


def _check(statements: list[Any]) -> None:
    """Refuse more than one statement, and any that does not just read."""
    if len(statements) != 1:
        fail("not one statement", path="SQL", found=f"{len(statements)} statements", allowed="one SELECT")
    kind = statements[0].type.name
    if kind != "SELECT":
        fail(
            "does more than read",
            path="SQL",
            found=kind.replace("_", " "),
            allowed="SELECT, WITH, DESCRIBE, SUMMARIZE, SHOW TABLES",
        )


def _explain(message: str, sql: str, names: list[str]) -> NoReturn:
    """Turn DuckDB's report into one fault; its hints are kept."""
    lines = [line.strip() for line in message.splitlines() if line.strip() and not line.startswith("LINE")]
    lines = [line for line in lines if set(line) != {"^"}]
    unknown = message.partition("Table with name ")[2].split(" ")[0]
    near = nearest(unknown, names) if unknown else ""
    allowed = f"tables {', '.join(names)}" if unknown else ""
    fail(" ".join(lines[:2]) or "cannot be run", path="SQL", found=sql, allowed=allowed, nearest=near)


def _text(path: Path) -> str:
    """Write a path as SQL text."""
    return "'" + str(path).replace("'", "''") + "'"
