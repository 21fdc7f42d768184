"""What a label may say: an entry of a table, a word of a short list, or the path of a parameter.

A label is text that agents read, such as whom a plant serves. One that names nothing would change the answer in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

ENTRIES = {
    "plants.*.serves": "firms",
    "plants.*.firm": "firms",
    "firms.*.rest_of": "firms",
    "firms.*.lines": "product_lines",
    "firms.*.exports": "chips",
    "product_lines.*.rest_of": "product_lines",
    "product_lines.*.generations": "chips",
    "chips.*.ships_in": "pods",
    "buyers.*.sites": "clusters",
}
"""Labels that name entries, and the table the entries stand in."""
SIDES = ("china", "us")
WORDS = {
    "firms.*.side": SIDES,
    "buyers.*.side": SIDES,
    "plants.*.side": SIDES,
    "chips.*.side": SIDES,
    "pods.*.side": SIDES,
    "clusters.*.side": SIDES,
    "plants.*.makes": ("fab", "memory", "own_memory", "packaging"),
    "plants.*.yield_model": ("murphy", "poisson"),
    "policy.us.form": ("flow", "ratio"),
}
"""Labels that are one of a few words."""
PATHS = ("plants.*.capacity_from",)
"""Labels that name a parameter."""


def allowed(path: str, known: Iterable[str]) -> tuple[str, ...]:
    """Say what a label may be; empty where any text will do, or where the facts have no such table.

    >>> allowed("policy.us.form", ())
    ('flow', 'ratio')
    >>> allowed("plants.smic.serves", ("firms.huawei.label", "firms.baidu.label", "chips.a.bf16"))
    ('baidu', 'huawei')
    >>> allowed("plants.smic.label", ("firms.huawei.label",))
    ()
    """
    for pattern, words in WORDS.items():
        if fnmatchcase(path, pattern):
            return words
    for pattern, table in ENTRIES.items():
        if fnmatchcase(path, pattern):
            return tuple(sorted({one.split(".")[1] for one in known if one.startswith(f"{table}.")}))
    return tuple(known) if any(fnmatchcase(path, pattern) for pattern in PATHS) else ()


def strangers(label: object, words: Sequence[str]) -> list[str]:
    """Give the texts of a label that are none of the allowed ones."""
    said = label if isinstance(label, (list, tuple)) else [label]
    return [text for text in said if isinstance(text, str) and text not in words] if words else []


ITEMS = (
    "accelerators", "hbm", "equipment", "foundry", "rental", "euv", "materials", "memory", "power", "eda", "entity", "tariffs",
)  # fmt: skip
"""What acts of governments are about, besides single chips and what foundries make for one firm."""


def items(known: Iterable[str]) -> tuple[str, ...]:
    """Name all that an act may be about; empty where the facts have no chips or no firms.

    >>> items(("chips.nvidia_h20.bf16", "firms.huawei.label"))[-2:]
    ('nvidia.h20', 'foundry.huawei')
    """
    found: dict[str, set[str]] = {"chips": set(), "firms": set()}
    for path in known:
        table, _, rest = path.partition(".")
        if table in found:
            found[table].add(rest.partition(".")[0])
    if not (found["chips"] and found["firms"]):
        return ()
    chips = sorted(chip.replace("_", ".", 1) for chip in found["chips"])
    return (*ITEMS, *chips, *(f"foundry.{firm}" for firm in sorted(found["firms"])))
