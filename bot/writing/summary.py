"""Notes on what was said: asked of the model in idle time, and made as harmless as any comment."""

from collections.abc import AsyncIterable

from bot.llm.message import Content, Done, Piece
from bot.speech import Speech
from bot.text import clean, join
from bot.writing import prompt
from bot.writing.quotation import Quotations

SENTENCES = 10
"""What notes are asked to have, at most; twice as many are taken."""
LIMIT = 2000
"""Characters of notes."""


async def notes(pieces: AsyncIterable[Piece], speech: Speech, quotations: Quotations) -> str:
    """Return what a model noted, on one line; empty where that came to nothing.

    It was made from strangers' words, and so may hold whatever they wrote: no thoughts, no marks,
    and nothing that the model was told in confidence is left in it.
    """
    sentences: list[str] = []
    async for piece in pieces:
        if isinstance(piece, Content):
            sentences += speech.feed(piece.text)
        elif isinstance(piece, Done) and not piece.cut:
            sentences += speech.close()
        if len(sentences) >= 2 * SENTENCES:
            break
    if speech.leaked:
        return ""
    fit = [prompt.unmarked(clean(each)) for each in sentences if not quotations.quotes(each)]
    return clean(join(fit), LIMIT)
