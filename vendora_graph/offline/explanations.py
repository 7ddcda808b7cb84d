"""Why a figure changed: the calls and the draft over a decomposition. Pure and deterministic."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from vendora_graph.contracts import ChartSpec, Draft, Filter, Finding, Period, Plan, TableSpec
from vendora_graph.offline.asked import STORE, Asked, Call, span
from vendora_graph.offline.before import previous_period
from vendora_graph.offline.results import Cell, Result, Row
from vendora_graph.offline.words import NUMERAL, direction, filter_words, lowered, name_refs, period_words, say, spoken
from vendora_graph.semantic.catalog import MetricInfo

TOOL = "explain_change"
DRIVER = "driver"
EXPLAINED = 2
"""Metrics of one question that are taken apart."""
TOLD_GROUPS = 2
MORE = 2
PAIR = 2
HURTS, HELPS = "hurts", "helps"
"""Topics (and cues) of a question that supposes on which side the figure moved."""
ENDS = (("Now", "Before", "Change"), ("To date", "Target", "Gap to target"))
"""Columns of the table that holds the figure on both sides."""


def explain_calls(asked: Asked, metrics: tuple[str, ...] | None = None, most: int = 4) -> tuple[Call, ...]:
    """Return one decomposition a metric; dimensions the question names are drilled into."""
    plan = asked.plan
    chosen = [m for m in metrics or plan.metrics if m in asked.catalog.metrics][:EXPLAINED]
    target = plan.comparison is not None and plan.comparison.kind == "target"
    calls: list[Call] = []
    rows: Call | None = None
    for name in chosen:
        periods = compared_periods(asked, name)
        if periods is None:
            continue
        args = {"metric": name, "period": span(periods[0]), "compare": span(periods[1]), **_selections(plan), "most": most}
        calls.append(Call(TOOL, {**args, "against": "target"} if target else args))
        rows = rows or _rows(asked, name, periods)
    return (*calls, rows) if rows is not None else tuple(calls)


def _rows(asked: Asked, metric: str, periods: tuple[Period, Period]) -> Call | None:
    """Return the query of every row where the question names a grouping: the decomposition shows only the groups that carry the change."""
    plan = asked.plan
    if not plan.group_by:
        return None
    ranking, beside = plan.ranking, plan.comparison is not None and plan.comparison.kind == "values"
    args = {
        "metrics": [metric],
        "period": span(periods[0]),
        "compare": span(periods[1]) if periods[1].end < periods[0].start and not beside else None,
        "group_by": list(plan.group_by),
        "filters": [item.model_dump(mode="json") for item in plan.filters],
        "order_by": {"by": metric, "direction": ranking.direction if ranking is not None else "desc"},
    }
    return Call("query_metrics", args)


def _selections(plan: Plan) -> dict[str, object]:
    """Return what is set against what: one selection over time, or the first of a pair of stores against the second."""
    pair = side_pair(plan)
    filters = [item.model_dump(mode="json") for item in plan.filters if item is not pair]
    by = [name for name in plan.group_by if pair is None or name != pair.dimension]
    if pair is None:
        return {"filters": filters, "by": by}
    mine, theirs = ({"dimension": pair.dimension, "op": "in", "values": [value]} for value in pair.values)
    return {"filters": [*filters, mine], "other_filters": [*filters, theirs], "by": by}


def side_pair(plan: Plan) -> Filter | None:
    """Return the filter that names two stores, or two values set side by side, where no two periods are compared."""
    if plan.comparison is not None and plan.comparison.kind == "explicit":
        return None
    beside = plan.comparison is not None and plan.comparison.kind == "values"
    pairs = (item for item in plan.filters if item.op == "in" and len(item.values) == PAIR)
    return next((item for item in pairs if beside or item.dimension == STORE), None)


def compared_periods(asked: Asked, metric: str) -> tuple[Period, Period] | None:
    """Return the period asked about and the one it is set against; None when there is none before it."""
    plan = asked.plan
    if plan.period is None:
        return None
    if plan.grain == "month":
        return _last_months(plan.period)
    against = plan.comparison.period if plan.comparison is not None and plan.comparison.kind != "values" else None
    if against is None:
        service = asked.catalog.metrics[metric].department in ("SVC", "PARTS", "BODY", "service", "parts")
        against = previous_period(plan.period, asked.calendar, "service" if service else "sales")
    return (plan.period, against) if against is not None else None


def _last_months(period: Period) -> tuple[Period, Period]:
    """Return the last month of a line of months and the one before it."""
    start = period.end.replace(day=1)
    before = start - timedelta(days=1)
    now = Period(start=start, end=period.end, label=f"{start:%B %Y}")
    return now, Period(start=before.replace(day=1), end=before, label=f"{before:%B %Y}")


def narrate_explanation(asked: Asked, calls: tuple[Call, ...], results: list[Result]) -> Draft:
    """Return the draft over the decompositions; the first metric's gives the headline and the chart."""
    mine = [(call, result) for call, result in zip(calls, results, strict=True) if call.tool == TOOL]
    told = [_Told(asked, call, result) for call, result in mine if not result.error]
    findings = [*told[0].findings(), *(finding for one in told[1:] for finding in one.beside())]
    specs: list[TableSpec] = []
    for one in told:
        specs += one.tables(len(specs) + 1)
    first = told[0]
    caveats = [say("explain", "residual")] if first.bridge is not None else [say("explain", "unavailable", Label=first.info.label)]
    if not first.base.period_complete and first.base.period:
        caveats.append(say("notes", "running", period=first.base.period))
    return Draft(
        headline=first.headline(),
        findings=tuple(findings),
        tables=tuple(specs),
        caveats=tuple(caveats),
        chart=first.chart(),
        author="offline",
    )


