"""What a scenario file may hold: records, actions, correlations, behaviour."""

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from .chosen import Chosen
from .dates import DATE_SCHEMA, parse_date

FORMAT = 1
MAX_ENTRIES = 2_000
FIRST_YEAR, LAST_YEAR = 2015, 2060
START, END = 2022, 2035
RULES = (
    "acceptance",
    "alignment",
    "capex_bust",
    "compliant_grades",
    "controls",
    "counter_measures",
    "ecosystem",
    "energy_target",
    "euv",
    "licences",
    "lobbying",
    "mix_to_low_memory",
    "retaliation",
    "roadmap_slips",
    "stockpiling",
    "subsidy",
)
SOURCE_WORDS = ("judgement", "derived", "what-if", "command line")

Confidence = Literal["datasheet", "official", "reported", "vendor_claim", "analyst_estimate", "derived", "judgement"]
Dist = Literal["constant", "uniform", "triangular", "normal", "lognormal", "loguniform", "pert"]
Between = Literal["hold", "linear"]
Link = Literal["full", "none"]
ActorName = Literal["us", "china", "allies"]
ActionKind = Literal[
    "control", "licence", "purchase_ban", "subsidy", "energy_target", "counter_measure", "event"
]  # fmt: skip

DISTS: tuple[str, ...] = get_args(Dist)


def _text_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _few(value: object) -> object:
    if isinstance(value, list | tuple) and len(value) > MAX_ENTRIES:
        kind, text = "too_many", f"more than {MAX_ENTRIES:,} entries"
        raise PydanticCustomError(kind, text)
    return value


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _dated(value: object) -> object:
    parse_date(value)
    return _text(value)


def _spread(value: object) -> object:
    return value if isinstance(value, dict | Spread) else {"value": value}


def _rule(name: str) -> str:
    if name not in RULES:
        kind, text = "unknown_rule", "unknown rule"
        raise PydanticCustomError(kind, text)
    return name


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Amount = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True, min_length=1)]
Unit = Annotated[
    str,
    BeforeValidator(_text),
    Field(strict=True, min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"type": "number"}]}),
]
Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_text_tuple),
    Field(min_length=1),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
