"""Who waits for an answer, and who is being answered, for pages and scripts."""

from typing import Any

from bot.app.assembly import Show
from bot.chat import Remark
from bot.intake.ranking import Rank
from bot.web.overlay import comment_json

_TOLD = 50
"""Remarks that are told; the others are counted."""


def queue_report(show: Show) -> dict[str, Any]:
    """Return the comments that are being answered, and those that wait, the next one first."""
    ranked = show.queue.ranked()
    return {
        "answering": [comment_json(comment) for comment in show.director.answering],
        "queue": [_remark_json(remark, rank) for remark, rank in ranked[:_TOLD]],
        "others": max(0, len(ranked) - _TOLD),
    }


def _remark_json(remark: Remark, rank: Rank) -> dict[str, Any]:
    return {
        "comment": comment_json(remark.first),
        "viewers": len(remark.comments),
        "score": round(rank.score, 1),
        "why": list(rank.reasons),
    }
