"""Who may see what: the access matrix of `access.yaml`, as decisions that explain themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from vendora_graph import yaml_text
from vendora_graph.contracts import Principal
from vendora_graph.errors import ConfigError, QuestionError

RowScope = Literal["own", "department", "store", "group"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role: how it is called, which rows it stands for, and the person dimension that holds its own rows."""

    name: str
    label: str
    scope: RowScope
    department: str | None = None
    person: str | None = None
    asks_back: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell of the matrix grants; the default is everything in the role's row scope."""

    allowed: bool = True
    own: bool = False
    by_person: bool = True
    masked: bool = False
    k: int = 1
    rows: int | None = None
    families: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Say whether only some metrics of the class are open."""
        return bool(self.families or self.departments or self.names)

    @property
    def plain(self) -> bool:
        """Say whether the cell grants everything, so that SQL of the caller's own may read such columns."""
        return self == Cell()


@dataclass(frozen=True, slots=True)
class Derived:
    """Figures of other classes that give a restricted one away.

    `part` is the metric that is it, as is what is computed from it and what is cut by `dimensions`; `people` is the metric whose
    employees stand behind a figure; `through` names, by dimension, the one its values belong to.
    """

    part: str
    people: str
    dimensions: tuple[str, ...] = ()
    through: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """One decision.

    Attributes:
        allowed: Whether the asker may see it at all.
        scope: Which rows: `own` rows need a filter on the asker's person dimension.
        reason: One kind sentence; empty when everything is open.
        who_may: Labels of the roles that may see it.
        instead: What the asker's role may see, in words.
        k: The least number of people a figure must stand for.
        rows: The most records in one answer; None is no such limit.
        masked: Whether values are shown as `***`.
    """

    allowed: bool
    scope: RowScope
    reason: str = ""
    who_may: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    k: int = 1
    rows: int | None = None
    masked: bool = False


