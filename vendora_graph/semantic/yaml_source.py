"""YAML with places: every mapping remembers the file and line it was written at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vendora_graph.errors import SemanticModelError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written. `line` counts from 1; 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        """Render as `file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Located(dict[str, Any]):
    """A mapping read from YAML that knows where it starts."""

    place: Place = Place("<memory>")


def place_of(node: Mapping[str, Any], default: Place) -> Place:
    """Return where a mapping was written, or `default` when it does not know."""
    return node.place if isinstance(node, Located) else default


def fail(place: Place, message: str) -> SemanticModelError:
    """Return (not raise) the error for a wrong model: file, line, what, and what to do."""
    return SemanticModelError(f"{place}: {message}")


class _LocatedLoader(_Loader):  # type: ignore[misc]  # the C loader is untyped
    """A safe YAML loader whose mappings are `Located`."""


def _construct(loader: _LocatedLoader, node: yaml.MappingNode) -> Iterator[Located]:
    located = Located()
    located.place = Place(loader.vendora_file, node.start_mark.line + 1)
    yield located
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key_node.tag == "tag:yaml.org,2002:bool":
            key = key.lower()
        if key in seen:
            where = Place(loader.vendora_file, key_node.start_mark.line + 1)
            raise fail(where, f"the key {key!r} is written twice in one mapping; remove or rename one of them.")
        seen.add(key)
        located[key] = loader.construct_object(value_node, deep=True)


_LocatedLoader.add_constructor("tag:yaml.org,2002:map", _construct)


def read_yaml(path: Path, shown: str | None = None) -> list[Located]:
    """Read the mappings of a YAML file, one for each document in it.

    Args:
        path: The file.
        shown: How errors name it; the path itself by default.

    Raises:
        SemanticModelError: The file cannot be read or is not YAML, or a document is not a mapping.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise fail(Place(name), "the file is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise fail(Place(name), f"the file cannot be read ({error.strerror}).") from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> list[Located]:
    """Read the mappings of YAML text; `name` is what errors call it."""
    loader = _LocatedLoader(text)
    loader.vendora_file = name
    documents: list[Located] = []
    try:
        while loader.check_data():
            document = loader.get_data()
            if document is None:
                continue
            if not isinstance(document, Located):
                raise fail(Place(name, 1), "a model file must be a mapping with keys such as `semantic_models:` or `metrics:`.")
            documents.append(document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise fail(Place(name, line), f"this is not valid YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise fail(Place(name), f"this is not valid YAML: {error}.") from error
    finally:
        loader.dispose()
    return documents
