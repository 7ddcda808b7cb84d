# ruff: noqa: E501 - statements are easier to read in one line
"""Statements over the dealership's schema, generated: joins of every kind, subqueries everywhere, WITH names that shadow, set operations."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

COLUMNS = {
    line.partition(":")[0]: line.partition(":")[2].split()
    for line in (Path(__file__).parents[2] / "vendora_graph" / "warehouse" / "columns.txt").read_text().splitlines()
}
FACTS = [
    "deal",
    "deal_salesperson",
    "lead",
    "repair_order",
    "ro_line",
    "inventory_snapshot",
    "payroll",
    "v_retail_deal",
    "appraisal",
    "trade_in",
    "dealership",
]
DIMS = {"customer": "customer_id", "employee": "employee_id", "vehicle": "vehicle_id", "inventory_unit": "inventory_unit_id"}
TEXT = {"customer": "customer_name", "employee": "full_name", "vehicle": "make", "inventory_unit": "make"}
LINKS = {
    "deal": {"customer": "customer_id", "vehicle": "vehicle_id", "inventory_unit": "inventory_unit_id", "employee": "fi_manager_id"},
    "deal_salesperson": {"employee": "employee_id"},
    "lead": {"customer": "customer_id", "employee": "assigned_to"},
    "repair_order": {"customer": "customer_id", "vehicle": "vehicle_id", "employee": "advisor_id"},
    "ro_line": {"employee": "advisor_id"},
    "inventory_snapshot": {"inventory_unit": "inventory_unit_id"},
    "payroll": {"employee": "employee_id"},
    "v_retail_deal": {"customer": "customer_id", "employee": "desk_manager_id"},
    "appraisal": {"customer": "customer_id", "vehicle": "vehicle_id", "employee": "appraiser_id"},
    "trade_in": {"vehicle": "vehicle_id", "employee": "employee_id"},
}
JOINS = st.sampled_from(["JOIN", "INNER JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
ESCAPES = st.sampled_from(
    [
        "1 = 1",
        "f.dealership_id = 's1' OR 1 = 1",
        "f.dealership_id = 's2'",
        "f.dealership_id <> 's1'",
        "f.dealership_id IS NOT NULL",
        "TRUE OR FALSE",
    ]
)


@st.composite
def linked(draw: st.DrawFn) -> str:
    """A fact joined to a dimension, plainly or through a derived table, either side first."""
    fact = draw(st.sampled_from(sorted(LINKS)))
    dim = draw(st.sampled_from(sorted(LINKS[fact])))
    fk, key, join = LINKS[fact][dim], DIMS[dim], draw(JOINS)
    source = draw(
        st.sampled_from([f"{fact} AS f", f"(SELECT * FROM {fact}) AS f", f"(SELECT dealership_id, {fk} AS {fk} FROM {fact}) AS f"])
    )
    on = draw(
        st.sampled_from(
            [f"f.{fk} = d.{key}", f"d.{key} = f.{fk} AND f.dealership_id > 'a'", f"f.{fk} = d.{key} OR d.{key} IS NULL", "TRUE"]
        )
    )
    first, second = draw(st.sampled_from([(source, f"{dim} AS d"), (f"{dim} AS d", source)]))
    return f"SELECT d.{key} AS a, d.{TEXT[dim]} AS b, f.dealership_id AS c FROM {first} {join} {second} ON {on} WHERE {draw(ESCAPES)}"


@st.composite
def single(draw: st.DrawFn) -> str:
    """One relation, every column or some, with subqueries in every place."""
    table = draw(st.sampled_from([*FACTS, "calendar"]))
    owner = "dealership_id" if "dealership_id" in COLUMNS[table] else COLUMNS[table][0]
    columns = draw(st.lists(st.sampled_from(COLUMNS[table]), min_size=2, max_size=2, unique=True))
    return draw(
        st.sampled_from(
            [
                f"SELECT {columns[0]} AS a, {columns[1]} AS b, {owner} AS c FROM {table}",
                f"SELECT COUNT(*) AS a, MIN({columns[0]}) AS b, MAX({owner}) AS c FROM {table}",
                f"SELECT (SELECT COUNT(*) FROM {table}) AS a, MAX({owner}) AS b, COUNT(DISTINCT deal_id) AS c FROM deal",
                f"SELECT f.{owner} AS a, COUNT(*) AS b, MAX(f.{columns[0]}) AS c FROM {table} AS f GROUP BY f.{owner} HAVING COUNT(*) < (SELECT COUNT(*) FROM {table})",
                f"SELECT x.{owner} AS a, y.{owner} AS b, COUNT(*) AS c FROM {table} AS x, {table} AS y GROUP BY 1, 2",
                f"SELECT f.{owner} AS a, 1 AS b, 2 AS c FROM {table} AS f WHERE EXISTS (SELECT 1 FROM dealership AS o WHERE o.dealership_id <> 's1')",
                f"SELECT f.{owner} AS a, l.n AS b, 2 AS c FROM {table} AS f, LATERAL (SELECT COUNT(*) AS n FROM {table} AS g WHERE g.{owner} = f.{owner}) AS l",
                f"WITH {table} AS (SELECT * FROM {table}) SELECT {columns[0]} AS a, {columns[1]} AS b, {owner} AS c FROM {table}",
                f"WITH q AS (SELECT * FROM {table}), deal AS (SELECT {owner} AS o FROM q) SELECT COUNT(*) AS a, MAX(o) AS b, MIN(o) AS c FROM deal",
                f"SELECT {columns[0]} AS a, {owner} AS b, ROW_NUMBER() OVER (ORDER BY {columns[0]}, {columns[1]}, {owner}) AS c FROM {table} QUALIFY c > 0",
                f"SELECT {owner} AS a, MAX({columns[0]}) AS b, COUNT(*) FILTER (WHERE {columns[1]} IS NULL) AS c FROM {table} GROUP BY ALL",
            ]
        )
    )


@st.composite
def dimension(draw: st.DrawFn) -> str:
    """A dimension read by itself, or beside a fact without their key."""
    dim = draw(st.sampled_from(sorted(DIMS)))
    key, text = DIMS[dim], TEXT[dim]
    return draw(
        st.sampled_from(
            [
                f"SELECT {key} AS a, {text} AS b, 1 AS c FROM {dim}",
                f"SELECT COUNT(*) AS a, MIN({text}) AS b, MAX({text}) AS c FROM {dim}",
                f"SELECT d.{key} AS a, d.{text} AS b, 1 AS c FROM {dim} AS d WHERE d.{key} NOT IN (SELECT o.{key} FROM {dim} AS o WHERE o.{text} LIKE 'Z%')",
                f"SELECT d.{key} AS a, (SELECT MAX(o.{text}) FROM {dim} AS o) AS b, 1 AS c FROM {dim} AS d",
                f"SELECT d.{key} AS a, d.{text} AS b, (SELECT MAX(o.{text}) FROM {dim} AS o WHERE o.{key} <> d.{key}) AS c FROM deal AS f JOIN {dim} AS d ON TRUE",
                "SELECT group_id AS a, group_name AS b, 1 AS c FROM dealer_group",
            ]
        )
    )


@st.composite
def statements(draw: st.DrawFn) -> str:
    """Any of them, or a set operation of two, or one as a derived table."""
    one = draw(st.one_of(linked(), single(), dimension()))
    form = draw(st.integers(0, 4))
    if form == 0:
        other = draw(st.one_of(linked(), dimension()))
        word = draw(st.sampled_from(["UNION ALL", "UNION", "EXCEPT", "INTERSECT"]))
        text = "SELECT CAST(a AS VARCHAR) AS a, CAST(b AS VARCHAR) AS b, CAST(c AS VARCHAR) AS c FROM"
        return f"{text} ({one}) AS p {word} {text} ({other}) AS q"
    if form == 1:
        return f"SELECT COUNT(*) AS n, MAX(CAST(b AS VARCHAR)) AS m FROM ({one}) AS z"
    return one
