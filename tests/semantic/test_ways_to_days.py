"""Which measures a day of the week, a serviced car and a lead can cut: only those that are dated by that day and know that thing."""

from __future__ import annotations

import pytest

from vendora_graph.semantic.catalog import Catalog
from vendora_graph.semantic.loader import load_catalog


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load_catalog(None, tmp_path_factory.mktemp("ways")).catalog


@pytest.mark.parametrize("metric", ["units_retail", "front_pvr", "ro_count", "elr", "leads", "appts", "trades"])
def test_the_weekday_of_its_own_date_cuts_a_measure(catalog: Catalog, metric: str) -> None:
    assert {"weekday", "part_of_week", "holiday"} <= set(catalog.metrics[metric].dimensions)


@pytest.mark.parametrize("metric", ["units_delivered", "units_contracted", "unwinds", "ros_opened", "leads_sold", "appts_set"])
def test_no_measure_is_cut_by_the_weekday_of_another_date(catalog: Catalog, metric: str) -> None:
    assert "weekday" not in catalog.metrics[metric].dimensions


@pytest.mark.parametrize("metric", ["inv_units", "cit_balance", "net_profit", "open_ros"])
def test_positions_and_books_have_no_weekday(catalog: Catalog, metric: str) -> None:
    assert "weekday" not in catalog.metrics[metric].dimensions


def test_service_is_told_by_the_serviced_car_and_trades_by_the_car_bought(catalog: Catalog) -> None:
    assert catalog.path("ro_count", "make").endswith("vehicle_kind__make")
    assert catalog.path("trades", "make") == "deal__make"


@pytest.mark.parametrize("metric", ["closing_ratio", "demo_rate", "ups", "visits_sold"])
def test_visits_are_not_told_by_what_only_the_few_with_a_lead_know(catalog: Catalog, metric: str) -> None:
    assert not {"new_or_used", "lead_source", "lead_channel"} & set(catalog.metrics[metric].dimensions)
