"""The generated pages of the documentation: the command line, and with it all of docs/reference and docs/schema.

`make docs` runs ``python -m podrace.commands.reference docs``; a test compares the pages with what it would write.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Command = Callable[..., Any]

KINDS_OF = {int: "NUMBER", float: "NUMBER", str: "TEXT", Path: "PATH", list[str]: "TEXT", tuple[str, ...]: "TEXT"}
"""What stands for a value of each type."""


def pages() -> dict[str, str]:
    """Write every generated page, by its place below the folder of the documentation."""
    from ..reports.reference.json_schema import KINDS, text
    from ..reports.reference.pages import WRITTEN, parameters_page, sheets_page, sources_page, variables_page
    from ..scenarios.compose import load

    baseline = load("baseline")
    return {
        "reference/variables.md": variables_page(),
        "reference/parameters.md": parameters_page(baseline),
        "reference/data_sheets.md": sheets_page(baseline),
        "reference/sources.md": sources_page(baseline),
        "reference/commands.md": f"{WRITTEN}\n{commands_page()}",
        **{f"schema/{kind}.json": text(kind) for kind in KINDS},
    }


def commands_page() -> str:
    """Write the page of the command line: every command with its arguments and options."""
    from ..cli import app

    found = list(_commands(app, ("podrace",)))
    lines = [
        "# Commands",
        "",
        "Results go to standard output, messages to standard error. Exit codes: 0 done, 1 a finding with `--strict`, 2 wrong "
        "usage or input, 3 a failure while running, 130 stopped by the user. `podrace COMMAND --help` says the same as this "
        "page.",
        "",
        "| command | does |",
        "| --- | --- |",
        *(f"| [`{' '.join(name)}`](#{'-'.join(name)}) | {_about(function)} |" for name, function in found),
    ]
    for name, function in found:
        lines += ["", *_command(name, function)]
    return "\n".join([*lines, ""])


def _commands(app: Any, name: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Walk over all commands in alphabetical order, groups opened."""
    words = {info.name or info.callback.__name__.replace("_", "-"): info.callback for info in app.registered_commands}
    groups = {info.name: info.typer_instance for info in app.registered_groups}
    for word in sorted({*words, *groups}):
        if word in words:
            yield (*name, word), words[word]
        else:
            yield from _commands(groups[word], (*name, word))


def _command(name: tuple[str, ...], function: Command) -> Iterable[str]:
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    asked = [
        _Asked(one.name, get_args(one.annotation)[0], get_args(one.annotation)[1], one.default) for one in parameters
    ]
    arguments = [one for one in asked if one.argument]
    options = [one for one in asked if not one.argument and not one.info.hidden]
    usage = " ".join([*name, *(one.word for one in arguments), *(["[OPTIONS]"] if options else [])])
    yield from (f"## {' '.join(name)}", "", _about(function), "", "```", usage, "```")
    if asked:
        yield from ("", "| | | default |", "| --- | --- | --- |")
        yield from (one.row() for one in (*arguments, *options))


@dataclass(frozen=True)
class _Asked:
    """An argument or an option of a command: its name in Python, type, what Typer is told of it, and default."""

    name: str
    type: Any
    info: Any
    default: Any

    @property
    def argument(self) -> bool:
        return type(self.info).__name__ == "ArgumentInfo"

    @property
    def word(self) -> str:
        """What stands for the value."""
        kinds = [kind for kind in get_args(self.type) or (self.type,) if kind is not type(None)]
        return str(self.info.metavar or (self.name.upper() if self.argument else KINDS_OF.get(kinds[0], "TEXT")))

    def row(self) -> str:
        """Write it as a row: names, meaning, default."""
        required = self.default is inspect.Parameter.empty
        silent = required or self.default is None or self.default is False or self.default == ""
        said = "" if silent else f"`{self.default}`"
        cells = [self._names(), _cell(self.info.help), "required" if required else said]
        return f"| {' | '.join(cells)} |"

    def _names(self) -> str:
        if self.argument:
            return f"`{_cell(self.word)}`"
        told = [name for name in (self.info.default, *(self.info.param_decls or ())) if str(name).startswith("-")]
        names = ", ".join(f"`{name}`" for name in told or [f"--{self.name.replace('_', '-')}"])
        return names if self.type is bool else f"{names} `{_cell(self.word)}`"


def _about(function: Command) -> str:
    return _cell((function.__doc__ or "").split("\n\n")[0])


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", r"\|")


def main(folder: str) -> None:
    """Write all pages below a folder."""
    for name, text in pages().items():
        page = Path(folder) / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
