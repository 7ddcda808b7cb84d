from __future__ import annotations

import json

import pytest

from tests.cli.samples import with_status
from vendora_graph.commands.metrics import find
from vendora_graph.errors import UnknownMetricError
from vendora_graph.semantic.loader import load_catalog


@pytest.fixture(autouse=True)
def kept_model(models_cache, monkeypatch):
    monkeypatch.setenv("VENDORA_CACHE_DIR", str(models_cache))


@pytest.fixture(scope="module")
def catalog(models_cache):
    return load_catalog(None, models_cache).catalog


def test_an_exact_name_or_synonym_stands_first(catalog):
    assert find(catalog, "front_gross")[0].name == "front_gross"
    assert find(catalog, "Front Gross")[0].name == "front_gross"


def test_words_narrow_the_list(catalog):
    wide, narrow = find(catalog, "gross"), find(catalog, "used gross")
    assert {metric.name for metric in narrow} < {metric.name for metric in wide}


def test_hidden_metrics_are_not_shown(catalog):
    hidden = {metric.name for metric in catalog.metrics.values() if metric.hidden}
    assert not hidden & {metric.name for metric in find(catalog, "")}


def test_an_unknown_word_names_the_nearest(catalog):
    with pytest.raises(UnknownMetricError, match="Front"):
        find(catalog, "frnt grosss per unt")


def test_one_metric_shows_what_it_means_and_its_sql(library, vendora):
    library(with_status("answered"))
    ended = vendora("metrics", "front", "gross")
    assert ended.code == 0
    for part in ("front_gross", "Also called", "Can be cut by", "SELECT front_gross FROM deal"):
        assert part in ended.out


def test_several_are_listed_and_json_has_them_whole(library, vendora):
    library(with_status("answered"))
    listed = vendora("metrics", "per", "unit").out
    machine = json.loads(vendora("metrics", "per", "unit", "--json").out)
    assert listed.splitlines()[0] == f"{len(machine)} metrics:"
    assert all(metric["name"] in listed for metric in machine)


def test_nothing_found_is_usage(library, vendora):
    library(with_status("answered"))
    ended = vendora("metrics", "zzzzqqq")
    assert ended.code == 2
    assert "zzzzqqq" in ended.err
