"""Whether the server had forgotten what it had read, which costs viewers time: told once."""

import logging

from bot.translation import tr

log = logging.getLogger(__name__)

_WORTH_TELLING = 3.0
"""Seconds of a viewer's that it has cost, at least."""
_TIMES = 4.0
"""How many times as long as expected it has taken, at least: machines have their moods."""


class Rereading:
    """Compares how long the model read with how long it should have.

    A server tells how many tokens a prompt has, and not how many of them it had to read; only the
    time shows that.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._is_told = False

    def is_lost(self, *, expected: float, took: float, loading: float) -> bool:
        """Return whether what was read before was lost, and tell it, once.

        Args:
            expected: seconds in which what was new should have been read.
            took: seconds that it took.
            loading: seconds for which the model was loaded before that.
        """
        is_loaded_anew = loading > _WORTH_TELLING
        is_lost = is_loaded_anew or (
            took - expected > _WORTH_TELLING and took > _TIMES * max(expected, 0.1)
        )
        if is_lost and not self._is_told:
            self._is_told = True
            what = (
                tr("loaded {model} anew", model=self._model)
                if is_loaded_anew
                else tr("had forgotten the talk")
            )
            log.warning(
                tr(
                    "The model's server {what} and read it all again, which took {took:.0f} s."
                    " Does another program use {model}, perhaps with another context"
                    " (num_ctx)? Viewers wait while it does. This is said once.",
                    what=what,
                    took=took + loading,
                    model=self._model,
                ),
            )
        return is_lost
