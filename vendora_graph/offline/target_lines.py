"""Against target: the draft over the rows of `compare_to_target`. Pure and deterministic."""

from __future__ import annotations

from decimal import Decimal

from vendora_graph.contracts import ChartSpec, Draft, Finding, TableSpec
from vendora_graph.offline.asked import Asked
from vendora_graph.offline.honesty import ahead
from vendora_graph.offline.results import Cell, Result, Row, Table
from vendora_graph.offline.target_words import source_of
from vendora_graph.offline.targets import TOOL
from vendora_graph.offline.words import NUMERAL, filter_words, lowered, name_refs, period_words, say, spoken

METRIC = "metric"
TIME = ("month", "quarter", "year")
TOLD = 7


def narrate_target(asked: Asked, results: list[Result]) -> Draft:
    """Return the draft: what was reached, the target, the gap; then the other metrics, groups or months."""
    result = results[0]
    table = next(one for one in result.tables if one.tool == TOOL)
    told = _Told(asked, result, table)
    whole = [row for row in table.rows if not set(row.names) - {METRIC}]
    first = whole[0] if whole else table.rows[0]
    others = [row for row in table.rows if row is not first and row.cells[1] is not None]
    shown = others[-TOLD:] if asked.plan.grain is not None else others[:TOLD]
    findings = tuple(Finding(text=told.other(row), kind="comparison") for row in shown)
    spec = TableSpec(ref="t1", table=table.id, title=say("target", "title"))
    return Draft(
        headline=told.headline(first), findings=findings, tables=(spec,), caveats=told.caveats(), chart=_chart(table), author="offline"
    )


def _chart(table: Table) -> ChartSpec | None:
    """Return figures beside their targets, by month or group."""
    by = [name for name in table.rows[0].names if name != METRIC]
    if len(by) != 1 or METRIC in table.rows[0].names or len(table.body) < 2:  # noqa: PLR2004
        return None
    return ChartSpec(table=table.id, kind="line" if by[0] in TIME else "bar", x=by[0], y=table.columns[:2])


class _Told:
    """One comparison in words."""

    def __init__(self, asked: Asked, result: Result, table: Table) -> None:
        self.asked, self.result, self.table = asked, result, table
        filters = {k: v for t in result.tables for k, v in t.filter_names.items()}
        names = {**filters, **name_refs(tuple(result.tables))}
        quoted = list(dict.fromkeys(NUMERAL.findall(asked.question)))
        self.where = filter_words(asked.plan.filters, asked.catalog, names, quoted)

    def headline(self, row: Row) -> str:
        """Return the first line: of the asked period, and where that is no whole months, of those in it too."""
        actual, words = row.cells[0], self._words(row)
        whole = self._asked_period(actual)
        if actual is not None and whole is not None:
            lead = say("target", "rest", **{**words, "value": spoken(whole), "period": period_words(whole.period)})
            return f"{lead} {self._line(row, {**words, 'where': ''})}"
        return self._line(row, words)

    def other(self, row: Row) -> str:
        """Return the line of one more metric, group or month; of a group the whole was told of, its own figures alone."""
        who = [ref for dimension, (ref, _) in row.names.items() if dimension not in (METRIC, *TIME) and ref]
        actual, target, _, reached = row.cells
        told = None not in (actual, target, reached) and reached is not None and reached.value is not None
        if METRIC in row.names or len(who) != 1 or not told or actual is None or target is None or reached is None:
            return self._line(row, self._words(row))
        words = {"who": who[0], "value": spoken(actual), "percent": spoken(reached), "target": spoken(target)}
        running = {"month": period_words(target.period)} if target.period != actual.period else {}
        return say("target", "member_running" if running else "member", name=self._words(row)["name"], **words, **running)

    def caveats(self) -> tuple[str, ...]:
        """Return what has to be known: running, spread by selling days, nothing on file."""
        notes: list[str] = []
        targets = [row.cells[1] for row in self.table.rows if row.cells[1] is not None]
        coming = ahead(self.asked, self.table.period)
        notes += coming
        if not self.table.period_complete and self.table.period and not coming:
            notes.append(say("notes", "running", period=self.table.period))
        if any(cell.grade == "derived" for cell in targets):
            notes.append(say("target", "spread"))
        missing = [self._label(row) for row in self.table.rows if row.cells[1] is None and set(row.names) == {METRIC}]
        if missing:
            notes.append(say("target", "none", labels=say("joiners", "comma").join(lowered(label) for label in missing)))
        return tuple(notes)

    def _asked_period(self, actual: Cell | None) -> Cell | None:
        """Return the figure of the asked period where the compared one is of its whole months only."""
        for table in self.result.tables if actual is not None and self.asked.plan.grain is None else ():
            for row in table.rows if table.tool == "query_metrics" else ():
                cell = next((c for c in row.cells if c is not None and actual is not None and c.metric == actual.metric), None)
                if cell is not None and not row.names and actual is not None and cell.period == self.table.period != actual.period:
                    return cell
        return None

    def _line(self, row: Row, words: dict[str, str]) -> str:
        actual, target, gap, reached = row.cells
        if actual is None or target is None:
            return say("target", "untold" if self._apart else "bare", **words)
        words |= {"target": spoken(target), "month": period_words(target.period)}
        if reached is None or reached.value is None:
            return say("target", "coming", **words)
        words["percent"] = spoken(reached)
        if gap is None or gap.value is None:
            return say("target", "running", **words)
        words["gap"] = spoken(gap)
        return say("target", self._side(actual.metric, gap.value), **words)

    @property
    def _apart(self) -> bool:
        return any(row.cells[1] is not None for row in self.table.rows)

    def _side(self, metric: str, gap: Decimal) -> str:
        """Return ahead or behind by the metric's good side; above or below where it has none that way."""
        if gap == 0:
            return "even"
        if self.asked.catalog.metrics[metric].good == "up":
            return "ahead" if gap > 0 else "behind"
        return "above" if gap > 0 else "below"

    def _words(self, row: Row) -> dict[str, str]:
        cell = row.cells[0]
        label = self._label(row)
        members = [ref for dimension, (ref, _) in row.names.items() if dimension not in (METRIC, *TIME) and ref]
        place = say("joiners", "where_in", filters=say("joiners", "comma").join(members)) if members else self.where
        return {
            "Label": label,
            "where": place,
            "value": spoken(cell) if cell is not None else "",
            "period": period_words(cell.period) if cell is not None else "",
            "name": say("target", f"name_{source_of(self.asked.plan) or 'budget'}"),
        }

    def _label(self, row: Row) -> str:
        cell = row.cells[0]
        return self.asked.catalog.metrics[cell.metric].label if cell is not None else next(iter(row.names.values()))[1]
