"""Write into pyproject.toml what is installed, with all that it depends on: `just pin`.

It takes the newest versions that pyproject's own limits allow. No address of a registry is written:
only names, versions, and the systems they are for.
"""

import re
import subprocess
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
BLOCK = re.compile(r"^((?:build-)?constraint-dependencies) = \[\n[^\]]*^\]$", re.MULTILINE)
PLAIN = "--no-annotate --no-header --quiet"
INSTALLED = f"uv export --upgrade --all-extras --all-groups --no-hashes --no-emit-project {PLAIN}"
BUILDING = f"uv pip compile --upgrade --universal --python-version 3.11 {PLAIN} -"
FOLLOWS = "yt-dlp=="
"""Begins what is not pinned: it must follow YouTube within days, and only newer ones do."""
NEVER = "sys_platform == 'never'"
"""Marks what pyproject overrides, so that it is not installed at all."""


def main() -> None:
    """Forget the pins, have uv resolve anew, and write down what it found."""
    before = PROJECT.read_text(encoding="utf-8")
    building = "\n".join(tomllib.loads(before)["build-system"]["requires"])
    PROJECT.write_text(BLOCK.sub(r"\1 = [\n]", before), encoding="utf-8")
    try:
        found = {
            "constraint-dependencies": _run(INSTALLED),
            "build-constraint-dependencies": _run(BUILDING, building),
        }
    finally:
        PROJECT.write_text(before, encoding="utf-8")
    after = BLOCK.sub(lambda block: _block(block[1], found[block[1]]), before)
    PROJECT.write_text(after, encoding="utf-8")


def _run(command: str, text: str = "") -> list[str]:
    done = subprocess.run(
        command.split(), cwd=PROJECT.parent, input=text, check=True, text=True, capture_output=True
    )
    lines = (line.strip().replace('"', "'") for line in done.stdout.splitlines())
    wanted = (line for line in lines if line and NEVER not in line and not line.startswith(FOLLOWS))
    return [re.sub(r"\s*;\s*", "; ", line) for line in wanted]


def _block(name: str, pins: list[str]) -> str:
    return "\n".join([f"{name} = [", *(f'  "{pin}",' for pin in pins), "]"])


main()
