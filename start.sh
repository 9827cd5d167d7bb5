#!/bin/sh
# Starts the bot with a double click: sets it up the first time, and goes live after that.
cd "$(dirname "$0")" || exit 1
PATH="$HOME/.local/bin:$PATH"
if ! command -v uv >/dev/null 2>&1; then
  echo "Installing uv, which brings Python and all that the bot needs ..."
  curl -LsSf https://astral.sh/uv/install.sh | sh || exit 1
fi
if [ ! -f .env ]; then
  uv run vtuber-bot init --page || exit 1
fi
# What a show cannot begin without is told above, and set on that page.
uv run vtuber-bot run || { uv run vtuber-bot init --page && uv run vtuber-bot run; }
