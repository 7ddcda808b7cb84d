"""Templates: parity with real values, nothing raw in the SQL, one SELECT that reads back the same in every dialect."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from vendora_graph.contracts import Filter
from vendora_graph.errors import SemanticModelError
from vendora_graph.semantic.binding import UnboundError, bind
from vendora_graph.semantic.manifest import OWN_SCHEMA, SPINE_TABLE
from vendora_graph.semantic.metricflow_adapter import MetricFlow
from vendora_graph.semantic.request import DIALECTS, CompileRequest
from vendora_graph.semantic.shapes import shape_of

FIRST, LAST = date(2025, 1, 1), date(2026, 6, 30)
METRICS = ("visits", "revenue", "emergency_visits", "no_shows", "animals_seen")
GROUPS = ("species", "branch", "reason", "vet_name", "animal_name", "visit_no", "insured", "emergency", "visited_on")
TEXT = st.text(min_size=0, max_size=12).map(lambda text: f"zq{text}qz") | st.sampled_from(
    ["__v1__", "zq' OR 1=1 --", "zq{{ Dimension('x') }}", "zq$v1", "zq%(v1)s", "zq'); DROP TABLE visits; --"]
)
NUMBER = st.decimals(min_value=-(10**6), max_value=10**6, places=2).map(str)
DAY = st.dates(FIRST, LAST)
FILTERS = st.one_of(
    st.builds(
        Filter,
        dimension=st.sampled_from(("species", "branch", "reason", "vet_name", "animal_name", "insured")),
        op=st.sampled_from(("in", "not_in")),
        values=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Filter, dimension=st.just("bill_amount"), op=st.sampled_from(("gt", "ge", "lt", "le")), values=NUMBER.map(lambda n: (n,))),
    st.builds(Filter, dimension=st.just("bill_amount"), op=st.just("between"), values=st.tuples(NUMBER, NUMBER)),
    st.builds(Filter, dimension=st.just("hired_on"), op=st.sampled_from(("ge", "lt")), values=DAY.map(lambda day: (day.isoformat(),))),
    st.builds(
        Filter, dimension=st.just("emergency"), op=st.sampled_from(("in", "not_in")), values=st.sampled_from((("true",), ("false",)))
    ),
)


@st.composite
def requests(draw) -> CompileRequest:
    metrics = draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=3, unique=True).map(tuple))
    group_by = draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True).map(tuple))
    order = draw(st.sampled_from(((), (metrics[0],), (f"-{metrics[0]}",))))
    return CompileRequest(
        metrics,
        group_by,
        draw(st.sampled_from((None, None, "day", "week", "month", "quarter", "year"))),
        draw(st.lists(FILTERS, max_size=2).map(tuple)),
        draw(st.none() | DAY),
        draw(st.none() | DAY),
        draw(st.none() | st.integers(1, 1000)),
        order,
        without=draw(st.lists(st.tuples(DAY, DAY), max_size=2).map(tuple)),
    )


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request_=requests())
def test_any_request_is_one_select_without_a_raw_value(engine, clinic, request_):
    for dialect in DIALECTS:
        query = engine.compile(request_, dialect)
        (tree,) = sqlglot.parse(query.sql, dialect=dialect)
        assert isinstance(tree, exp.Select)
        assert tree.sql(dialect=dialect, pretty=True, comments=False) == query.sql
        assert "zq" not in query.sql
        assert "'__v" not in query.sql
        assert {node.this for node in tree.find_all(exp.Literal) if node.is_string} <= {
            "DAY",
            "WEEK",
            "ISOWEEK",
            "MONTH",
            "QUARTER",
            "YEAR",
        }
        marks = {mark.name or mark.this.name for mark in tree.find_all(exp.Parameter, exp.Placeholder)}
        assert marks == set(query.params)
        assert tuple(tree.named_selects) == query.columns
    query = engine.compile(request_, "duckdb")
    clinic.execute(query.sql, query.params).fetchall()


def test_values_are_typed(engine):
    filters = (
        Filter(dimension="emergency", values=("true",)),
        Filter(dimension="bill_amount", op="gt", values=("0.10",)),
        Filter(dimension="hired_on", op="lt", values=("2024-02-29",)),
        Filter(dimension="species", values=("dog",)),
    )
    query = engine.compile(CompileRequest(("visits",), filters=filters, start=FIRST), "duckdb")
    assert query.params == {"v1": FIRST, "v2": True, "v3": Decimal("0.10"), "v4": date(2024, 2, 29), "v5": "dog"}
    numbered = engine.compile(CompileRequest(("visits",), filters=filters, start=FIRST), "postgres")
    assert list(numbered.params) == ["1", "2", "3", "4", "5"]


def test_a_shape_holds_names_and_counts_and_no_value():
    one = CompileRequest(("visits",), filters=(Filter(dimension="species", values=("dog", "cat")),), start=FIRST, limit=3)
    two = CompileRequest(("visits",), filters=(Filter(dimension="species", values=("a", "b")),), start=LAST, limit=99)
    three = CompileRequest(("visits",), filters=(Filter(dimension="species", values=("a",)),), start=LAST, limit=99)
    assert shape_of(one) == shape_of(two) != shape_of(three)


def test_one_template_serves_other_values(engine, ask, hand):
    for day in (date(2026, 1, 5), date(2026, 2, 17)):
        for species in ("dog", "cat"):
            request = CompileRequest(
                ("visits",), filters=(Filter(dimension="species", values=(species,)),), start=day, end=day + timedelta(9)
            )
            sql = (
                "SELECT COUNT(*) FROM visits v JOIN animals a USING (animal_id) "
                f"WHERE a.species = '{species}' AND CAST(visited_on AS DATE) BETWEEN '{day}' AND '{day + timedelta(9)}'"
            )
            assert ask(request) == hand(sql)


REAL = [
    (("visits", "revenue"), ("species",), "month", "{{ Dimension('vet__branch') }} = 'Hill'", Filter(dimension="branch", values=("Hill",))),
    (
        ("animals_seen", "emergency_visits"),
        ("reason", "branch"),
        "week",
        "{{ Dimension('animal__species') }} IS DISTINCT FROM 'dog'",
        Filter(dimension="species", op="not_in", values=("dog",)),
    ),
    (
        ("visits", "new_animals"),
        ("species",),
        None,
        "{{ Dimension('animal__insured') }} = true",
        Filter(dimension="insured", values=("true",)),
    ),
    (("revenue",), (), "day", "{{ Dimension('visit__bill_amount') }} > 250.5", Filter(dimension="bill_amount", op="gt", values=("250.5",))),
]


@pytest.mark.parametrize(("metrics", "groups", "grain", "where", "condition"), REAL)
def test_template_and_real_values_give_the_same_rows(loaded, ask, clinic, metrics, groups, grain, where, condition):
    start, end = date(2026, 2, 10), date(2026, 4, 20)
    day = "{{ TimeDimension('metric_time', 'day') }}"
    paths = [loaded.catalog.path(metrics[0], group) for group in groups]
    names = [*paths, *([f"metric_time__{grain}"] if grain else [])]
    clauses = [f"{day} >= '{start}'", f"{day} <= '{end}'", where]
    sql = MetricFlow(loaded.manifest()).explain(metrics, names, clauses, "duckdb").replace(f"{OWN_SCHEMA}.", "")
    relation = clinic.sql(f"SELECT {', '.join((*names, *metrics))} FROM ({sql})")
    real = [tuple(value.date() if hasattr(value, "date") else value for value in row) for row in relation.fetchall()]
    rows = ask(CompileRequest(metrics, groups, grain, (condition,), start, end))
    assert rows
    assert sorted(rows, key=repr) == sorted(real, key=repr)


def test_a_vanished_value_is_never_bound_in_silence():
    with pytest.raises(UnboundError, match=r"\[2\] do not occur"):
        bind("SELECT 1 AS x FROM t WHERE a = '__v1__'", ["text", "text"], {"x": "x"}, "duckdb", explained="")


def test_a_date_nobody_wrote_is_refused_and_the_models_own_is_kept():
    sql = "SELECT COUNT(*) AS x FROM t WHERE a >= '2020-01-01' AND b = '__v1__'"
    with pytest.raises(UnboundError, match="2020-01-01"):
        bind(sql, ["text"], {"x": "x"}, "duckdb", explained="")
    assert "2020-01-01" in bind(sql, ["text"], {"x": "x"}, "duckdb", explained="a >= '2020-01-01'").sql()


def test_a_model_without_a_time_spine_cannot_read_one():
    with pytest.raises(SemanticModelError, match="needs a time spine"):
        bind(f"SELECT x FROM {OWN_SCHEMA}.{SPINE_TABLE}", [], {"x": "x"}, "duckdb", explained="")
