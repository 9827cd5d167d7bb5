"""Hears what a page plays: its samples, and when each sound begins."""

from playwright.async_api import Page

LISTEN = """
  window.begun = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target === this.context.destination && !window.ear) {
      window.ear = new AnalyserNode(this.context, { fftSize: 2048 });
      connect.call(this, window.ear);
    }
    return connect.call(this, target, ...rest);
  };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (at) {
    const now = performance.timeOrigin + performance.now();
    const wait = Math.max(0, at - this.context.currentTime);
    window.begun.push([at, this.buffer.duration, now + 1000 * wait]);
    return start.call(this, at);
  };
  window.loudness = () => {
    if (!window.ear) return 0;
    const samples = new Float32Array(2048);
    window.ear.getFloatTimeDomainData(samples);
    return Math.hypot(...samples) / Math.sqrt(2048);
  };
"""
"""Hears what goes to the loudspeaker, and notes when each sound begins."""


async def until(page: Page, holds: str) -> None:
    """Wait until something holds in a page, whose policy forbids Playwright's own way."""
    waiting = f"new Promise((done) => {{ const look = () => ({holds}) ? done()"
    await page.evaluate(f"{waiting} : setTimeout(look, 10); look(); }})")


async def is_loud(page: Page) -> None:
    """Wait until something is heard."""
    await until(page, "loudness() > 0.05")


async def is_silent(page: Page) -> None:
    """Wait until nothing is."""
    await until(page, "loudness() < 0.0001")
