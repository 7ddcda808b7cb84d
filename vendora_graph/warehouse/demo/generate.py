"""The core: every table of the contract as Arrow, ready for any engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from importlib import resources

import pyarrow as pa

from vendora_graph.warehouse.demo.benchmarks import benchmark_table
from vendora_graph.warehouse.demo.config import Config, make_config
from vendora_graph.warehouse.demo.crm import make_leads
from vendora_graph.warehouse.demo.ledger import make_journal
from vendora_graph.warehouse.demo.parts import make_ledger, parts_tables
from vendora_graph.warehouse.demo.plans import plan_tables
from vendora_graph.warehouse.demo.service import make_service
from vendora_graph.warehouse.demo.shared import big_dimensions, small_tables
from vendora_graph.warehouse.demo.staff import staff_tables
from vendora_graph.warehouse.demo.tables_crm import crm_tables
from vendora_graph.warehouse.demo.tables_deal import deal_tables
from vendora_graph.warehouse.demo.tables_fi import fi_tables
from vendora_graph.warehouse.demo.tables_ledger import ledger_tables
from vendora_graph.warehouse.demo.tables_service import service_tables
from vendora_graph.warehouse.demo.tables_shop import shop_tables
from vendora_graph.warehouse.demo.tables_stock import stock_tables
from vendora_graph.warehouse.demo.voice import voice_tables
from vendora_graph.warehouse.demo.world import make_world

DEFAULT_SEED = 20_231_101
DEFAULT_AS_OF = date(2026, 11, 13)


@cache
def schema_sql() -> str:
    """The data contract."""
    return resources.files("vendora_graph.warehouse").joinpath("schema.sql").read_text(encoding="utf-8")


def table_count() -> int:
    """Tables of the contract; the generator yields each of them once."""
    return schema_sql().count("CREATE TABLE ")


def generate(
    *,
    seed: int = DEFAULT_SEED,
    as_of: date = DEFAULT_AS_OF,
    months: int | None = None,
    rooftops: int = 4,
    without_stories: Collection[str] = (),
) -> Iterator[tuple[str, pa.Table]]:
    """Yield (table name, rows) for every table of `schema.sql`, each once.

    Args:
        seed: Seed of all randomness; the same seed gives the same rows.
        as_of: The demo's today; the data end the day before.
        months: Calendar months begun, counted back from the data end; None for the whole history.
        rooftops: Stores to build, 1 to 4.
        without_stories: Stories to switch off.

    Raises:
        DemoDataError: A wish cannot be met.
    """
    yield from tables_of(make_config(seed, as_of, months, rooftops, frozenset(without_stories)))


def tables_of(config: Config) -> Iterator[tuple[str, pa.Table]]:
    """The tables of one checked build."""
    world = make_world(config)
    yield from small_tables(world)
    yield "benchmark", benchmark_table()
    yield from staff_tables(world)
    service = make_service(world)
    leads = make_leads(world)
    yield from stock_tables(world)
    yield from deal_tables(world)
    yield from fi_tables(world)
    yield from crm_tables(world, leads)
    yield from big_dimensions(world, service, leads)
    yield from service_tables(world, service)
    yield from shop_tables(world, service)
    parts = make_ledger(world, service)
    yield from parts_tables(world, service, parts)
    yield from ledger_tables(world, make_journal(world, service, parts))
    yield from plan_tables(world, service)
    yield from voice_tables(world, service)
