"""What of a page not everybody can use."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page


async def barriers(page: Page) -> list[str]:
    """Return what axe finds: contrast, names of controls, and the other rules of WCAG it knows."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
