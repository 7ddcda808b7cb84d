"""What is asked for at one moment is fetched as one, and what is there already is not fetched again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from vendora_graph.errors import VendoraError
from vendora_graph.once import Once

STEPS = 8
"""Turns of the event loop in which those who begin at one moment say what they want; counted, so that it is the same every time."""

MOST_GROUPS = 128
"""Groups whose bundles are remembered; the oldest is given up first."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(eq=False, slots=True)
class _Bundle(Generic[K]):
    """Wants that share a fetch; a sent one takes no more."""

    wanted: dict[K, None] = field(default_factory=dict)
    sent: bool = False


class Bundles(Generic[K, V]):
    """Fetches by group: wants of one group that come within the same moment share a fetch.

    `keep` tells whether what a fetch brought is worth its room once it is there; else it is fetched again when somebody wants it later.
    """

    def __init__(self, keep: Callable[[Mapping[K, V]], bool] = lambda _: True) -> None:
        """Begin with nothing asked."""
        self._groups: OrderedDict[Hashable, list[_Bundle[K]]] = OrderedDict()
        self._once: Once[Mapping[K, V]] = Once(keep)

    async def fetch(
        self, group: Hashable, wanted: Iterable[K], work: Callable[[tuple[K, ...]], Awaitable[Mapping[K, V]]]
    ) -> dict[K, V]:
        """Return what is wanted, by `work` for all that share a fetch. What others wanted cannot make one's own fail: it is tried alone.

        Raises:
            VendoraError: What `work` raised.
        """
        mine: dict[_Bundle[K], list[K]] = defaultdict(list)
        for key in dict.fromkeys(wanted):
            mine[self._bundle(group, key)].append(key)
        found = await asyncio.gather(*(self._found(bundle, keys, work) for bundle, keys in mine.items()))
        return {key: values[key] for keys, values in zip(mine.values(), found, strict=True) for key in keys}

    def _bundle(self, group: Hashable, key: K) -> _Bundle[K]:
        """Return the bundle that holds a want, else the open one of its group, else a new one."""
        bundles = self._groups.setdefault(group, [])
        self._groups.move_to_end(group)
        while len(self._groups) > MOST_GROUPS:
            self._groups.popitem(last=False)
        bundle = next((one for one in bundles if key in one.wanted), None) or next((one for one in bundles if not one.sent), None)
        if bundle is None:
            bundles.append(bundle := _Bundle())
        bundle.wanted[key] = None
        return bundle

    async def _found(
        self, bundle: _Bundle[K], mine: list[K], work: Callable[[tuple[K, ...]], Awaitable[Mapping[K, V]]]
    ) -> Mapping[K, V]:
        try:
            return await self._once.run(bundle, partial(_send, bundle, work))
        except VendoraError:
            if len(bundle.wanted) == len(mine):
                raise
        return await work(tuple(mine))


async def _send(bundle: _Bundle[K], work: Callable[[tuple[K, ...]], Awaitable[Mapping[K, V]]]) -> Mapping[K, V]:
    for _ in range(STEPS):
        await asyncio.sleep(0)
    bundle.sent = True
    return await work(tuple(bundle.wanted))
