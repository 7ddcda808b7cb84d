"""`config/*.yaml`, `${VAR}` filled from the environment, and errors a person can act on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import AliasChoices, ValidationError
from pydantic.fields import FieldInfo

from vendora_graph.errors import ConfigError

Fields = Mapping[str, FieldInfo]
Variables = Mapping[str, str | None]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_TEST_PREFIX = "vendora_test_"


def variable_names(name: str, field: FieldInfo, prefix: str) -> tuple[str, ...]:
    """Return the environment variables that set a field, the first one being its own."""
    if isinstance(field.validation_alias, AliasChoices):
        return tuple(str(choice) for choice in field.validation_alias.choices)
    return (f"{prefix}{name.upper()}",)


def by_field_name(values: Mapping[str, object], fields: Fields) -> dict[str, object]:
    """Rename keys that are aliases of a field to the field's name."""
    names = {alias.lower(): name for name, field in fields.items() for alias in variable_names(name, field, "")}
    return {names.get(key.lower(), key): value for key, value in values.items()}


def refuse_unknown_variables(variables: Variables, fields: Fields, prefix: str) -> None:
    """Refuse a misspelt setting: ignoring `VENDORA_MODLE` would answer with another model than asked for.

    Raises:
        ConfigError: A variable begins with the prefix and sets nothing.
    """
    known = [variable for name, field in fields.items() for variable in variable_names(name, field, prefix)]
    lowered = {name.lower() for name in known}
    for variable in sorted(variables):
        if variable.startswith(prefix.lower()) and variable not in lowered and not variable.startswith(_TEST_PREFIX):
            raise ConfigError(f"There is no setting {variable.upper()}.{_nearest(variable.upper(), known)} See docs/settings.md.")


def read_config(directory: Path, fields: Fields, variables: Variables) -> dict[str, object]:
    """Return the values of all `*.yaml` files of a directory, in one mapping of field name to value.

    Raises:
        ConfigError: A file cannot be read, is no mapping, names an unknown setting, or repeats one of another file.
    """
    values: dict[str, object] = {}
    origin: dict[str, Path] = {}
    for path in sorted(directory.glob("*.yaml")):
        for name, value in _read_file(path).items():
            if name not in fields:
                raise ConfigError(f"{path}: there is no setting {name!r}.{_nearest(name, list(fields))} See docs/settings.md.")
            if name in origin:
                raise ConfigError(f"{path}: {name!r} is set in {origin[name]} too. Keep one of them.")
            values[name], origin[name] = _fill(value, path, variables), path
    return values


def explain(error: ValidationError, fields: Fields, prefix: str) -> str:
    """Return one line per wrong setting, with the variable that sets it and without its value (it may be a secret)."""
    lines = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        key = str(problem["loc"][0]) if problem["loc"] else ""
        name = next(iter(by_field_name({key: None}, fields)))
        if name not in fields:
            lines.append(f"There is no setting {name!r}.{_nearest(name, list(fields))}")
            continue
        variable = variable_names(name, fields[name], prefix)[0]
        lines.append(f"The setting {name} ({variable}) is wrong: {problem['msg'][0].lower()}{problem['msg'][1:]}.")
    return "\n".join(lines)


def _read_file(path: Path) -> dict[str, object]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__}).") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}:" if mark else ""
        raise ConfigError(f"{path}:{place} is not YAML.") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: must be a mapping of setting names to values.")
    return {str(name): value for name, value in content.items()}


def _fill(value: object, path: Path, variables: Variables) -> object:
    """Replace `${VAR}` and `${VAR:-default}`; a variable that is not there is an error, never an empty text."""
    if not isinstance(value, str):
        return value

    def replacement(match: re.Match[str]) -> str:
        found = variables.get(match[1].lower())
        if found:
            return found
        if match[2] is not None:
            return match[2]
        raise ConfigError(f"{path}: needs the environment variable {match[1]}, which is not set.")

    return _VARIABLE.sub(replacement, value)


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""
