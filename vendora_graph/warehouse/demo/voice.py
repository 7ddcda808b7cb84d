"""What customers say and whether they come back: surveys, reviews, retention."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import day_number, load
from vendora_graph.warehouse.demo.deals import NEVER
from vendora_graph.warehouse.demo.rng import Bools, Columns, Stream, repeat_index, take
from vendora_graph.warehouse.demo.service import CLOSED, INT, Service
from vendora_graph.warehouse.demo.tables_deal import CLASSES
from vendora_graph.warehouse.demo.world import World

_YEAR = 365
_FIVE_STARS = 5


def voice_tables(world: World, service: Service) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    yield "survey_response", _survey(world, service)
    yield "review", _review(world)
    yield "service_retention", _retention(world, service)


def _sent(world: World, service: Service) -> Columns:
    d, ros = world.deals, service.ros
    rng = Stream(world.config.seed, "survey_response")
    sold = np.flatnonzero(d["is_retail"] & (d["delivery"] != NEVER) & rng.chance("sales", d["key"], 0.8))
    served = np.flatnonzero((ros["status"] == CLOSED) & (ros["pay"] != INT) & rng.chance("service", ros["key"], 0.22))
    zeros = np.zeros(len(sold), dtype=np.int64)
    parts: Columns = {
        "kind": np.concatenate([zeros, np.ones(len(served), dtype=np.int64)]),
        "row": np.concatenate([sold, served]),
        "store": np.concatenate([d["store"][sold], ros["store"][served]]),
        "person": np.concatenate([d["salesperson"][sold], ros["advisor"][served]]),
        "day": np.concatenate([d["delivery"][sold], ros["closed"][served]]) + 2,
        "key": np.concatenate([d["key"][sold] * 2, ros["key"][served] * 2 + 1]),
        "id": np.concatenate([d["deal_id"][sold], ros["ro_id"][served]]),
    }
    return take(parts, np.flatnonzero(parts["day"] <= world.config.through))


def _survey(world: World, service: Service) -> pa.Table:
    x, config = _sent(world, service), world.config
    rng, key = Stream(config.seed, "survey_response"), x["key"]
    done_day = x["day"] + rng.integers("answered", key, 1, 12)
    done = rng.chance("answers", key, 0.31) & (done_day <= config.through)
    scale = np.array([s["survey_scale"] for s in config.stores])[x["store"]]
    mood = 0.895 + 0.03 * rng.normal("person", x["person"]) + 0.09 * rng.normal("mood", key)
    score = np.clip(mood, 0.2, 1.0) * scale
    stars = np.where(scale == _FIVE_STARS, np.rint(score), np.rint(score / 10) * 10)
    nps = np.clip(np.rint(mood * 10.2 + 0.7 * rng.normal("nps", key)), 0, 10).astype(np.int64)
    programs = [s["oem_program"] or "House survey" for s in config.stores]
    return arrow.table(
        {
            "survey_id": arrow.big(x["id"] * 2 + x["kind"]),
            "dealership_id": world.store_column(x["store"]),
            "survey_type": arrow.code(x["kind"], ("sales", "service")),
            "deal_id": arrow.big(x["id"], x["kind"] == 0),
            "ro_id": arrow.big(x["id"], x["kind"] == 1),
            "employee_id": world.person_column(x["person"]),
            "sent_date": arrow.day(x["day"]),
            "completed_date": arrow.day(done_day, done),
            "completed_ts": arrow.stamp(done_day * arrow.DAY_SECONDS + rng.integers("at", key, 30_000, 80_000), done),
            "overall_score": arrow.decimal(np.rint(stars * 100).astype(np.int64), 8, 2, done),
            "scale_max": arrow.small(scale),
            "nps_0_10": arrow.small(nps, done),
            "is_fixed_right_first_time": arrow.flag(rng.chance("fixed", key, 0.91), done & (x["kind"] == 1)),
            "is_top_box": arrow.flag(stars >= scale * 0.95, done),
            "comment_text": _comments(rng, x, done),
            "oem_program": arrow.code(x["store"], programs),
            "region_average": arrow.decimal(np.where(scale == _FIVE_STARS, 445, 90_200), 8, 2),
        }
    )


def _comments(rng: Stream, x: Columns, done: Bools) -> pa.Array:
    """Comments; five of them try to give orders."""
    data = load("service")
    sales, served, orders = data["comments"]["sales"], data["comments"]["service"], data["injections"]
    choice = np.where(
        x["kind"] == 0,
        rng.below("sales_text", x["key"], np.full(len(done), len(sales))),
        len(sales) + rng.below("service_text", x["key"], np.full(len(done), len(served))),
    )
    says = done & rng.chance("says", x["key"], 0.35)
    planted = np.flatnonzero(says)[:: max(int(says.sum()) // len(orders), 1)][: len(orders)]
    choice[planted] = len(sales) + len(served) + np.arange(len(planted))
    return arrow.code(choice, [*sales, *served, *orders], says)


def _review(world: World) -> pa.Table:
    config = world.config
    rng = Stream(config.seed, "review")
    days = np.arange(config.start, config.through + 1, dtype=np.int64)
    store = np.repeat(np.arange(len(config.stores)), len(days))
    day = np.tile(days, len(config.stores))
    opened = np.array([day_number(s["opened_date"]) for s in config.stores])[store]
    row, number = repeat_index(rng.poisson("count", (store + 1) * 100_000 + day, np.where(day >= opened, 0.8, 0.0)))
    key = ((store[row] + 1) * 100_000 + day[row]) * 100 + number
    rating = rng.pick("rating", key, [0.05, 0.04, 0.07, 0.2, 0.64])
    texts = load("service")["reviews"]
    at = day[row] * arrow.DAY_SECONDS + rng.integers("at", key, 28_000, 84_000)
    answer = at + rng.integers("answer", key, 3_600, 400_000)
    return arrow.table(
        {
            "review_id": arrow.big(np.arange(1, len(row) + 1)),
            "dealership_id": world.store_column(store[row]),
            "review_date": arrow.day(day[row]),
            "review_ts": arrow.stamp(at),
            "site": arrow.code(rng.pick("site", key, [0.7, 0.2, 0.1]), load("service")["review_sites"]),
            "rating": arrow.small(rating + 1),
            "review_text": arrow.code(4 - rating, texts, rng.chance("text", key, 0.6)),
            "response_ts": arrow.stamp(answer, rng.chance("replied", key, 0.7) & (answer < (config.through + 1) * arrow.DAY_SECONDS)),
        }
    )


def _retention(world: World, service: Service) -> pa.Table:
    d, ros, through = world.deals, service.ros, world.config.through
    rows = np.flatnonzero(d["is_retail"] & (d["delivery"] != NEVER))
    done = np.flatnonzero((ros["status"] == CLOSED) & ros["sold_here"])
    base = 1_000_000
    last = np.full(int(d["customer"].max()) - base + 1, -1, dtype=np.int64)
    np.maximum.at(last, ros["customer"][done] - base, ros["closed"][done])
    visit = last[d["customer"][rows] - base]
    sold = d["delivery"][rows]
    return arrow.table(
        {
            "dealership_id": world.store_column(d["store"][rows]),
            "as_of_date": arrow.day(np.full(len(rows), through)),
            "customer_id": arrow.big(d["customer"][rows]),
            "vehicle_id": arrow.big(1 + world.units["vehicle_row"][d["unit"][rows]]),
            "sold_date": arrow.day(sold),
            "vehicle_class": arrow.code(d["vehicle_class"][rows], CLASSES),
            "last_service_date": arrow.day(visit, visit >= 0),
            "is_eligible": arrow.flag(sold <= through - _YEAR),
            "is_active": arrow.flag(visit >= through - _YEAR),
        }
    )
