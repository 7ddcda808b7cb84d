# ruff: noqa: SIM905 - words read better than a list of quotes
"""The access matrix, role by class by scope, against the trade's table written down once more by hand."""

from __future__ import annotations

import pytest

from vendora_graph.access import AccessRules, build
from vendora_graph.contracts import Principal
from vendora_graph.disclosure import DifferencingGuard, suppressed
from vendora_graph.errors import ConfigError, QuestionError
from vendora_graph.warehouse.guard import examine
from vendora_graph.warehouse.tenancy import Tenancy

RULES = AccessRules.load()
TENANCY = Tenancy.dealership()

# F full, H half, - none; classes in the order of the page, roles as in the header.
ROLES = (
    "salesperson bdc service_advisor technician parts_manager fi_manager sales_manager service_manager controller general_manager".split()
)
ROLES += ["dealer_principal", "group_cfo", "admin"]
PAGE = {
    "units":                "F H - - - F F H F F F F -",
    "gross":                "H - - - - F F - F F F F -",
    "gross_by_person":      "H - - - - H F - F F F F -",
    "fi":                   "- - - - - F H - F F F H -",
    "cost":                 "- - - - - F F - F F F F -",
    "inventory":            "F F - - - F F H F F F F -",
    "leads":                "H H - - - - F - - F F H -",
    "fixed":                "- - H H H - - F F F F F -",
    "productivity_by_name": "- - H H - - - F H F H - -",
    "pay":                  "H - H H - - H - F H F H -",
    "department_pnl":       "- - - - H H H H F F F F -",
    "store_pnl":            "- - - - - - - - F F F F -",
    "customer_name":        "H H H H - F F F F F F H -",
    "customer_contact":     "H H H H - H H H H H H H -",
    "csi_by_person":        "H - H H - H F F - F F H -",
    "targets":              "H F F F F F F F F F F F -",
}  # fmt: skip
CELLS = [(role, name, mark) for name, row in PAGE.items() for role, mark in zip(ROLES, row.split(), strict=True)]


@pytest.mark.parametrize(("role", "access_class", "mark"), CELLS)
def test_a_cell_is_as_on_the_page(role: str, access_class: str, mark: str):
    cell = RULES.cell(role, access_class)
    assert {"F": cell.plain, "H": cell.allowed and not cell.plain, "-": not cell.allowed}[mark]


@pytest.mark.parametrize("by_person", [False, True])
@pytest.mark.parametrize("access_class", sorted(RULES.labels))
@pytest.mark.parametrize("role", sorted(RULES.roles))
def test_every_decision_explains_itself(role: str, access_class: str, by_person: bool):
    access = RULES.decide(role, access_class, by_person=by_person)
    cell = RULES.cell(role, access_class)
    assert access.scope == ("own" if cell.own else {"own": "store"}.get(RULES.roles[role].scope, RULES.roles[role].scope))
    if access.allowed:
        assert not access.who_may
        assert bool(access.reason) is (cell.own or cell.k > 1 or cell.rows is not None)
    else:
        assert RULES.roles[role].label in access.reason
        assert access.who_may or access_class in ("audit", "customer_contact")
        assert all(label in access.reason for label in access.who_may)


@pytest.mark.parametrize("role", sorted(RULES.roles))
def test_sql_of_a_role_reads_a_column_only_where_its_cell_is_full(role: str):
    policy = TENANCY.policy(["s1"], classes=RULES.sql_classes(role), masked=RULES.masked_classes(role))
    for (table, column), access_class in TENANCY.column_access.items():
        decision = examine(f"SELECT {column} FROM {table}", "duckdb", policy)
        cell = RULES.cell(role, access_class)
        table_open = TENANCY.table_access.get(table) in (None, *RULES.sql_classes(role))
        assert decision.accepted is (table_open and (cell.plain or (cell.masked and access_class in TENANCY.maskable)))
        if decision.accepted and not cell.plain:
            assert f"'***' AS {column}" in decision.sql


def test_an_own_cell_needs_a_filter_and_totals_refuse_people():
    assert RULES.decide("salesperson", "gross", by_person=True).scope == "own"
    refused = RULES.decide("sales_manager", "fi", by_person=True)
    assert not refused.allowed
    assert "in total, not by person" in refused.reason
    assert RULES.decide("sales_manager", "fi").allowed


