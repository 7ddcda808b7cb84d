"""A streamed reply put together: broken arguments stay broken."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolCallChunk, message_chunk_to_message
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.messages.tool import invalid_tool_call


async def gathered(stream: AsyncIterator[BaseMessage]) -> BaseMessage | None:
    """Return the whole message of a stream, None for an empty one.

    LangChain closes the open brackets of arguments that broke off, so that a call would run without its last filters; here a call
    whose arguments are not JSON as they were sent is an invalid one.
    """
    chunks = [chunk async for chunk in stream if isinstance(chunk, AIMessageChunk)]
    if not chunks:
        return None
    whole = add_ai_message_chunks(*chunks)
    broken = [chunk for chunk in whole.tool_call_chunks if not _is_json(chunk)]
    message = message_chunk_to_message(whole)
    if not broken or not isinstance(message, AIMessage):
        return message
    identities = {chunk["id"] for chunk in broken}
    return message.model_copy(
        update={
            "tool_calls": [call for call in message.tool_calls if call["id"] not in identities],
            "invalid_tool_calls": [
                invalid_tool_call(name=chunk["name"], args=chunk["args"], id=chunk["id"], error="not JSON") for chunk in broken
            ],
        }
    )


def _is_json(chunk: ToolCallChunk) -> bool:
    try:
        json.loads(chunk["args"] or "{}")
    except ValueError:
        return False
    return True
