"""How contracts are written into checkpoints: each as one block, packed once, although every step saves the whole state again."""

from __future__ import annotations

import weakref
from collections.abc import Iterable

import ormsgpack
from langgraph.checkpoint.serde.jsonplus import EXT_PYDANTIC_V2, JsonPlusSerializer, _msgpack_default, _option

from vendora_graph.contracts import Contract


class ContractSerializer(JsonPlusSerializer):
    """LangGraph's serializer, which reads what this writes; only the way there is shorter.

    A contract is dumped by pydantic in one call (dates and decimals as text, which its fields read back), not value by value, and
    its block is kept while the frozen object lives.
    """

    def __init__(self, nouns: Iterable[tuple[str, str]]) -> None:
        """Revive these nouns, each a module and a name, and nothing else."""
        super().__init__(allowed_msgpack_modules=tuple(nouns))
        self._blocks: dict[int, tuple[weakref.ref[Contract], ormsgpack.Ext]] = {}

    def dumps_typed(self, obj: object) -> tuple[str, bytes]:
        """Return the kind and the bytes of a value."""
        if obj is None or isinstance(obj, (bytes, bytearray)):
            return super().dumps_typed(obj)
        return "msgpack", ormsgpack.packb(obj, default=self._default, option=_option)

    def _default(self, obj: object) -> object:
        return self._block(obj) if isinstance(obj, Contract) else _msgpack_default(obj)

    def _block(self, contract: Contract) -> ormsgpack.Ext:
        key = id(contract)
        kept = self._blocks.get(key)
        if kept is not None and kept[0]() is contract:
            return kept[1]
        noun = type(contract)
        packed = ormsgpack.packb((noun.__module__, noun.__name__, contract.model_dump(mode="json"), "model_validate_json"))
        block = ormsgpack.Ext(EXT_PYDANTIC_V2, packed)
        self._blocks[key] = (weakref.ref(contract, lambda _: self._blocks.pop(key, None)), block)
        return block