class _Told:
    """One decomposition, ready to be put in words."""

    def __init__(self, asked: Asked, call: Call, result: Result) -> None:
        self.asked, self.words = asked, result.words
        self.info: MetricInfo = asked.catalog.metrics[call.args["metric"]]
        mine = [table for table in result.tables if table.tool == TOOL]
        self.base = next(t for t in mine if t.columns in ENDS)
        self.bridge = next((t for t in mine if any(DRIVER in row.names for row in t.rows)), None)
        self.cuts = [t for t in mine if t is not self.bridge and t is not self.base and t.rows]
        names = {**{k: v for t in result.tables for k, v in t.filter_names.items()}, **name_refs(tuple(result.tables))}
        quoted = list(dict.fromkeys(NUMERAL.findall(asked.question)))
        pair = side_pair(asked.plan)
        self.where = filter_words(tuple(f for f in asked.plan.filters if f is not pair), asked.catalog, names, quoted)
        now, before, change = self.base.rows[-1].cells
        assert now is not None and before is not None and change is not None  # noqa: PT018, S101 - the tool refuses otherwise
        self.now, self.before, self.change = now, before, change
        self.joined = "at" if pair is not None and pair.dimension == STORE else "for"
        self.stores = tuple(names.get((pair.dimension, value), "") for value in pair.values) if pair is not None else ()

    @property
    def _sides(self) -> dict[str, str]:
        """Return the words for both sides: periods, or stores of one period."""
        if self.stores:
            here, there = (say("explain", self.joined, store=store) for store in self.stores)
            return {"period": here, "other": there}
        on = self.info.snapshot
        return {"period": period_words(self.now.period, on=on), "other": period_words(self.before.period, on=on)}

    def headline(self) -> str:
        """Return the figure, its change and what it is compared with."""
        period = period_words(self.now.period, on=self.info.snapshot)
        words = {"Label": self.info.label, "value": spoken(self.now), "where": self.where, "before": spoken(self.before)}
        words["change"] = spoken(self.change)
        if self.stores or self.base.columns == ENDS[1]:
            side = say("directions", "lower" if _value(self.change) < 0 else "higher")
            here, there = self._sides["period"], self._sides["other"]
            return say("explain", "pair" if self.stores else "target", period=period, side=side, here=here, there=there, **words)
        moved = bool(self.change.value)
        shape = {"direction": direction(_value(self.change)), "other": self._sides["other"]} if moved else {"other": self._sides["other"]}
        extra = say("explain", "versus" if moved else "flat", change=words.pop("change"), before=words.pop("before"), **shape)
        return say("explain", "headline", extra=extra, period=period, **words)

    def findings(self) -> list[Finding]:
        """Return the drivers, then the groups that carry the change, then what the mix did."""
        drivers = self._drivers()
        leading = [row for row in drivers if self._drives(_effect(row))]
        found = self._contrary(drivers)
        if leading:
            found.append(Finding(text=say("explain", "driver", **_named(leading[0])), kind="cause"))
        if len(leading) > 1:
            listed = say("joiners", "comma").join(say("explain", "named", **_named(row)) for row in leading[1 : 1 + MORE])
            found.append(Finding(text=say("explain", "more", drivers=listed), kind="cause"))
        against = [row for row in drivers if (cell := _effect(row)) is not None and cell.value and not self._drives(cell)]
        if against and leading and not self.contrary:
            found.append(Finding(text=say("explain", "offset", **_named(against[0])), kind="cause"))
        found += self._groups("leads")
        if "Simpson" in self.words:
            found.append(Finding(text=say("explain", "simpson"), kind="note"))
        return found or [Finding(text=say("explain", "nothing"), kind="note")]

    @property
    def contrary(self) -> bool:
        """Whether the figure moved the other way than the question supposes (`what's hurting PVR` of one that rose)."""
        good = {"up": 1, "down": -1}.get(self.info.good, 0) * _value(self.change)
        return {HURTS: good, HELPS: -good}.get(self.asked.plan.topic or "", Decimal(0)) > 0

    def _contrary(self, drivers: list[Row]) -> list[Finding]:
        """Say that the figure moved the other way, and what worked against that: what was asked for."""
        if not self.contrary:
            return []
        against = [row for row in drivers if (cell := _effect(row)) is not None and cell.value and not self._drives(cell)]
        lines = [Finding(text=say("explain", "offset", **_named(row)), kind="cause") for row in against[:MORE]]
        lines += self._groups("opposes")
        kind = str(self.asked.plan.topic)
        return [Finding(text=say("explain", kind if lines else f"{kind}_nothing", change=spoken(self.change)), kind="note"), *lines]

    def beside(self) -> list[Finding]:
        """Return the figure's own line and its findings, each by its name, for an answer that another figure leads."""
        named = (f.model_copy(update={"text": f"{self.info.label}: {lowered(f.text)}"}) for f in self.findings())
        return [Finding(text=self.headline(), kind="change"), *named]

    def _drivers(self) -> list[Row]:
        rows = self.bridge.rows[:-2] if self.bridge is not None else ()
        known = [row for row in rows if (cell := _effect(row)) is not None and cell.value]
        return sorted(known, key=lambda row: -abs(_value(_effect(row))))

    def _drives(self, cell: Cell | None) -> bool:
        return cell is not None and _value(cell) * _value(self.change) > 0

    def _opposes(self, cell: Cell | None) -> bool:
        return cell is not None and _value(cell) * _value(self.change) < 0

    def _groups(self, lead: str) -> list[Finding]:
        """Return of each cut the group that carries most of the change, or works most against it."""
        found, meant = [], self._drives if lead == "leads" else self._opposes
        for table in self.cuts[:TOLD_GROUPS]:
            row = next((row for row in table.rows if meant(row.cells[2])), None)
            if row is None:
                continue
            dimension, (ref, value) = next(iter(row.names.items()))
            now, before, effect, rate, mix = row.cells
            if not ref or value == "(none)" or effect is None or not (_value(now) or _value(before)):
                continue
            words = {"group": ref, "effect": spoken(effect), "dimension": lowered(self.asked.catalog.dimensions[dimension].label)}
            words |= {
                "lead": say("explain", lead),
                "carries": say("explain", f"{lead}_carries"),
                "now": _said(now),
                "before": _said(before),
                **self._sides,
            }
            known = rate is not None and rate.value is not None and mix is not None and mix.value is not None
            words["pieces"] = say("explain", "rate", rate=_said(rate), mix=_said(mix)) if known else ""
            found.append(Finding(text=say("explain", _shape(now, before), **words), kind="cause"))
        return found

    def tables(self, first: int) -> list[TableSpec]:
        """Return the bridge and the cuts as tables."""
        specs = []
        label = lowered(self.info.label)
        if self.bridge is not None:
            specs.append(TableSpec(ref=f"t{first}", table=self.bridge.id, title=say("explain", "bridge_title", label=label)))
        for table in self.cuts:
            dimension = lowered(self.asked.catalog.dimensions[next(iter(table.rows[0].names))].label)
            title = say("explain", "by_title", Label=self.info.label, dimension=dimension)
            specs.append(TableSpec(ref=f"t{first + len(specs)}", table=table.id, title=title))
        return specs

    def chart(self) -> ChartSpec | None:
        """Return the waterfall of the bridge."""
        if self.bridge is None or not self._drivers():
            return None
        title = say("explain", "bridge_title", label=lowered(self.info.label))
        return ChartSpec(table=self.bridge.id, kind="waterfall", x=DRIVER, y=("Contribution",), title=title)


def _effect(row: Row) -> Cell | None:
    return row.cells[0]


def _value(cell: Cell | None) -> Decimal:
    return cell.value if cell is not None and cell.value is not None else Decimal(0)


def _named(row: Row) -> dict[str, str]:
    cell = _effect(row)
    return {"driver": row.names[DRIVER][0], "effect": spoken(cell) if cell is not None else ""}


def _said(cell: Cell | None) -> str:
    return spoken(cell) if cell is not None and cell.value is not None else ""


def _shape(now: Cell | None, before: Cell | None) -> str:
    if now is None or not now.value:
        return "gone"
    return "newcomer" if before is None or not before.value else "group"
