"""The hardware model held against published measurements: errors by row, case and class, and the order inside tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .hardware_cases import CaseFile, read_cases
from .hardware_predict import Prediction, predict

if TYPE_CHECKING:
    from pathlib import Path

    from ..model.hardware.coefficients import Coefficients
    from .hardware_cases import Case

TIE = 0.02
"""Published values closer than this say nothing about order."""
NOT_EVALUATED = 1.0
"""Error that a scored row counts with when the model cannot evaluate it: all of the value missed."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row: published, predicted (None: not evaluated, see ``why``)."""

    number: int
    quantity: str
    published: float
    predicted: float | None
    why: str = ""
    note: str = ""
    guesses: tuple[str, ...] = ()

    @property
    def relative_error(self) -> float | None:
        """Predicted over published, less one."""
        return None if self.predicted is None else self.predicted / self.published - 1

    @property
    def miss(self) -> float:
        """Absolute error; a row that is not evaluated misses all of it."""
        error = self.relative_error
        return NOT_EVALUATED if error is None else abs(error)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: its rows, its mean and worst error, and whether predictions keep the published order."""

    case: Case
    rows: tuple[RowResult, ...]

    @property
    def mean_abs_error(self) -> float | None:
        """Mean absolute error over all rows."""
        return sum(row.miss for row in self.rows) / len(self.rows) if self.rows else None

    @property
    def worst(self) -> float | None:
        """Largest absolute error."""
        return max((row.miss for row in self.rows), default=None)

    @property
    def rank_order_kept(self) -> bool | None:
        """Whether order is kept; None for a case that is not judged by it."""
        return order_kept(self.rows) if self.case.rank_order and self.rows else None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All cases of a file, checked."""

    file: str
    cases: tuple[CaseResult, ...]
    remarks: tuple[str, ...] = field(default=())

    def overall(self) -> dict[str, dict[str, Any]]:
        """Scored rows by class: how many, mean and worst absolute error, failures, tables in order."""
        result = {}
        for kind in dict.fromkeys(found.case.kind for found in self.cases if found.case.scored):
            mine = [found for found in self.cases if found.case.scored and found.case.kind == kind]
            rows = [row for found in mine for row in found.rows]
            judged = [found.rank_order_kept for found in mine if found.rank_order_kept is not None]
            result[kind] = {
                "n": len(rows),
                "mean_abs_error": sum(row.miss for row in rows) / len(rows),
                "worst": max(row.miss for row in rows),
                "not_evaluated": sum(row.predicted is None for row in rows),
                "rank_order_kept": sum(judged),
                "rank_order_tables": len(judged),
            }
        return result

    def not_evaluated(self) -> list[dict[str, Any]]:
        """Scored rows without a prediction, each with the reason."""
        return [
            {"id": found.case.id, "row": row.number, "why": row.why}
            for found in self.cases
            if found.case.scored
            for row in found.rows
            if row.predicted is None
        ]

    def findings(self) -> list[str]:
        """What `--strict` objects to: rows not evaluated, cases beyond their tolerance, order lost."""
        lines = [f"{item['id']} row {item['row']}: {item['why']}" for item in self.not_evaluated()]
        for found in self.cases:
            mean = found.mean_abs_error
            if not found.case.scored or mean is None:
                continue
            if mean > found.case.tolerance:
                lines.append(f"{found.case.id}: mean error {mean:.1%} exceeds its tolerance {found.case.tolerance:.0%}")
            if found.rank_order_kept is False:
                lines.append(f"{found.case.id}: the order of the published values is not kept")
        return lines

    def document(self) -> dict[str, Any]:
        """Return the report as JSON holds it."""
        cases = [
            {
                "id": found.case.id,
                "class": found.case.kind,
                "scored": found.case.scored,
                "title": found.case.title,
                "tolerance": found.case.tolerance,
                "rows": [
                    {
                        "quantity": row.quantity,
                        "published": row.published,
                        "predicted": row.predicted,
                        "relative_error": row.relative_error,
                    }
                    for row in found.rows
                ],
                "mean_abs_error": found.mean_abs_error,
                "worst": found.worst,
                "rank_order_kept": found.rank_order_kept,
            }
            for found in self.cases
        ]
        return {"cases": cases, "overall": self.overall(), "not_evaluated": self.not_evaluated()}


def order_kept(rows: tuple[RowResult, ...]) -> bool:
    """Whether predictions of each quantity stand in the order of the published values; close values are ties.

    Examples
    --------
    >>> rows = (RowResult(0, "mfu", 0.40, 0.41), RowResult(1, "mfu", 0.50, 0.49), RowResult(2, "mfu", 0.505, 0.48))
    >>> order_kept(rows), order_kept((*rows, RowResult(3, "mfu", 0.60, 0.45)))
    (True, False)
    """
    return not misplaced(rows)


def misplaced(rows: tuple[RowResult, ...]) -> list[tuple[int, int]]:
    """Pairs of rows whose predictions stand in the wrong order: (published larger, published smaller)."""
    pairs = []
    for larger in rows:
        for smaller in rows:
            apart = larger.published > smaller.published * (1 + TIE)
            if larger.quantity != smaller.quantity or not apart:
                continue
            if larger.predicted is None or smaller.predicted is None or larger.predicted <= smaller.predicted:
                pairs.append((larger.number, smaller.number))
    return pairs


def check(cases: CaseFile, coefficients: Coefficients) -> CheckReport:
    """Predict every row of a case file; rows of cases that are not scored too, though they do not count."""
    rows = [(case, row) for case in cases.cases for row in case.rows]
    predictions = iter(predict([row for _, row in rows], coefficients))
    found = []
    for case in cases.cases:
        results = tuple(_result(row.number, row.quantity, row.value, row.note, next(predictions)) for row in case.rows)
        found.append(CaseResult(case, results))
    return CheckReport(cases.name, tuple(found), tuple(cases.remarks))


def _result(number: int, quantity: str, value: float, note: str, prediction: Prediction) -> RowResult:
    return RowResult(number, quantity, value, prediction.value, prediction.why, note, prediction.guesses)


def check_file(path: Path | None, coefficients: Coefficients) -> CheckReport:
    """Read a case file (the package's own by default) and check it."""
    return check(read_cases(path), coefficients)
