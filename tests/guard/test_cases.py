"""Every case on file: attacks are refused, legitimate statements are accepted, and what a policy leaves out stays out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from vendora_graph.access import AccessRules
from vendora_graph.warehouse.guard import AccessPolicy, examine
from vendora_graph.warehouse.tenancy import Tenancy

CASES = Path(__file__).parent / "cases"
ANY = Tenancy.single().policy(())
STORE = Tenancy.dealership().policy(["dealer_001"])


def read(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", read("attacks.jsonl"), ids=lambda case: f"{case['dialect']}: {case['sql'][:60]!r}")
def test_an_attack_is_refused_and_told_what_to_change(case: dict[str, str]):
    for policy in (ANY, STORE):
        decision = examine(case["sql"], case["dialect"], policy)
        assert decision.verdict == "refuse"
        assert decision.sql == ""
        assert decision.reason.endswith(".")


@pytest.mark.parametrize("case", read("legitimate.jsonl"), ids=lambda case: f"{case['dialect']}: {case['sql'][:60]!r}")
def test_a_legitimate_statement_is_accepted_and_reads_the_same_again(case: dict[str, str]):
    decision = examine(case["sql"], case["dialect"], ANY if case["any_table"] else STORE)
    assert (decision.verdict, decision.reason) == ("accept", "")
    again = examine(decision.sql, case["dialect"], ANY.with_parameters(tuple(name for name, _ in decision.params)))
    assert again.sql == decision.sql


@pytest.mark.parametrize("case", yaml.safe_load((CASES / "outside.yaml").read_text()), ids=lambda case: case["sql"][:60])
def test_what_the_policy_leaves_out_stays_out(case: dict[str, str]):
    decision = examine(case["sql"], case.get("dialect", "duckdb"), policy_of(case.get("role")))
    assert (decision.verdict, decision.rule) == ("refuse", case["rule"])


def policy_of(role: str | None) -> AccessPolicy:
    if role is None:
        return STORE
    rules = AccessRules.load()
    return Tenancy.dealership().policy(["dealer_001"], classes=rules.sql_classes(role), masked=rules.masked_classes(role))


def test_there_are_enough_cases():
    assert sum(len(read(name)) for name in ("attacks.jsonl", "legitimate.jsonl")) > 600


def test_a_masked_column_is_read_as_stars():
    decision = examine("SELECT customer_name FROM customer", "duckdb", policy_of("group_cfo"))
    assert decision.accepted
    assert "'***' AS customer_name" in decision.sql
    assert "customer.customer_name" not in decision.sql


def test_an_unknown_dialect_is_refused():
    assert examine("SELECT 1", "oracle", ANY).rule == "dialect"  # type: ignore[arg-type]


@pytest.mark.parametrize(("sql", "name"), [("SELECT deal_id FROM deel", "deal"), ("SELECT d.front_gros FROM deal AS d", "front_gross")])
def test_a_near_miss_is_named(sql: str, name: str):
    assert f"did you mean {name}" in examine(sql, "duckdb", STORE).reason
