"""``python -m bot`` is ``vtuber-bot``."""

from bot.cli import main

main()
