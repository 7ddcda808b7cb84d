"""Hostile sizes and shapes end typed, in well under a second."""

from __future__ import annotations

import sys
from time import thread_time

import pytest

from vendora_graph.warehouse.guard import examine
from vendora_graph.warehouse.guard.lexical import MAX_CHARS
from vendora_graph.warehouse.tenancy import Tenancy

ANY = Tenancy.single().policy(())
DIALECTS = ("duckdb", "postgres", "bigquery", "sqlite")


def nested(opening: str, closing: str, depth: int, start: str = "SELECT ", core: str = "1") -> str:
    return start + opening * depth + core + closing * depth


HOSTILE = {
    "a thousand parentheses": nested("(", ")", 1000),
    "ten thousand ors": "SELECT 1 FROM t WHERE " + " OR ".join(f"a = {n}" for n in range(10_000)),
    "a megabyte of name": "SELECT " + "x" * 1_000_000,
    "a megabyte of spaces": "SELECT 1" + " " * 1_000_000,
    "a megabyte of comment": "SELECT 1 /*" + "x" * 1_000_000 + "*/",
    "a megabyte of string": "SELECT '" + "x" * 1_000_000 + "'",
    "parentheses never closed": "SELECT " + "(" * 5000,
    "closed before opened": "SELECT " + ")" * 5000,
    "arrays": nested("ARRAY[", "]", 24),
    "structs": nested("STRUCT(", ")", 24),
    "decimals": nested("DECIMAL(", ")", 24),
    "casts": nested("CAST(", " AS INT)", 24),
    "functions": nested("COALESCE(1, ", ")", 300),
    "subqueries": nested("(SELECT ", ")", 300),
    "derived tables": nested("(SELECT * FROM ", ") AS a", 100, "SELECT * FROM ", "t"),
    "cases": nested("CASE WHEN 1 = 1 THEN ", " END", 400),
    "nots": "SELECT " + "NOT " * 5000 + "TRUE",
    "minuses": "SELECT " + "- " * 5000 + "1",
    "double colons": "SELECT 1" + "::INT" * 2500,
    "double colons of a length that is read": "SELECT a" + "::INT" * 1200,
    "dots": "SELECT " + ".".join(["a"] * 4000),
    "indexes": "SELECT a" + "[1]" * 1500,
    "pluses": "SELECT " + "+".join(["1"] * 2900),
    "concatenations": "SELECT " + " || ".join(["'a'"] * 2900),
    "unions": " UNION ALL ".join(["SELECT 1"] * 1400),
    "joins": "SELECT 1 FROM a " + " ".join(f"JOIN t{n} ON TRUE" for n in range(900)),
    "withs": "WITH " + ", ".join(f"c{n} AS (SELECT 1)" for n in range(700)) + " SELECT 1",
    "betweens": "SELECT " + "1 BETWEEN " * 500 + "1" + " AND 1" * 500,
    "intervals": "SELECT " + "INTERVAL " * 2000 + "1",
    "time zones": "SELECT x" + " AT TIME ZONE 'UTC'" * 1200,
    "collations": "SELECT x" + " COLLATE a" * 1500,
    "arrows": "SELECT a" + " -> 'b'" * 1500,
    "windows": nested("SUM(1) OVER (ORDER BY ", ")", 60),
    "statements": "SELECT 1;" * 2000,
    "open quotes": "SELECT '" * 1001,
    "open comments": "/*" * 5001,
    "safe calls": nested("SAFE.SUBSTR(", ")", 23),
    "aliases": "SELECT " + ", ".join(f"1 AS a{n}" for n in range(1400)),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_statement_ends_typed_and_soon(name: str, dialect: str):
    started = thread_time()
    decision = examine(HOSTILE[name], dialect, ANY)
    assert thread_time() - started < 1.0
    assert decision.verdict == "refuse" or decision.sql


@pytest.mark.parametrize("name", ["a thousand parentheses", "ten thousand ors", "a megabyte of string", "arrays"])
def test_the_named_ones_are_refused_by_a_bound(name: str):
    assert examine(HOSTILE[name], "duckdb", ANY).rule in ("length", "depth")


def test_the_depth_of_the_caller_s_stack_ends_typed_too():
    def deep(levels: int) -> str:
        return deep(levels - 1) if levels else examine(nested("(SELECT ", ")", 20), "duckdb", ANY).verdict

    assert deep(sys.getrecursionlimit() - 260) in ("accept", "refuse")


def test_a_long_legitimate_statement_is_read():
    sql = "SELECT " + ", ".join(f"SUM(CASE WHEN a = {n} THEN b ELSE 0 END) AS c{n}" for n in range(120)) + " FROM t"
    assert len(sql) < MAX_CHARS
    assert examine(sql, "duckdb", ANY).accepted
