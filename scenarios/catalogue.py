"""The list of packaged scenarios, without loading any fact."""

from dataclasses import dataclass

from .faults import ScenarioError
from .layers import PACKAGED, Folders, display, names
from .reader import read_document


@dataclass(frozen=True)
class Entry:
    """One scenario of the catalogue; ``fault`` says why it cannot be read, if so."""

    name: str
    title: str
    description: str
    extends: tuple[str, ...] = ()
    fault: str = ""


def catalogue(folders: Folders | None = None) -> list[Entry]:
    """List the scenarios of a folder by name.

    Parameters
    ----------
    folders : Folders, optional
        The package's own by default.

    Returns
    -------
    list of Entry
        Name, title and description; a file that cannot be read is listed with its fault.
    """
    folders = folders or PACKAGED
    return [_entry(name, folders) for name in names(folders)]


def _entry(name: str, folders: Folders) -> Entry:
    path = folders.scenarios / f"{name}.yaml"
    try:
        data = read_document(path, display(path, folders)).data
    except ScenarioError as error:
        return Entry(name, name, "", fault=str(error))
    extends = data.get("extends") or ()
    parents = (extends,) if isinstance(extends, str) else tuple(str(parent) for parent in extends)
    return Entry(name, str(data.get("title") or name), str(data.get("description") or "").strip(), parents)
