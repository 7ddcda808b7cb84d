from __future__ import annotations

import errno
import os
import sys
import threading
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from vendora_graph.errors import DemoDataError
from vendora_graph.warehouse.demo_file import DemoParameters, build_beside, demo_path, ensure_demo


@pytest.fixture
def generate(monkeypatch):
    """Put another generator in the place of the real one."""
    built = []

    def install(write):
        def build(path, **parameters):
            built.append(parameters)
            write(path)

        monkeypatch.setitem(sys.modules, "vendora_graph.warehouse.demo.build", SimpleNamespace(build=build))
        return built

    return install


def left(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_a_demo_is_built_once_and_kept(tmp_path, generate):
    built = generate(lambda path: path.write_bytes(b"rows"))
    first = ensure_demo(tmp_path)
    assert ensure_demo(tmp_path) == first == demo_path(tmp_path)
    assert len(built) == 1
    assert built[0]["as_of"] == date(2026, 11, 13)


def test_each_set_of_parameters_has_a_file_of_its_own(tmp_path):
    parameters = [
        DemoParameters(),
        DemoParameters(seed=2),
        DemoParameters(months=15),
        DemoParameters(rooftops=2),
        DemoParameters(without_stories=("s",)),
    ]
    assert len({demo_path(tmp_path, one) for one in parameters}) == 5


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), DemoDataError("No story.")])
def test_a_failed_build_leaves_nothing_behind(tmp_path, generate, error):
    def half(path):
        path.write_bytes(b"half")
        path.with_name(f"{path.name}.wal").write_bytes(b"half")
        raise error

    generate(half)
    with pytest.raises(DemoDataError, match=r"No space left|No story"):
        ensure_demo(tmp_path)
    assert left(tmp_path) == set()


def test_ctrl_c_while_building_leaves_nothing_behind(tmp_path, generate):
    def interrupted(path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    generate(interrupted)
    with pytest.raises(KeyboardInterrupt):
        ensure_demo(tmp_path)
    assert left(tmp_path) == set()


def test_what_a_killed_build_left_is_not_in_the_way(tmp_path, generate):
    path = demo_path(tmp_path)
    path.with_name(f".{path.name}.building").write_bytes(b"half of a killed build")

    def fresh(unfinished):
        assert not unfinished.exists()
        unfinished.write_bytes(b"rows")

    generate(fresh)
    assert ensure_demo(tmp_path).read_bytes() == b"rows"
    assert left(tmp_path) == {path.name}


def test_two_first_runs_build_once(tmp_path, generate):
    built = generate(lambda path: path.write_bytes(b"rows"))
    threads = [threading.Thread(target=ensure_demo, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_a_directory_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoDataError, match="VENDORA_CACHE_DIR"):
        ensure_demo(tmp_path / "file" / "cache")


def test_a_file_that_is_there_stays_unless_replaced(tmp_path, generate):
    generate(lambda path: path.write_bytes(b"new"))
    path = tmp_path / "mine.duckdb"
    path.write_bytes(b"old")
    build_beside(path, DemoParameters())
    assert path.read_bytes() == b"old"
    build_beside(path, DemoParameters(), replace=True)
    assert path.read_bytes() == b"new"


def test_warehouse_build_refuses_to_overwrite(vendora, tmp_path, generate):
    generate(lambda path: path.write_bytes(b"new"))
    path = tmp_path / "mine.duckdb"
    assert vendora("warehouse", "build", str(path), "--months", "3").out == f"{path}\n"
    ended = vendora("warehouse", "build", str(path))
    assert ended.code == 2
    assert "--force" in ended.err
    assert vendora("warehouse", "build", str(path), "--force").code == 0


def test_warehouse_path_builds_on_first_use(vendora, tmp_path, generate):
    built = generate(lambda path: path.write_bytes(b"rows"))
    first, second = vendora("warehouse", "path"), vendora("warehouse", "path")
    assert first.out == second.out
    assert Path(first.out.strip()).read_bytes() == b"rows"
    assert len(built) == 1


def test_build_options_reach_the_generator(vendora, tmp_path, generate):
    built = generate(lambda path: path.write_bytes(b"rows"))
    options = ["--seed", "7", "--as-of", "2026-05-01", "--months", "15", "--rooftops", "2", "--without-story", "b", "--without-story", "a"]
    assert vendora("warehouse", "build", *options).code == 0
    given = {name: value for name, value in built[0].items() if name != "progress"}
    assert given == {"seed": 7, "as_of": date(2026, 5, 1), "months": 15, "rooftops": 2, "without_stories": frozenset({"a", "b"})}


@pytest.mark.parametrize("option", [("--rooftops", "9"), ("--months", "0"), ("--as-of", "soon"), ("--seed", "x")])
def test_impossible_wishes_are_usage(vendora, option):
    assert vendora("warehouse", "build", *option).code == 2


def test_the_default_demo_is_the_generators_default():
    from inspect import signature

    from vendora_graph.warehouse.demo.build import build

    defaults = {name: one.default for name, one in signature(build).parameters.items()}
    demo = DemoParameters()
    assert (demo.seed, demo.as_of, demo.months, demo.rooftops) == tuple(defaults[name] for name in ("seed", "as_of", "months", "rooftops"))
    assert tuple(demo.without_stories) == tuple(defaults["without_stories"])


def test_a_story_that_does_not_exist_is_named(vendora, tmp_path):
    ended = vendora("warehouse", "build", str(tmp_path / "a.duckdb"), "--without-story", "no_such_story")
    assert ended.code == 7
    assert "no_such_story" in ended.err
    assert not (tmp_path / "a.duckdb").exists()


def test_a_failure_names_the_file_that_was_asked_for(tmp_path, generate):
    def fail(path):
        raise DemoDataError(f"{path}: the disk is full.")

    generate(fail)
    with pytest.raises(DemoDataError) as raised:
        ensure_demo(tmp_path)
    assert str(raised.value) == f"{demo_path(tmp_path)}: the disk is full."
