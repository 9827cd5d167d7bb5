"""Telling the streamer a thing once."""

import logging

from bot.recent import Recent

_TOPICS = 100


class Once:
    """Logs a line as it should be, and the same one again only for the log file.

    Args:
        log: where the lines go.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._last: Recent[str, str] = Recent(_TOPICS)

    def tell(self, level: int, text: str, *, topic: str = "", about: str = "") -> bool:
        """Log a text at a level, but at DEBUG where it is what was last told on its topic.

        Args:
            level: of the first time.
            text: the line.
            topic: what the line is one of several on, where there are several things to tell of.
            about: what makes it the same line, where parts of the text make no difference.

        Returns:
            Whether it was told at its level.
        """
        again = self._last.get(topic, None) == (about or text)
        self._last[topic] = about or text
        self._log.log(logging.DEBUG if again else level, "%s", text)
        return not again

    def forget(self, topic: str = "") -> None:
        """Let the next line on a topic be told, whatever it is."""
        self._last[topic] = ""
