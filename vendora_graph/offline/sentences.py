"""The sentences one result can support, built from its cells."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from vendora_graph.contracts import TableSpec
from vendora_graph.offline.asked import Asked, limited, share_filter
from vendora_graph.offline.honesty import is_few
from vendora_graph.offline.planner import compared, ends, several_groups
from vendora_graph.offline.results import Cell, Row, Table, no_value, row_value
from vendora_graph.offline.share_lines import beside
from vendora_graph.offline.words import (
    COUNTED,
    NUMERAL,
    direction,
    filter_names,
    filter_words,
    lowered,
    name_refs,
    period_words,
    say,
    spoken,
)
from vendora_graph.semantic.catalog import MetricInfo

RATES = ("rate", "points")
ADDITIVE = ("additive", "semi_additive", "distinct")
NONE_LABEL = "(none)"
_ALIGNED = {True: "aligned_selling_days", False: "aligned_days"}


class Told:
    """One result of `query_metrics`, ready to be put in words."""

    def __init__(self, asked: Asked, table: Table, compares: bool) -> None:
        self.asked, self.table, self.compares = asked, table, compares
        names = dict.fromkeys(cell.metric for row in table.rows for cell in row.cells if cell and cell.grade == "metric")
        self.infos: list[MetricInfo] = [asked.catalog.metrics[name] for name in names]

    # ---------------------------------------------------------------------------------------------- parts

    @cached_property
    def where(self) -> str:
        """Return the filters in words."""
        return filter_words(self.asked.plan.filters, self.asked.catalog, self.refs, self.quoted)

    @property
    def quoted(self) -> list[str]:
        """Return the numerals of the question, in the order of their references."""
        return list(dict.fromkeys(NUMERAL.findall(self.asked_question)))

    @cached_property
    def refs(self) -> dict[tuple[str, str], str]:
        """Return name references by (dimension, value), filter values included."""
        return {**self.table.filter_names, **name_refs((self.table,))}

    @property
    def asked_question(self) -> str:
        """Return the question as typed."""
        return self.asked.question

    @property
    def empty(self) -> bool:
        """Whether no cell has a value, or none of the period asked for (what it is compared with may have one)."""
        return no_value(self.table, self.table.period if self.compares else None)

    def column(self, index: int) -> int:
        """Return the first column of the metric with this index."""
        name = self.infos[index].name
        for row in self.table.rows:
            for place, cell in enumerate(row.cells):
                if cell is not None and cell.metric == name and cell.grade == "metric":
                    return place
        return 0

    def when(self, index: int = 0) -> str:
        """Return the period in words."""
        return period_words(self.table.period, on=self.table.day or self.infos[index].snapshot, label=self.table.period_label)

    def words(self, index: int = 0) -> dict[str, str]:
        """Return what every pattern may use."""
        label = self.infos[index].label
        return {"label": lowered(label), "Label": label, "period": self.when(index), "where": self.where}

    # ---------------------------------------------------------------------------------------------- sentences

    def nothing(self) -> str:
        """Return the sentence for no records."""
        label = self.infos[0].label if self.infos else ""
        last = next((cell for row in reversed(self.table.rows) for cell in row.cells if cell is not None), None)
        when = period_words(last.period) if last is not None and self.asked.plan.grain is not None else self.when()
        return say("empty", "headline", Label=label, value=spoken(last) if last else "", period=when, where=self.where)

    def figure(self) -> str:
        """Return the headline of a single figure."""
        row = self.table.body[0]
        cell = row.cells[self.column(0)]
        several = cell is not None and cell.unit in COUNTED and cell.value != 1  # labels are plurals: "be-backs: 1"
        pattern = "counted" if several else "measured"
        return say("value", pattern, value=spoken(cell) if cell else "", **self.words())

    def share(self, share: Cell | None, whole: Cell | None) -> str:
        """Return the headline of one part's share of a whole; the part's own name stands away from the whole."""
        part, item = self.table.body[0].cells[self.column(0)], share_filter(self.asked.plan)
        names = filter_names((item,) if item else (), self.asked.catalog, self.refs, self.quoted)
        rest = filter_words(tuple(f for f in self.asked.plan.filters if f != item), self.asked.catalog, self.refs, self.quoted)
        refs = {"share": share.ref if share else "", "whole": spoken(whole) if whole else "", "part": spoken(part) if part else ""}
        return say("value", "share", names=names, rest=rest, **refs, **self.words())

    def plain(self, index: int) -> str:
        """Return one more metric in a few words."""
        cell = self.table.body[0].cells[self.column(index)]
        return say("notes", "several", value=spoken(cell) if cell else "", **self.words(index))

    def of_other(self, index: int) -> str:
        """Return a figure of another period than the headline's."""
        cell = self.table.body[0].cells[self.column(index)]
        other = period_words(cell.period if cell else None, on=self.table.day or self.infos[index].snapshot)
        return say("notes", "other", value=spoken(cell) if cell else "", other=other, **self.words(index))

    def changes(self, index: int) -> list[str]:
        """Return the change against the compared period, if there is one."""
        if not self.compares:
            return []
        row, first = self.table.body[0], self.column(index)
        before, change = row.cells[first + 1], row.cells[first + 2]
        rate = self.infos[index].unit in RATES
        percent = None if rate else row.cells[first + 3]
        if before is None or change is None or before.value is None or change.value is None:
            return []
        against = self.asked.plan.comparison.period if self.asked.plan.comparison is not None else None
        whole = against is not None and against.grain not in {None, "day"}  # `vs all of last month`: asked for as it is
        aligned = "" if self.table.period_complete or whole else say("change", _ALIGNED[self.asked.calendar.held])
        other = self.before(before.period, index)
        if change.value == 0:
            return [say("change", "same", other=other, aligned=aligned, change=spoken(change), before=spoken(before))]
        part = say("change", "percent_part", percent=spoken(percent)) if percent is not None and percent.value is not None else ""
        return [
            say(
                "change",
                "moved",
                direction_cap=direction(change.value).capitalize(),
                change=change.ref,
                before=spoken(before),
                other=other,
                percent_part=part,
                aligned=aligned,
            )
        ]

    def before(self, ref: str | None, index: int) -> str:
        """Return the compared period in words: a position is of its day, or of the end of a longer one."""
        against = compared(self.asked)
        if self.infos[index].snapshot and against is not None and against.start != against.end:
            return say("joiners", "at_end", period=ref or "")
        return period_words(ref, on=self.table.day or self.infos[index].snapshot)

    def small(self) -> tuple[str, ...]:
        """Return the note that a single figure, or the one it is compared with, rests on few records."""
        cells = [cell for cell in self.table.body[0].cells if cell is not None and cell.grade == "metric"]
        least = {info.name: info.min_n or 0 for info in self.infos}
        return (say("notes", "small_figure"),) if any(is_few(cell, least.get(cell.metric, 0)) for cell in cells) else ()

    def bucket(self) -> str:
        """Return the headline of ranked months, weeks or days; one that still runs and has the least says so."""
        place = self.column(0)
        rows = [row for row in self.table.body if row_value(row, place) is not None]
        lead, ranking = rows[0].cells[place], self.asked.plan.ranking
        worst = ranking is not None and ranking.direction == "asc"
        words = {**self.words(), "leader": self._stamped(rows[0]), "value": spoken(lead) if lead else ""}
        words["small"] = say("ranking", "bucket_small") if is_few(lead, self.infos[0].min_n or 0) else ""
        over = [row for row in rows if (cell := row.cells[place]) is not None and not cell.partial]
        if worst and lead is not None and lead.partial and over:
            cell = over[0].cells[place]
            return say("ranking", "bucket_running", next=self._stamped(over[0]), next_value=spoken(cell) if cell else "", **words)
        return say("ranking", "bucket_worst" if worst else "bucket_best", **words)

    def _stamped(self, row: Row) -> str:
        cell = row.cells[self.column(0)]
        names = (self.named(row), (cell.period if cell else "") or "")
        return say("joiners", "comma").join(name for name in names if name)

    @property
    def nobody(self) -> bool:
        """Whether groups were asked for and none is left: only the whole has a row."""
        return bool(self.asked.plan.group_by) and not any(row.names for row in self.table.rows)

    def no_group(self) -> str:
        """Return the sentence for a condition no group meets."""
        row, place = self.table.rows[-1], self.column(0)
        cell = row.cells[place]
        group = lowered(self.asked.catalog.dimensions[self.asked.plan.group_by[0]].label)
        known = cell is not None and cell.value is not None
        return say("ranking", "none" if known else "none_bare", value=spoken(cell) if cell else "", group=group, **self.words())

    def grouped(self) -> str:
        """Return the headline of a breakdown or ranking."""
        place = self.column(0)
        known = [row for row in self.table.body if row_value(row, place) is not None]
        named = [row for row in known if not any(value == NONE_LABEL for _, value in row.names.values())] or known
        sound = [row for row in named if not is_few(row.cells[place], self.infos[0].min_n or 0)]
        ranking = self.asked.plan.ranking
        lead = (sound or named)[0]
        top = self.table.total.cells[place] if self.table.total is not None else None
        scales = top is not None and top.value is None  # nothing over all of them
        if not sound or sound[0] is not named[0]:
            return self._unranked(lead, place, "sound" if sound else "thin")
        if known[0] is not named[0] or scales:  # what has no name stands before them
            return self._unranked(lead, place, "unnamed")
        cell, leader = lead.cells[place], self.named(lead)
        value = beside(self.asked, self.table, lead, spoken(cell) if cell else "")
        if len(self.table.body) == 1:
            return say("ranking", "alone", leader=leader, value=value, **self.words())
        if ranking is not None:
            equal = len({row_value(row, place) for row in known}) == 1  # `who hasn't sold a car`: nobody is first
            first = "high" if self.infos[0].good == "down" else "best"  # `first` by what should be low says the wrong thing
            pattern = "equal" if equal else first if ranking.direction == "desc" else "worst"
            return say("ranking", pattern, leader=leader, value=value, **self.words())
        if top is not None:
            whole = say("breakdown", "additive" if self.infos[0].additivity in ADDITIVE else "measured")
            return say("breakdown", "with_total", leader=leader, value=value, total=spoken(top), whole=whole, **self.words())
        group = lowered(self.asked.catalog.dimensions[self.asked.plan.group_by[0]].label)
        return say("breakdown", "without_total", leader=leader, value=value, group=group, **self.words())

    def _unranked(self, lead: Row, place: int, pattern: str) -> str:
        """Return a headline without any rank: the first groups rest on few records, or have no name."""
        total = self.table.total
        cell = total.cells[place] if total is not None and row_value(total, place) is not None else None
        own = lead.cells[place]
        words = {**self.words(), "leader": self.named(lead), "own": spoken(own) if own else "", "value": spoken(cell) if cell else ""}
        return say("breakdown", pattern if cell is not None else f"{pattern}_row", **words)

    def listing(self) -> str:
        """Return the headline of a list of records."""
        total = self.table.total
        cell = total.cells[self.column(0)] if total is not None else None
        if cell is not None and cell.unit in COUNTED and cell.value is not None:
            return say("list", "one" if cell.value == 1 else "counted", total=spoken(cell), **self.words())
        return say("list", "plain", **self.words())

    def notes(self) -> list[str]:
        """Return what must be said about groups: the total under a ranking, small numbers."""
        notes = []
        place = self.column(0)
        total = self.table.total
        cell = total.cells[place] if total is not None else None
        if self.asked.plan.ranking is not None and cell is not None and cell.value is not None:
            notes.append(say("ranking", "total", total=spoken(cell)))
        least = self.infos[0].min_n
        if least is not None and self.asked.plan.grain is None:
            small = [self.named(row) for row in self.table.body if is_few(row.cells[place], least)]
            several = len(self.asked.plan.group_by) > 1
            if small:
                listed = say("joiners", "comma").join(small[:5])
                notes.append(say("notes", "few_records") if several else say("notes", "small", names=listed))
        return notes

    def trend(self, index: int, change: Cell | None) -> str:
        """Return the sentence from the first to the last point."""
        place = self.column(index)
        rows = self.table.body
        if several_groups(rows):
            return self._latest(place, index)
        line = ends(rows, place)
        cells = [row.cells[place] for row in rows]
        known = [cell for cell in cells if cell is not None and cell.value is not None]
        first, last = line if line is not None else (known[0], known[-1])
        words = {**self.words(index), "first": spoken(first), "last": spoken(last)}
        words |= {"first_period": first.period or "", "last_period": last.period or ""}
        if line is None or change is None or change.value is None:
            return say("trend", "limited" if line is not None and limited(self.asked.plan) else "short", **words)
        if change.value == 0:
            return say("trend", "flat", change=spoken(change), **words)
        return say("trend", "headline", direction=direction(change.value), change=spoken(change), **words)

    def _latest(self, place: int, index: int) -> str:
        """Return who leads at the last point of several lines."""
        rows = [row for row in self.table.body if row_value(row, place) is not None]
        stamp = rows[-1].cells[place]
        period = stamp.period if stamp is not None else None
        last = [row for row in rows if (cell := row.cells[place]) is not None and cell.period == period]
        lead = max(last, key=lambda row: row_value(row, place) or Decimal(0))
        cell = lead.cells[place]
        return say(
            "trend", "lines", leader=self.named(lead), value=spoken(cell) if cell else "", last_period=period or "", **self.words(index)
        )

    def table_spec(self) -> TableSpec:
        """Return the result as a table; of ranked buckets as many as were asked for."""
        plan = self.asked.plan
        limit = plan.ranking.limit if plan.ranking is not None and plan.grain is not None else None
        return TableSpec(ref="t1", table=self.table.id, title=self.infos[0].label, limit=limit)

    def named(self, row: Row) -> str:
        """Return the names of a row's groups."""
        names = [ref for dimension, (ref, _) in row.names.items() if dimension in self.asked.plan.group_by]
        return say("joiners", "comma").join(names)
