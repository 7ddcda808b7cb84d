"""What clients send, and the one shape errors have."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Ask(BaseModel):
    """A question. Everything but `question` is a wish; who asks is established by the server."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=100_000)
    thread_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="A conversation to continue.")
    dealership_id: str | None = Field(default=None, max_length=64)
    role: str | None = Field(default=None, max_length=64)
    person_id: str | None = Field(default=None, max_length=64)
    as_of: date | None = None


class Problem(BaseModel):
    """An error as a client sees it: a sentence, a code, and an id to quote."""

    error: str
    code: str
    request_id: str