@dataclass(frozen=True)
class AccessRules:
    """The whole matrix. Pure data and pure functions."""

    roles: Mapping[str, Role]
    labels: Mapping[str, str]
    matrix: Mapping[tuple[str, str], Cell]
    aliases: Mapping[str, str]
    employee_roles: Mapping[str, str]
    default_role: str
    derived: Mapping[str, Derived] = field(default_factory=dict)

    @classmethod
    def load(cls) -> AccessRules:
        """Return the shipped matrix, read once."""
        return _shipped()

    # ------------------------------------------------------------------------------------------------------- roles

    def role_name(self, word: str) -> str:
        """Return the role a word means.

        Raises:
            QuestionError: There is no such role; the message names the ones there are.
        """
        name = word.strip().lower().replace(" ", "_").replace("-", "_")
        name = self.aliases.get(name, name)
        if name in self.roles:
            return name
        near = get_close_matches(name, sorted(self.roles), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise QuestionError(f"There is no role {word!r}.{hint} The roles are {', '.join(self.roles)}, and executive.")

    def role_of_employee(self, job: str) -> str | None:
        """Return the role of a job code in the data; None for one that signs nobody in (house)."""
        return self.employee_roles.get(job)

    def spans_group(self, role: str) -> bool:
        """Say whether a role holds every store of its group."""
        return self.roles[role].scope == "group"

    def department_of(self, role: str) -> str | None:
        """Return the department a role runs or works in; None for the whole store."""
        return self.roles[role].department

    def person_dimension(self, role: str) -> str | None:
        """Return the dimension that holds the role's own rows."""
        return self.roles[role].person

    def asks_back(self, role: str) -> bool:
        """Say whether "my" needs a person: such a role has no figures of a whole department."""
        return self.roles[role].asks_back

    # --------------------------------------------------------------------------------------------------- decisions

    def cell(self, role: str, access_class: str) -> Cell:
        """Return the cell of a role and a class; an unknown class is closed to everybody."""
        if not access_class:
            return Cell()
        return self.matrix.get((role, access_class), Cell(allowed=False))

    def decide(
        self,
        role: str,
        access_class: str,
        *,
        by_person: bool = False,
        family: str = "",
        department: str = "",
        name: str = "",
    ) -> Access:
        """Decide whether a role may see figures of a class.

        Args:
            role: A role's name.
            access_class: A class of `access.yaml`; empty means open to all.
            by_person: Whether the figures are cut by a person.
            family: The metric's family, where a cell opens only some.
            department: The metric's department, likewise.
            name: The metric's name, likewise.
        """
        cell = self.cell(role, access_class)
        why = self._why_not(cell, role, access_class, by_person=by_person, family=family, department=department, name=name)
        scope: RowScope = "own" if cell.own else _widest(self.roles[role].scope)
        if why is None:
            return Access(True, scope, self._note(cell), (), (), cell.k, cell.rows, cell.masked)
        who = self.who_may(access_class)
        offers = self.offers(role)
        reason = f"{why} {_sentence('May see it', who)} {_sentence('You may see', offers)}".strip()
        return Access(False, scope, reason, who, offers, cell.k, cell.rows, cell.masked)

    def _why_not(self, cell: Cell, role: str, access_class: str, *, by_person: bool, family: str, department: str, name: str) -> str | None:
        what = self.labels.get(access_class, access_class)
        label = self.roles[role].label
        if not cell.allowed:
            return f"As {label} you may not see {what}."
        if by_person and not cell.by_person and not cell.own:
            return f"As {label} you may see {what} in total, not by person."
        if cell.limited and not _within(cell, family, department, name):
            return f"As {label} you may see {what} of your own area only."
        return None

    def _note(self, cell: Cell) -> str:
        if cell.k > 1:
            return f"Only figures that stand for at least {cell.k} people are shown."
        if cell.rows is not None:
            return f"At most {cell.rows} records are listed at once."
        return "Only your own figures are shown." if cell.own else ""

    def least_people(self, role: str, access_class: str) -> int:
        """Return how many people a derived figure of a class must stand for: one where the role sees the class in full."""
        if self.cell(role, access_class).plain:
            return 1
        return max(cell.k for (_, name), cell in self.matrix.items() if name == access_class)

    def who_may(self, access_class: str) -> tuple[str, ...]:
        """Return the labels of the roles to whom a class is fully open, in the matrix' order."""
        return tuple(role.label for name, role in self.roles.items() if self.cell(name, access_class).plain)

    def offers(self, role: str) -> tuple[str, ...]:
        """Return in words what a role may see."""
        found = []
        for access_class, label in self.labels.items():
            cell = self.cell(role, access_class)
            if cell.allowed and not cell.masked:
                found.append(f"{'your own ' if cell.own else ''}{label}")
        return tuple(found)

    def classes_of(self, role: str) -> tuple[str, ...]:
        """Return the classes a role may see in any form, sorted."""
        return tuple(sorted(name for name in self.labels if self.cell(role, name).allowed))

    def classes(self, principal: Principal) -> tuple[str, ...]:
        """Return the classes a principal may see in any form, sorted."""
        return self.classes_of(principal.role)

    def sql_classes(self, role: str) -> frozenset[str]:
        """Return the classes whose columns a role's own SQL may read: only where the cell grants everything."""
        return frozenset(name for name in self.labels if self.cell(role, name).plain)

    def masked_classes(self, role: str) -> frozenset[str]:
        """Return the classes shown as `***` to a role."""
        return frozenset(name for name in self.labels if self.cell(role, name).masked)


def _within(cell: Cell, family: str, department: str, name: str) -> bool:
    return family in cell.families or department.lower() in cell.departments or any(part in name for part in cell.names)


def _widest(scope: RowScope) -> RowScope:
    """A class that is open to a role without `own` is open for the store: one's own rows are asked for by name."""
    return "store" if scope == "own" else scope


def _sentence(lead: str, labels: tuple[str, ...]) -> str:
    if not labels:
        return ""
    *first, last = labels
    return f"{lead}: {', '.join(first)} and {last}." if first else f"{lead}: {last}."


@cache
def _shipped() -> AccessRules:
    text = files("vendora_graph").joinpath("access.yaml").read_text(encoding="utf-8")
    return build(yaml_text.load(text))


def build(data: Mapping[str, Any]) -> AccessRules:
    """Build rules from the form of `access.yaml`.

    Raises:
        ConfigError: A row has another number of cells than there are roles, or a cell names no rule.
    """
    order: list[str] = data["order"]
    cells = {"full": Cell(), "none": Cell(allowed=False)}
    for name, grants in data["cells"].items():
        settings: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in grants.items()}
        cells[name] = Cell(**settings)
    matrix: dict[tuple[str, str], Cell] = {}
    for access_class, row in data["matrix"].items():
        if len(row) != len(order) or not set(row) <= cells.keys() or access_class not in data["classes"]:
            raise ConfigError(f"access.yaml: the row {access_class!r} does not fit the roles, the cells or the classes.")
        matrix.update({(role, access_class): cells[cell] for role, cell in zip(order, row, strict=True)})
    roles = {name: Role(name, **settings) for name, settings in data["roles"].items()}
    if set(order) != set(roles) or set(data["matrix"]) != set(data["classes"]):
        raise ConfigError("access.yaml: every role needs a column and every class a row.")
    derived = {name: Derived(**{**how, "dimensions": tuple(how["dimensions"])}) for name, how in (data.get("derived") or {}).items()}
    return AccessRules(roles, data["classes"], matrix, data["aliases"], data["employee_roles"], data["default_role"], derived)
