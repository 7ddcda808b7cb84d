"""The build: the contract is met, rows repeat, stories touch only their tables, failures leave nothing behind."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml

from vendora_graph.errors import CorruptWarehouseError, DemoDataError
from vendora_graph.warehouse.demo import BuildReport, build, checksums, generate, story_names
from vendora_graph.warehouse.demo.config import make_config
from vendora_graph.warehouse.demo.generate import schema_sql

STORIES = yaml.safe_load((Path(__file__).parent / "stories.yaml").read_text(encoding="utf-8"))
KEYS = re.findall(r"-- grain:.*?key: ([a-z_]+(?:, [a-z_]+)*)[^\n]*\nCREATE TABLE (\w+)", schema_sql())


@pytest.fixture(scope="module")
def small_sums(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _sums(tmp_path_factory.mktemp("base"))


def _sums(folder: Path, **wishes: object) -> dict[str, str]:
    build(folder / "demo.duckdb", months=15, rooftops=3, **wishes)
    return checksums(folder / "demo.duckdb")


def test_the_full_build_has_its_size_and_says_how_long_it_took(full_report: BuildReport) -> None:
    print(f"{full_report.total_rows} rows, {full_report.size_bytes / 1e6:.0f} MB, {full_report.seconds:.1f} s")
    assert 4_000_000 <= full_report.total_rows <= 6_000_000
    assert 900_000 <= full_report.rows["inventory_snapshot"] <= 1_100_000
    assert full_report.data_through == date(2026, 11, 12)
    assert full_report.stories == tuple(sorted(story_names()))


def test_every_table_of_the_contract_is_filled(full_report: BuildReport) -> None:
    contract = re.findall(r"CREATE TABLE (\w+)", schema_sql())
    assert sorted(full_report.rows) == sorted(contract)
    assert [name for name, rows in full_report.rows.items() if rows == 0] == []


def test_the_generator_yields_the_columns_and_types_of_the_contract() -> None:
    with duckdb.connect() as connection:
        connection.execute(schema_sql())
        for name, table in generate(months=2, rooftops=1):
            columns = connection.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ? ORDER BY column_name", [name]
            ).fetchall()
            assert sorted(table.column_names) == [c for c, _ in columns], name
            assert {c: _sql_type(table.schema.field(c).type) for c, _ in columns} == dict(columns), name


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        return "VARCHAR"
    names = {pa.int64(): "BIGINT", pa.int32(): "INTEGER", pa.bool_(): "BOOLEAN", pa.date32(): "DATE", pa.timestamp("us"): "TIMESTAMP"}
    return names[kind]


@pytest.mark.parametrize(("columns", "table"), KEYS, ids=[t for _, t in KEYS])
def test_keys_are_unique_and_not_null(full: duckdb.DuckDBPyConnection, columns: str, table: str) -> None:
    names = columns.split(", ")
    (repeated,) = full.execute(f"SELECT count(*) FROM (SELECT {columns} FROM {table} GROUP BY ALL HAVING count(*) > 1)").fetchone()
    (missing,) = full.execute(f"SELECT count(*) FROM {table} WHERE {' OR '.join(n + ' IS NULL' for n in names)}").fetchone()
    assert (repeated, missing) == (0, 0)


def test_most_tables_name_their_key() -> None:
    assert len(KEYS) >= 55


def test_text_fits_the_declared_widths(full: duckdb.DuckDBPyConnection) -> None:
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", schema_sql(), re.DOTALL):
        widths = re.findall(r"^\s+(\w+) VARCHAR\((\d+)\)", body, re.MULTILINE)
        if not widths:
            continue
        longest = full.execute(f"SELECT {', '.join(f'max(length({c}))' for c, _ in widths)} FROM {table}").fetchone()
        too_long = [c for (c, width), found in zip(widths, longest, strict=True) if (found or 0) > int(width)]
        assert too_long == [], table


@pytest.mark.parametrize(
    ("child", "key", "parent"),
    [
        ("deal", "customer_id", "customer"),
        ("deal", "vehicle_id", "vehicle"),
        ("deal", "inventory_unit_id", "inventory_unit"),
        ("deal", "lead_id", "lead"),
        ("deal_salesperson", "employee_id", "employee"),
        ("deal_salesperson", "deal_id", "deal"),
        ("trade_in", "vehicle_id", "vehicle"),
        ("trade_in", "inventory_unit_id", "inventory_unit"),
        ("fi_product_sale", "deal_id", "deal"),
        ("appraisal", "customer_id", "customer"),
        ("appraisal", "vehicle_id", "vehicle"),
        ("inventory_snapshot", "inventory_unit_id", "inventory_unit"),
        ("inventory_unit", "vehicle_id", "vehicle"),
        ("lead", "customer_id", "customer"),
        ("lead_activity", "lead_id", "lead"),
        ("appointment", "lead_id", "lead"),
        ("repair_order", "customer_id", "customer"),
        ("repair_order", "vehicle_id", "vehicle"),
        ("ro_line", "ro_id", "repair_order"),
        ("ro_line", "op_code", "op_code"),
        ("ro_part", "part_id", "part"),
        ("recon_work", "ro_id", "repair_order"),
        ("gl_month", "account_no", "gl_account"),
        ("technician_time", "employee_id", "employee"),
    ],
)
def test_references_lead_somewhere(full: duckdb.DuckDBPyConnection, child: str, key: str, parent: str) -> None:
    (lost,) = full.execute(
        f"SELECT count(*) FROM {child} c WHERE c.{key} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.{key} = c.{key})"
    ).fetchone()
    assert lost == 0


def test_same_seed_same_rows_and_another_seed_others(small_sums: dict[str, str], tmp_path: Path) -> None:
    assert _sums(tmp_path) == small_sums
    other = _sums(tmp_path, seed=7)
    assert other["deal"] != small_sums["deal"]
    assert other["repair_order"] != small_sums["repair_order"]


@pytest.mark.parametrize("story", list(STORIES))
def test_a_story_changes_its_tables_and_no_others(small_sums: dict[str, str], tmp_path: Path, story: str) -> None:
    without = _sums(tmp_path, without_stories=[story])
    changed = {name for name, value in without.items() if value != small_sums[name]}
    assert changed <= {*STORIES[story], "demo_build"}
    assert set(STORIES[story]) & changed


def test_stories_are_the_ones_of_the_design() -> None:
    assert list(STORIES) == list(story_names())


def test_money_is_exact(full: duckdb.DuckDBPyConnection) -> None:
    total, parts = full.execute(
        "SELECT (SELECT SUM(total_gross) FROM deal), (SELECT SUM(front_gross) + SUM(back_gross) FROM deal)"
    ).fetchone()
    assert isinstance(total, Decimal)
    assert total == parts


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    seen: list[tuple[str, float]] = []
    build(tmp_path / "demo.duckdb", months=1, rooftops=1, progress=lambda step, share: seen.append((step, share)))
    assert [share for _, share in seen] == sorted(share for _, share in seen)
    assert seen[-1][1] == 1.0


def test_an_interrupted_build_leaves_nothing_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "demo.duckdb"
    build(path, months=1, rooftops=1)
    before = hashlib.sha256(path.read_bytes()).hexdigest()

    def stop(step: str, share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(path, months=1, rooftops=1, progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["demo.duckdb"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path) -> None:
    def full_disk(step: str, share: float) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(DemoDataError, match="No space left on device"):
        build(tmp_path / "demo.duckdb", months=1, rooftops=1, progress=full_disk)
    assert list(tmp_path.iterdir()) == []


def test_a_corrupt_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "demo.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(CorruptWarehouseError, match="Build it again"):
        checksums(path)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"rooftops": 9}, "rooftops must be 1 to 4"),
        ({"months": 99}, "months must be 1 to 37"),
        ({"as_of": date(2020, 1, 1)}, "as_of must be after 2023-11-01"),
        ({"without_stories": frozenset({"nobody"})}, "Unknown story 'nobody'"),
    ],
)
def test_impossible_wishes_are_refused(wish: dict, said: str) -> None:
    wishes = {"seed": 1, "as_of": date(2026, 11, 13), "months": None, "rooftops": 4, "without_stories": frozenset(), **wish}
    with pytest.raises(DemoDataError, match=said):
        make_config(**wishes)
