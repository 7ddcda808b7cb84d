"""A live model reads an approved draft once more. Whatever it says or fails to say, it can only lower the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig

from vendora_graph.contracts import Draft, Ledger, Verdict
from vendora_graph.errors import ModelError
from vendora_graph.evidence.opinion import SecondOpinion, lowered
from vendora_graph.evidence.render import render_draft
from vendora_graph.models.ask import Meter, ask_model
from vendora_graph.prompts.render import as_data, render
from vendora_graph.state import Usage

if TYPE_CHECKING:
    from vendora_graph.services import Services


async def reconsidered(
    verdict: Verdict, question: str, draft: Draft, ledger: Ledger, usage: Usage, services: Services, config: RunnableConfig
) -> tuple[Verdict, Usage]:
    """Return the verdict after the second opinion, and the usage.

    Nobody is asked where the settings name no live model, or of a draft that the checks refused. A model that fails or answers with
    something else has no opinion.
    """
    model = services.opinion
    if model is None or not verdict.approved:
        return verdict, usage
    messages = question_for(question, draft, ledger, verdict)
    meter = Meter(usage)
    try:
        opinion = await ask_model(model, messages, SecondOpinion, meter, services.settings, config)
    except ModelError:
        return verdict, meter.usage
    return lowered(verdict, opinion, services.settings.quality_threshold), meter.usage


def question_for(question: str, draft: Draft, ledger: Ledger, verdict: Verdict) -> list[BaseMessage]:
    """Return what the model is shown: the question, and the answer as its reader would get it (without tables)."""
    shown = render_draft(draft, ledger, withheld=verdict.withheld)
    advice = (f"{item.action} {item.measure}" for item in shown.recommendations)
    lines = "\n".join(as_data(text) for text in (shown.headline, *shown.analysis.findings, *advice, *shown.caveats, *shown.assumptions))
    asked = f"<question>\n{as_data(question)}\n</question>\n<answer>\n{lines}\n</answer>"
    return [SystemMessage(content=render("master_validator")), HumanMessage(content=asked)]