Day = Annotated[float, BeforeValidator(parse_date), WithJsonSchema(DATE_SCHEMA)]
DayText = Annotated[str, BeforeValidator(_dated), WithJsonSchema(DATE_SCHEMA)]
Rule = Annotated[str, AfterValidator(_rule)]
Switch = Annotated[bool, Field(strict=True)]
CalendarYear = Annotated[int, Field(strict=True, ge=FIRST_YEAR, le=LAST_YEAR)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Spread(_Strict):
    """A central value and, where it is uncertain, the range around it."""

    value: Number
    """Central value."""
    low: Number | None = None
    """Low end of the range."""
    high: Number | None = None
    """High end of the range."""

    @property
    def uncertain(self) -> bool:
        """Whether it has a range."""
        return self.low is not None or self.high is not None


class Record(_Strict):
    """A sourced number: one ``value``, or dated ones in ``by_year``, with unit, range and origin.

    ``low`` and ``high`` are the ends of a uniform, triangular, loguniform or pert distribution, and the 5th and
    95th percentiles of a normal or lognormal one. A dated value holds until the next (``between: hold``) or leads
    to it in a straight line (``linear``). One draw serves the whole series; with ``correlation: none`` every date
    has its own.
    """

    value: Number | None = None
    """Central value; the central run takes it."""
    by_year: Annotated[dict[Day, Annotated[Spread, BeforeValidator(_spread)]], Field(min_length=1)] | None = None
    """Dated values, each a number or {low, value, high}; one holds until the next."""
    unit: Unit = ""
    """Unit of all values; that of the number it replaces by default."""
    source: Texts = ()
    """Ids of sources, judgement, derived, what-if, or a web address."""
    as_of: DayText | None = None
    """Date of which the value speaks."""
    confidence: Confidence | None = None
    """How the value is known."""
    low: Number | None = None
    """Low end of the range, or the 5 % quantile of normal and lognormal."""
    high: Number | None = None
    """High end of the range, or the 95 % quantile of normal and lognormal."""
    dist: Dist | None = None
    """Distribution over the range; triangular by default."""
    bounds: tuple[Number, Number] | None = None
    """Lowest and highest value that make sense: draws are cut there."""
    note: str | None = None
    """What a reader should know of it."""
    between: Between = "hold"
    """Between dates: hold the last value, or go to the next in a straight line."""
    unverified: Switch = False
    """Whether nobody has checked it against a document."""
    correlation: Link = "full"
    """One draw for the whole series (full), or one for every date (none)."""

    @model_validator(mode="before")
    @classmethod
    def _prepare(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        dated = data.get("by_year")
        if isinstance(dated, dict):
            data = {**data, "by_year": _in_order(dated)}
        if data.get("dist") is None and _ranged(data):
            data = {**data, "dist": "triangular"}
        return data

    @property
    def dated(self) -> bool:
        """Whether the record has values by year."""
        return self.by_year is not None

    @property
    def uncertain(self) -> bool:
        """Whether members may differ in it."""
        if self.dist in {None, "constant"}:
            return False
        return any(point.uncertain for _, point in self.points())

    def points(self) -> list[tuple[float, Spread]]:
        """Dated values in order; a plain ``value`` is one point, dated 0."""
        if self.by_year is not None:
            return list(self.by_year.items())
        return [(0.0, Spread.model_construct(value=self.value, low=self.low, high=self.high))]


def _in_order(dated: dict[Any, Any]) -> dict[Any, Any]:
    """Sort dated values; refuse two keys that name one date."""
    years: dict[float, Any] = {}
    for key in dated:
        try:
            year = parse_date(key)
        except ValueError:
            return dated
        if year in years:
            kind = "same_date"
            text = "two values for the same date"
            raise PydanticCustomError(kind, text, {"key": "by_year"})
        years[year] = key
    return {years[year]: dated[years[year]] for year in sorted(years)}


def _ranged(data: dict[str, Any]) -> bool:
    """Whether a raw record states a range anywhere."""
    if data.get("low") is not None or data.get("high") is not None:
        return True
    dated = data.get("by_year")
    if not isinstance(dated, dict):
        return False
    return any(_has_range(entry) for entry in dated.values())


def _has_range(entry: object) -> bool:
    if isinstance(entry, Spread):
        return entry.uncertain
    return isinstance(entry, dict) and ("low" in entry or "high" in entry)


class Action(_Strict):
    """A dated act of a government: in force from ``date`` to ``until``. Dates are decimal years.

    ``origin`` (file and line) is filled in on loading; only resolved files may state it.
    """

    date: Day
    """When it comes into force."""
    announced: Day | None = None
    """When it becomes known; firms buy ahead from then on."""
    until: Day | None = None
    """When it ends."""
    actor: ActorName
    """Whose act it is."""
    action: ActionKind
    """What kind of act."""
    item: Text | None = None
    """What it concerns, such as hbm, equipment, accelerators or nvidia.h20."""
    target: Text | None = None
    """Whom it concerns, where it is not everybody."""
    threshold_tpp: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    """Concerns accelerators from this total processing performance on."""
    stringency: Share | None = None
    """0 (free trade) to 1 (complete ban)."""
    cap: Amount | None = None
    """Licence: most that may be sold, as a share of home volume."""
    fee: Amount | None = None
    """Licence: fee as a share of the price."""
    source: Texts
    """Ids of sources, judgement, what-if, or a web address."""
    note: str | None = None
    """What a reader should know of it."""
    id: Text | None = None
    """Name of the act: a later layer replaces it by this name."""
    title: Text | None = None
    """What to call it in a timeline."""
    origin: str = ""

    @model_validator(mode="after")
    def _order(self) -> "Action":
        if self.until is not None and self.until <= self.date:
            kind, text = "dates", "until must be after date"
            raise PydanticCustomError(kind, text, {"key": "until"})
        if self.announced is not None and self.announced > self.date:
            kind, text = "dates", "announced must not be after date"
            raise PydanticCustomError(kind, text, {"key": "announced"})
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same action in another layer: its id, or else :attr:`act`."""
        return ("id", self.id) if self.id is not None else self.act

    @property
    def act(self) -> tuple[str, ...]:
        """Who does what to what, and when; of an event also its title."""
        act = (self.actor, self.action, self.item or "", self.target or "", repr(self.date))
        return (*act, self.title or "") if self.action == "event" else act


class Correlation(_Strict):
    """A rank correlation between two uncertain parameters."""

    between: tuple[Text, Text]
    """Dotted paths of two uncertain parameters."""
    rank: Annotated[float, Field(strict=True, gt=-1, lt=1)]
    """Rank correlation, between -1 and 1."""
    source: Texts = ()
    """Ids of sources, or judgement."""
    note: str | None = None
    """What a reader should know of it."""

    @model_validator(mode="after")
    def _differ(self) -> "Correlation":
        if self.between[0] == self.between[1]:
            kind, text = "pair", "a parameter cannot be correlated with itself"
            raise PydanticCustomError(kind, text, {"key": "between"})
        return self

    @property
    def pair(self) -> tuple[str, str]:
        """The two paths in alphabetical order."""
        first, second = sorted(self.between)
        return first, second


class Years(_Strict):
    """First and last year of a run."""

    start: CalendarYear | None = None
    """First year that is recorded."""
    end: CalendarYear | None = None
    """Last year."""

    @model_validator(mode="after")
    def _order(self) -> "Years":
        if self.start is not None and self.end is not None and self.end < self.start:
            kind, text = "years", "the year range ends before it starts"
            raise PydanticCustomError(kind, text, {"key": "end"})
        return self


class BehaviourFile(_Strict):
    """What the agents do by themselves, as a file states it."""

    reactions: Switch | None = None
    """Whether agents react by rules at all."""
    history: Switch | None = None
    """Whether the dated history is played."""
    history_to: Day | None = None
    """Only acts of the history before this date are played."""
    rules: dict[Rule, Switch] = {}
    """Single reaction rules, on or off."""


Timeline = Annotated[tuple[Action, ...], BeforeValidator(_few)]


class ScenarioFile(_Strict):
    """A scenario file; ``parameters`` are checked record by record elsewhere."""

    format: Literal[1] = 1
    """Version of this format."""
    title: Text | None = None
    """One line, in tables and figures."""
    description: str | None = None
    """What the scenario says, in a few sentences."""
    extends: Annotated[Texts, BeforeValidator(_few)] = ()
    """The scenario below, or a list of levers: files of the same folder, or scenarios of the package."""
    years: Years = Years()
    """First and last year."""
    timeline: Timeline = ()
    """Dated acts of governments."""
    parameters: dict[str, Any] = {}
    """Numbers and labels by dotted path, nested or not."""
    correlations: Annotated[tuple[Correlation, ...], BeforeValidator(_few)] = ()
    """Rank correlations between uncertain parameters."""
    behaviour: BehaviourFile = BehaviourFile()
    """Which rules are on."""
    members: Chosen | None = None
    """A posterior: members of the prior, see podrace calibrate."""


class TimelineFile(_Strict):
    """``facts/timeline.yaml``: the dated history."""

    timeline: Timeline