def test_a_department_sees_its_own_profit_and_no_other():
    assert RULES.decide("service_manager", "department_pnl", department="service").allowed
    refused = RULES.decide("service_manager", "department_pnl", department="sales")
    assert "own area" in refused.reason
    assert RULES.decide("service_manager", "inventory", name="recon_avg").allowed
    assert not RULES.decide("service_manager", "inventory", name="units_in_stock").allowed


def test_pay_is_shown_of_five_people_or_more():
    assert RULES.decide("general_manager", "pay").k == 5
    assert not RULES.decide("general_manager", "pay", by_person=True).allowed
    assert RULES.decide("general_manager", "customer_contact").rows == 25


def test_a_refusal_names_who_may_and_offers_what_one_may():
    access = RULES.decide("bdc", "store_pnl")
    assert access.who_may == ("controller", "general manager", "dealer principal", "group CFO")
    assert "inventory ages and prices" in access.instead


@pytest.mark.parametrize(
    ("word", "role"), [("executive", "dealer_principal"), ("GM", "general_manager"), ("Sales Manager", "sales_manager")]
)
def test_words_for_roles(word: str, role: str):
    assert RULES.role_name(word) == role


def test_an_unknown_role_is_told_the_known_ones():
    with pytest.raises(QuestionError, match="general_manager"):
        RULES.role_name("generel manager")


def test_every_job_of_the_data_has_a_role_and_house_has_none():
    jobs = "sales fi_mgr sales_mgr used_mgr svc_advisor tech parts_counter parts_mgr bdc svc_mgr gm controller".split()
    assert {RULES.role_of_employee(job) for job in jobs} <= set(RULES.roles)
    assert RULES.role_of_employee("house") is None


def test_only_the_owners_hold_the_group_and_the_floor_asks_back():
    assert [role for role in RULES.roles if RULES.spans_group(role)] == ["dealer_principal", "group_cfo"]
    assert [role for role in RULES.roles if RULES.asks_back(role)] == ["salesperson", "bdc", "service_advisor", "technician"]


def test_classes_of_a_principal():
    principal = Principal(user_id="u", role="technician", dealership_ids=("s1",), home_dealership_id="s1")
    assert RULES.classes(principal) == (
        "csi_by_person",
        "customer_contact",
        "customer_name",
        "fixed",
        "pay",
        "productivity_by_name",
        "targets",
    )


def test_an_unknown_class_is_closed_and_none_is_open():
    assert not RULES.decide("dealer_principal", "nonsense").allowed
    assert RULES.decide("technician", "").allowed


def test_a_matrix_that_does_not_fit_is_refused():
    import yaml

    from vendora_graph import access

    data = yaml.safe_load((access.files("vendora_graph") / "access.yaml").read_text())
    data["matrix"]["units"] = data["matrix"]["units"][1:]
    with pytest.raises(ConfigError, match="units"):
        build(data)


def test_small_groups_and_their_complement_are_withheld():
    assert suppressed({"a": 3, "b": 9}, 5, total_known=False) == {"a"}
    assert suppressed({"a": 3, "b": 9, "c": 20}, 5, total_known=True) == {"a", "b"}
    assert suppressed({"a": 6, "b": 9}, 5, total_known=True) == frozenset()
    assert suppressed({"a": 0, "b": 9}, 5, total_known=True) == frozenset()


def test_two_sums_that_differ_by_one_person_are_not_both_shown():
    guard = DifferencingGuard(k=5)
    assert guard.show(frozenset("abcdefgh"))
    assert not guard.show(frozenset("abcdefg"))
    assert not guard.show(frozenset("abcd"))
    assert guard.show(frozenset("ijklmnop"))


def test_three_sums_that_isolate_one_person_together_are_not_all_shown():
    guard = DifferencingGuard(k=2)
    assert guard.show(frozenset("ab"))
    assert guard.show(frozenset("bc"))
    assert not guard.show(frozenset("ac")), "(ab + ac - bc) / 2 is a alone"
    assert guard.show(frozenset("cd"))
