"""The first look at a question, before anything is opened: is there one, and can it be read at all?"""

from __future__ import annotations

from vendora_graph.errors import QuestionError


def readable(question: str, max_chars: int) -> str:
    """Return the question as well-formed text without outer space and control characters.

    Raises:
        QuestionError: It is empty or longer than `max_chars`.
    """
    text = question.encode("utf-8", "replace").decode("utf-8")
    text = " ".join("".join(char if char.isprintable() or char == "\u200d" else " " for char in text).split())
    if not text:
        raise QuestionError('The question is empty. Ask something like "What were my sales this month?"')
    if len(text) > max_chars:
        raise QuestionError(f"The question has {len(text):,} characters; {max_chars:,} is the most. Shorten it to what you want to know.")
    return text
