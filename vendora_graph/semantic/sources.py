"""Find a semantic model's files: the shipped dealership, a directory of YAML, a dbt project, or dbt's compiled manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vendora_graph.errors import SemanticModelError
from vendora_graph.semantic.yaml_source import Located, Place, fail, parse_yaml, read_yaml

_SKIPPED = frozenset({"target", "dbt_packages", "dbt_modules", "logs", "node_modules", "venv"})
_OURS = (b"semantic_models", b"metrics:")
_PROJECT = "dbt_project.yml"
_MANIFEST = "semantic_manifest.json"


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one model, and their digest (with that of this package and MetricFlow's version) as 32 hexadecimal digits."""

    name: str
    strict: bool
    files: tuple[tuple[str, Path], ...]
    digest: str
    manifest: Path | None = None

    def documents(self) -> list[Located]:
        """Read every YAML document; in a loaded project, a file without metrics or models that is not our business may be anything."""
        found: list[Located] = []
        for shown, path in self.files:
            try:
                found.extend(read_yaml(path, shown))
            except SemanticModelError:
                if self.strict or any(key in path.read_bytes() for key in _OURS):
                    raise
        return found

    def manifest_data(self) -> dict[str, Any]:
        """Read the compiled manifest.

        Raises:
            SemanticModelError: It is not a JSON object.
        """
        if self.manifest is None:
            return {}
        try:
            data = json.loads(self.manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise fail(Place(str(self.manifest)), f"this is not dbt's semantic manifest ({error}); run `dbt parse` again.") from error
        if not isinstance(data, dict) or "semantic_models" not in data:
            raise fail(Place(str(self.manifest)), "this JSON has no `semantic_models`; give dbt's target/semantic_manifest.json.")
        return data


def find_source(source: Path | None) -> Source:
    """Describe the model at a path; None is the shipped dealership.

    Raises:
        SemanticModelError: There is no model at the path.
    """
    if source is None:
        return _from_files("dealership", _package_directory(), strict=True)
    path = Path(source)
    if not path.exists():
        wanted = "give a directory of model YAML, a dbt project or semantic_manifest.json"
        raise SemanticModelError(f"{path}: no such file or directory; {wanted}.")
    if path.is_file() and path.suffix == ".json":
        return _from_manifest(path)
    if path.is_file():
        return Source(path.stem, False, ((path.name, path),), _digest([(path.name, path)]))
    return _from_directory(path)


def _package_directory() -> Path:
    return Path(str(resources.files("vendora_graph.semantic") / "dealership"))


def _from_directory(path: Path) -> Source:
    built = _from_files(_project_name(path), path, strict=False)
    if any(b"semantic_models" in file.read_bytes() for _, file in built.files):
        return built
    manifest = path / "target" / _MANIFEST
    if not manifest.exists():
        manifest = path / _MANIFEST
    if manifest.exists():
        return _from_manifest(manifest)
    raise SemanticModelError(
        f"{path}: no YAML file here has a `semantic_models:` list. Give a directory of semantic models; "
        "for a dbt project in the newer nested form run `dbt parse` first, which writes target/semantic_manifest.json."
    )


def _project_name(path: Path) -> str:
    project = path / _PROJECT
    if not project.exists():
        return path.resolve().name
    documents = parse_yaml(project.read_text(encoding="utf-8"), _PROJECT)
    return str(documents[0].get("name", path.resolve().name)) if documents else path.resolve().name


def _from_files(name: str, directory: Path, *, strict: bool) -> Source:
    files = sorted((str(path.relative_to(directory)), path) for path in _yaml_files(directory))
    return Source(name, strict, tuple(files), _digest(files))


def _yaml_files(directory: Path) -> Iterator[Path]:
    for path in directory.rglob("*"):
        parts = path.relative_to(directory).parts
        if path.suffix not in {".yml", ".yaml"} or path.name == _PROJECT or not path.is_file():
            continue
        if not any(part in _SKIPPED or part.startswith(".") for part in parts):
            yield path


def _from_manifest(path: Path) -> Source:
    return Source(path.resolve().parent.name, False, (), _digest([(path.name, path)]), manifest=path)


@cache
def _code_digest() -> str:
    """Digest of this package's own files: another loader or engine must not read the caches of this one."""
    digest = hashlib.sha256(version("metricflow").encode())
    for path in sorted(Path(str(resources.files("vendora_graph.semantic"))).iterdir()):
        if path.suffix in {".py", ".yaml"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _digest(files: list[tuple[str, Path]]) -> str:
    digest = hashlib.sha256(_code_digest().encode())
    for shown, path in files:
        content = path.read_bytes()
        digest.update(f"\0{shown}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:32]
