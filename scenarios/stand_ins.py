"""Classes that stand in for kinds of agents: what tells one from another."""

from hashlib import sha256
from inspect import iscode
from types import CodeType

OURS = __name__.partition(".")[0]


def identity(kind: type) -> list[str]:
    """Name a class and fingerprint its code, so that two rules of one name are two scenarios.

    The fingerprint covers the class and what it inherits from outside this package; it holds within one version of Python.

    Examples
    --------
    >>> class Patient: ...
    >>> identity(Patient)[0].endswith("Patient")
    True
    """
    own = [base for base in kind.__mro__ if base is not object and base.__module__.partition(".")[0] != OURS]
    told = [(name, _told(member)) for base in own for name, member in vars(base).items()]
    return [f"{kind.__module__}.{kind.__qualname__}", sha256(repr(told).encode()).hexdigest()]


def _told(member: object) -> str:
    """Tell what a member of a class does or holds; no addresses."""
    for wrapper in ("fget", "__func__"):
        member = getattr(member, wrapper, member)
    code = getattr(member, "__code__", None)
    if code is not None:
        return _code(code)
    return repr(member) if isinstance(member, str | int | float | tuple) else type(member).__name__


def _code(code: CodeType) -> str:
    inner = [_code(part) if iscode(part) else repr(part) for part in code.co_consts]
    return repr((code.co_code, code.co_names, inner))
