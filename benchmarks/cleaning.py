"""What it costs to make clean sentences of a model's content that comes character by character.

A slow machine needs its time for the model, and a piece must be on stage before the next one comes.
The replies are such as models write: spoken lines, and all that has to be taken out of them. The
baseline only puts the same pieces together. Both are processor time: what other programs take of a
busy machine's time is not the cleaning's.
"""

import time
from collections.abc import Callable

from benchmarks.row import Row, percentile
from bot.speech import Speech

_ROUNDS = 20
_LIMIT_US = 20.0
_MOODS = ("joy", "calm", "sad")
_REPLIES = {
    "English": """\
[joy] Welcome to the lamp room, taro! I'm so happy you came. Brahms stole 3.5 biscuits today, e.g. \
the ginger ones... Do you like tea?
*waves softly* Wren: **Hello**, mika (laughs)! The waves sing all night, and I only have 1,000 \
matches left; that is plenty (I mean it). See https://example.com/a.b?c=d.
<think>They want a story, so let me think of one.</think>[calm] "Once there was a gull who wanted \
to be a captain. He borrowed a hat, a very small hat, and he never gave it back!"
No, no, no! You all have to come along, because the sea is calm, the moon is out, and the kettle \
is nearly boiling: what more could anyone want :smile: on a night like this one?""",
    "Japanese": """\
[joy]みかさん、よう聞いてくれた!さっと炙って、お醤油をちょん、がいちばんなんよ。温度は3.5度やけど、湯はあついんよ〜。また来てな♪
牡丹「こんばんは、月見亭の牡丹やよ。（笑顔で手を振る）みんな、元気にしてた？うちは元気やよ（笑）」
<think>相手はお客さん。やさしく答える。</think>[calm]tetsuさん、今日はしんどかったなあ…。「大丈夫」って、うちが言うてあげる。
むかしむかし、うちが人を化かそうとして、木の葉をお金に変えたんやけど、その人が風の強い日に財布を開けてしもてな、ぜんぶ飛んでいったんよ!""",
}
"""A reply a line."""


async def measure() -> list[Row]:
    """Clean each reply many times, and put it together as often."""
    rows = []
    for language, lines in _REPLIES.items():
        replies = lines.splitlines()
        cleaned = [_a_piece(_clean, reply) for _ in range(_ROUNDS) for reply in replies]
        joined = [_a_piece(_join, reply) for _ in range(_ROUNDS) for reply in replies]
        micro = [1e6 * percentile(seconds, 95) for seconds in (cleaned, joined)]
        rows.append(
            Row(
                f"cleaning a reply in {language}, a character",
                *(micro[0], "text += piece", micro[1], _LIMIT_US),
                unit="µs",
            )
        )
    return rows


def _a_piece(work: Callable[[str], str], reply: str) -> float:
    began = time.thread_time()
    assert work(reply)
    return (time.thread_time() - began) / len(reply)


def _clean(reply: str) -> str:
    speech = Speech(("Wren", "牡丹"), moods=_MOODS)
    said = [sentence for piece in reply for sentence in speech.feed(piece)]
    return " ".join([*said, *speech.close()])


def _join(reply: str) -> str:
    text = ""
    for piece in reply:
        text += piece
    return text
