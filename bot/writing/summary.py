"""Notes on what was said: made as harmless as any comment."""

from collections.abc import Iterable

from bot.speech import Speech
from bot.text import clean, join
from bot.writing import prompt
from bot.writing.quotation import Quotations

SENTENCES = 10
"""What notes are asked to have, at most; twice as many are taken."""
LIMIT = 2000
"""Characters of notes."""


def harmless(notes: Iterable[str], speech: Speech, quotations: Quotations) -> str:
    """Return what a model noted, on one line; empty where that came to nothing.

    It was made from strangers' words, and so may hold whatever they wrote: no thoughts, no marks,
    and nothing that the model was told in confidence is left in it.
    """
    sentences = [*speech.feed("\n".join(notes)), *speech.close()]
    if speech.leaked:
        return ""
    fit = [
        prompt.unmarked(clean(each))
        for each in sentences[: 2 * SENTENCES]
        if not quotations.quotes(each)
    ]
    return clean(join(fit), LIMIT)
