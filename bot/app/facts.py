"""Facts in the terminal: a name and what it is in each line."""

from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size
from rich.console import Console


def tell(facts: Mapping[str, str], console: Console) -> None:
    """Print facts, one below the other, the names as wide as the widest in any script.

    What is told stays in one line, so that addresses can be copied and clicked.
    """
    width = max(map(cell_len, facts)) + 2
    for name, fact in facts.items():
        console.print(f"[bold]{set_cell_size(name, width)}[/bold]", end="")
        console.print(fact, markup=False, highlight=False, soft_wrap=True)
