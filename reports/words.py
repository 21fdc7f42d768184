"""Paths of the facts as words a reader meets in pictures and lists.

>>> in_words("smic.n2.defect_density"), in_words("policy.us.own_share.equipment")
('SMIC: n2, defect density', 'US policy: own share, equipment')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .language import numbers, say, spoken
from .text import number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAMES = {
    "ai": "AI",
    "amd": "AMD",
    "bf16": "BF16",
    "bytedance": "ByteDance",
    "cowos": "CoWoS",
    "cxmt": "CXMT",
    "deepseek": "DeepSeek",
    "dram": "DRAM",
    "euv": "EUV",
    "fp8": "FP8",
    "h100e": "H100e",
    "hbm": "HBM",
    "hynix": "hynix",
    "mtbf": "MTBF",
    "nvidia": "NVIDIA",
    "sk": "SK",
    "smic": "SMIC",
    "tpu": "TPU",
    "tsmc": "TSMC",
    "us": "US",
    "xai": "xAI",
    "ymtc": "YMTC",
}
PROPER = (
    "amazon",
    "cambricon",
    "japan",
    "korea",
    "netherlands",
    "taiwan",
    "tencent",
    "baidu",
    "alibaba",
    "china",
    "google",
    "huawei",
    "ascend",
    "meta",
    "microsoft",
    "micron",
    "oracle",
    "samsung",
)
ENTITIES = ("buyers", "firms", "hardware", "plants", "product_lines", "products", "pods", "chips", "jobs", "clusters")
"""Tables whose entries speak for themselves: the table is not named."""
OF_A_SIDE = {"grids": "grid", "policy": "policy"}
"""Tables whose entries are sides."""
PLURALS = {
    "wafer": "wafers",
    "package": "packages",
    "die": "dies",
    "year": "years",
    "stack": "stacks",
    "min": "minutes",
    "h": "hours",
}
SAID = {"h": ("hours",), "min": ("minutes",), "H100e": ("H100e",), "H100e/year": ("H100e",)}
"""Words in a label that make a unit after it superfluous."""
YEARS = (1900.0, 2200.0)


def in_words(path: str, labels: Mapping[str, Any] | None = None) -> str:
    """Write a dotted path as words.

    Parameters
    ----------
    path
        Path of a record.
    labels
        The scenario's labels: names of chips, pods and the like are taken from there.
    """
    table, *rest = path.split(".")
    if not rest:
        return _words(table)
    if table in OF_A_SIDE and len(rest) > 1:
        head = say(f"{{side}} {OF_A_SIDE[table]}", side=_words(rest[0]))
        return f"{head}: {', '.join(_words(part, start=False) for part in rest[1:])}"
    if table in ENTITIES and len(rest) > 1:
        return f"{_name(table, rest[0], labels or {})}: {', '.join(_words(part, start=False) for part in rest[1:])}"
    return f"{_words(table)}: {', '.join(_words(part, start=False) for part in rest)}"


def amount(value: float | None, unit: str = "") -> str:
    """Write the value of a record: dates to a tenth of a year, other numbers to two or three digits.

    >>> amount(2027.9, "year"), amount(7000.0, "wafer/month"), amount(0.17)
    ('2027.9', '7,000', '0.17')
    >>> amount(640_000.0), amount(1.5e6)
    ('640 k', '1.5 M')
    """
    if value is None:
        return "–"
    if unit == "year" and YEARS[0] < value < YEARS[1]:
        return f"{value:.1f}".removesuffix(".0")
    if spoken() == "ko":
        size, word = next((one for one in numbers.SIZES["ko"] if abs(value) >= one[0]), (1.0, ""))
        return _short(value / size) + word if abs(value) < 1e16 else numbers.count(value)
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size <= abs(value) < 1e12:
            scaled = value / (1e3 if letter == "k" else size)
            return f"{_short(scaled)} {letter}"
    return _short(value)


def unit_words(unit: str, label: str = "") -> str:
    """Write a unit for a label, or nothing where the label says it already.

    >>> unit_words("wafer/month"), unit_words("1"), unit_words("h", "Reliability: MTBF hours")
    ('wafers/month', '', '')
    """
    if unit in {"", "1"} or any(word in label or say(word) in label for word in SAID.get(unit, (unit,))):
        return ""
    if unit == "year":
        return "년" if spoken() == "ko" else "years"
    head, slash, rest = unit.partition("/")
    return say(PLURALS.get(head, head.replace("billion_USD", "bn USD")) + slash + rest)


def _short(value: float) -> str:
    """Write a number as it was given where it is short, and to two digits otherwise."""
    return f"{value:,.6g}" if len(f"{abs(value):.6g}") <= 4 else number(value)


def _name(table: str, entity: str, labels: Mapping[str, Any]) -> str:
    for home in (table, "chips"):
        found = labels.get(f"{home}.{entity}.name")
        if isinstance(found, str):
            return found.split(" (")[0]
    return _words(entity)


def _words(part: str, *, start: bool = True) -> str:
    words = [NAMES.get(word, word.capitalize() if word in PROPER else word) for word in part.split("_")]
    text = " ".join(words)
    if spoken() == "ko":
        return say(text)
    return text[:1].upper() + text[1:] if start and words[0] not in NAMES.values() else text
