"""What the pictures of the hardware model share: colours by meaning, logarithmic axes, a key at the foot.

A side's colour stands for its machines alone. What chips do has the colour of logic dies, memory that of HBM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullFormatter

from ..figures.charts import filled
from ..figures.looks import CATEGORY_COLOURS, INK, QUIET, look, mark, readable, tone
from ..figures.style import LABEL, footnote
from ..language import say
from ..wording import korean, tick, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COMPUTE, MEMORY, SCALE_UP, SCALE_OUT = (
    CATEGORY_COLOURS["dies"],
    CATEGORY_COLOURS["hbm"],
    CATEGORY_COLOURS["packaging"],
    QUIET,
)
"""What limits training: arithmetic, memory, the network inside a pod, the one between pods."""
JOB_LOOKS = {
    "llama_405b": ("Llama 405B, dense", "o", INK),
    "deepseek_v3": ("DeepSeek-V3, MoE", "s", "#8c2d6e"),
    "reference_moe_2t": ("2 T MoE", "D", "#4d6a1e"),
}
GLYPHS = {"o": "●", "s": "■", "D": "◆", "^": "▲", "v": "▼"}
WIDE_AXIS = 100.0
"""An axis that spans more than this gets one label a decade."""


def source(figure: Figure) -> None:
    """Say where the picture comes from: no run, the hardware model alone."""
    from ... import __version__

    footnote(figure, f"podrace {__version__} · {say('hardware model, no scenario run')}")


def count(value: float) -> str:
    """Write a number of chips in few characters.

    >>> count(72), count(8192), count(100_000), count(1_000_000)
    ('72', '8,192', '100k', '1M')
    """
    if korean():
        return tick(value)
    if value < 10_000:
        return f"{value:,}"
    return f"{value / 1e6:g}M" if value >= 1e6 else f"{value / 1e3:g}k"


def log_axis(ax: Axes, which: str) -> None:
    """Make an axis logarithmic, its numbers written plainly."""
    if which == "x":
        ax.set_xscale("log")
    else:
        ax.set_yscale("log")
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(ticks())
    axis.set_minor_formatter(NullFormatter())


def chips_axis(ax: Axes, places: Sequence[int] = (1_000, 10_000, 100_000, 1_000_000)) -> None:
    """Count chips from left to right."""
    ax.set_xscale("log")
    ax.set_xticks(places, [count(place) for place in places])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.minorticks_off()


def few_ticks(ax: Axes) -> None:
    """Label 1 and 3 of every decade, so that a narrow logarithmic axis still says where it is."""
    low, high = ax.get_xlim()
    firsts = (1, 3) if high / low < WIDE_AXIS else (1,)
    found = [first * 10.0**power for power in range(1, 6) for first in firsts]
    ax.set_xticks([tick for tick in found if low <= tick <= high])
    ax.minorticks_off()


def share_axis(ax: Axes) -> None:
    """Show shares from nothing to all."""
    space = "" if korean() else " "
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{100 * value:.0f}{space}%"))
    ax.set_ylim(0, 1)


def machine(name: str) -> str:
    """Shorten the name of a pod or a cluster.

    >>> machine("Huawei Atlas 950 SuperCluster"), machine("NVIDIA GB200 NVL72")
    ('Atlas 950', 'GB200 NVL72')
    """
    text = name.split(" (", maxsplit=1)[0].split(",", maxsplit=1)[0].rsplit(" / ", maxsplit=1)[-1]
    for word in ("Google ", "Huawei ", "NVIDIA ", " SuperPoD", " SuperCluster"):
        text = text.replace(word, "")
    return text


def line_look(colour: str) -> dict[str, Any]:
    """Give colour and, in print, the marker of a line."""
    own = mark(colour)
    face = look().paper if own.hollow else tone(colour)
    return {"color": tone(colour), "linewidth": 4, "marker": own.marker or None, "ms": 10, "markerfacecolor": face,
            "markeredgecolor": tone(colour), "markeredgewidth": 2}  # fmt: skip


def glyph(colour: str) -> str:
    """Give the sign that stands for a line in a key."""
    return GLYPHS.get(mark(colour).marker, "■")


def key(figure: Figure, entries: Sequence[tuple[str, str, str]], at: tuple[float, float], step: float) -> None:
    """Name colours in a row below the panels.

    Parameters
    ----------
    figure
        The slide.
    entries
        Sign, text and colour (in the light look) of each.
    at
        Where the first stands, as shares of the slide.
    step
        From one to the next.
    """
    for place, (sign, text, colour) in enumerate(entries):
        figure.text(at[0] + step * place, at[1], f"{sign}  {text}", color=readable(colour), fontsize=LABEL,
                    fontweight="bold")  # fmt: skip


def swatch(figure: Figure, text: str, fill: dict[str, Any], at: tuple[float, float], size: float) -> None:
    """Name a fill, with a piece of it as it stands in the picture."""
    box = Rectangle(at, 0.016, 0.026, transform=figure.transFigure, linewidth=0.8, **fill)
    figure.patches.append(box)
    figure.text(at[0] + 0.024, at[1] + 0.013, text, color=look().ink, fontsize=size, va="center")


def fill_of(colour: str, hatch: str) -> dict[str, Any]:
    """Give a fill in the look drawn now; in print a hatch tells it apart."""
    drawn = dict(filled(colour))
    return drawn | {"hatch": hatch} if look().name == "print" else drawn
