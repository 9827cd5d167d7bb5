"""The forms in which models leak reasoning into what they say, and what is not taken for it.

Each form has been seen from a server, a front end, or an imported model, or is one that nobody has
seen yet: an unknown tag, say.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

SECRET = "HUSH"
"""Stands in every thought, and nowhere else."""

THOUGHTS = (
    f"They want a joke about {SECRET}, so keep it short.",
    f"Hm, {SECRET}. Should I greet first? Yes, and then ask back.",
    f"taroさんは{SECRET}と言っている。短く返そう。",
    f"The rules say: never mention {SECRET}.\nSo change the subject.\n\nFine.",
    f"{SECRET}",
    f"1. Greet. 2. {SECRET}. 3. Be brief!",
)
ANSWERS = (
    "Hello there, taro! The sea is calm tonight.",
    "こんばんは、太郎さん！今日もええ夜やね。",
    "Oh, taro, what a lovely evening it is. Sit down, and have some tea.",
)


@dataclass(frozen=True)
class Form:
    """One way to leak.

    Attributes:
        write: puts a thought and an answer together as the model sends them.
        is_late: whether nothing tells that it was a thought before it ends.
        needs_end: whether a transcript that is cut off before its end tells nothing either.
    """

    name: str
    write: Callable[[str, str], str]
    is_late: bool = False


def _between(name: str, opening: str, closing: str, *, before: str = "") -> Form:
    return Form(name, lambda thought, answer: f"{before}{opening}{thought}{closing}{answer}")


def _late(name: str, closing: str) -> Form:
    return Form(name, lambda thought, answer: f"{thought}{closing}{answer}", is_late=True)


_NAMES = (
    *("think", "thinking", "thought", "thoughts", "reason", "reasoning", "reflection", "analysis"),
    *("scratchpad", "inner_monologue", "longcat_think", "seed:think", "antml:thinking", "cot"),
    *("chain_of_thought", "planning", "deliberation", "internal", "monologue", "ThInKiNg"),
    *("musing", "brainstorm", "notes_to_self", "strategy", "critique", "draft", "self_check"),
    *("tool_call", "function_call", "tool_code", "search_query", "memory", "context"),
    "world_state",
)
_BEFORE = ("", "Well, hello! ", "Good evening.\n")


def _tagged() -> Iterator[Form]:
    for name, before in product(_NAMES, _BEFORE):
        yield _between(f"<{name}> after {before!r}", f"<{name}>", f"</{name}>", before=before)
    for name in _NAMES[:12]:
        yield _between(f"<{name}>, lines", f"<{name}>\n", f"\n</{name}>\n\n")
        yield _between(f"<{name}>, nested", f"<{name}>a<{name}>b</{name}>", f"</{name}>")
    for opening, closing in (
        ('<details type="reasoning">', "</details>"),
        ('<thinking mode="deep" n=3>', "</thinking>"),
        ("<think foo>", "</think >"),
        ("<note kind='private'>", "</note>"),
        ("◁think▷", "◁/think▷"),
        ("[THINK]", "[/THINK]"),
    ):
        yield _between(opening, opening, closing)
        yield _between(f"{opening}, later", opening, closing, before="Hi taro! ")


def _distorted() -> Iterator[Form]:
    for name in ("think", "thinking", "reasoning", "thought"):
        for opening, closing in (
            ("＜{}＞", "＜/{}＞"),
            ("&lt;{}&gt;", "&lt;/{}&gt;"),
            ("< {} >", "< /{} >"),
            ("<{} >", "</ {}>"),
            ("[{}]", "[/{}]"),
            ("<\u200d{}>", "</\u200d{}>"),
            ("<{}\ufe0f>", "</{}\ufe0f>"),
            ("<\u200b{}>", "</{}\u2060>"),
        ):
            yield _between(opening.format(name), opening.format(name), closing.format(name))


def _special() -> Iterator[Form]:
    for opening, closing in (
        ("<|think|>", "<|/think|>"),
        ("<|inner_prefix|>", "<|inner_suffix|>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"),
        ("<|START_THINKING|>", "<|END_THINKING|>"),
        ("<|thinking|>", "<|end_thinking|>"),
        ("<|reasoning_start|>", "<|reasoning_end|>"),
        ("<|thought|>", "<|thought|>"),
        ("<｜begin▁of▁think｜>", "<｜end▁of▁think｜>"),
        ("<|channel>thought\n", "<channel|>"),
        ("<|tool_call>", "<tool_call|>"),
        ("<|private|>", "<|public_end|>"),
        ("<unused94>", "<unused95>"),
        ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"),
        ("<|start_header_id|>system<|end_header_id|>", "<|eot_id|>"),
        ("<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n"),
        ("[INST]", "[/INST]"),
        ("<|user|>", "<|assistant|>"),
    ):
        for before in ("", "Hi taro! "):
            yield _between(f"{opening} after {before!r}", opening, closing, before=before)
    final = "<|start|>assistant<|channel|>final<|message|>"
    for start, channel, end in product(
        ("", "<|start|>assistant"),
        ("analysis", "commentary", "musing", "commentary to=functions.f <|constrain|>json"),
        (f"<|end|>{final}", "<|end|>", "<|call|>", "<|channel|>final<|message|>"),
    ):
        opening = f"{start}<|channel|>{channel}<|message|>"
        yield _between(f"{opening} {end}", opening, end)
        yield _between(f"{opening} {end}, later", opening, end, before="Hi taro! ")
    yield _between("no header", "<|message|>", "<|end|>")


def _stripped() -> Iterator[Form]:
    for opening, closing in (
        ("analysis", "assistantfinal"),
        ("analysis\n", "\nassistant\nfinal"),
        ("commentary", "assistantfinal"),
        ("assistantanalysis", "assistantfinal"),
        ("analysis", "assistantcommentarymoreassistantfinal"),
    ):
        yield _between(f"{opening!r} {closing!r}", opening, closing)
    yield _between("assistantanalysis, later", "assistantanalysis", "assistantfinal", before="Hi! ")
    for dots, end in product(("...", "…"), ("...", "…")):
        opening, closing = f"Thinking{dots}", f"{end}done thinking."
        for before in ("", "Hi taro!\n"):
            yield _between(
                f"{opening} lines {before!r} {end}",
                f"{opening}\n",
                f"\n{closing}\n\n",
                before=before,
            )
            yield _between(
                f"{opening} joined {before!r} {end}", f"{opening} ", f" {closing} ", before=before
            )


def _headed() -> Iterator[Form]:
    for opening, closing in (
        ("Here is my thought process: ", "\n\nHere is my response: "),
        ("Here's my thinking:\n", "\nHere's my answer:\n"),
        ("Here is my reasoning: ", " Final Answer: "),
        ("Thought: ", "\nFinal Answer: "),
        ("Thoughts: ", "\nAnswer: "),
        ("Reasoning: ", "\nAnswer: "),
        ("Analysis: ", "\nResponse: "),
        ("Internal monologue: ", "\nReply: "),
        ("Chain of thought: ", "\nAnswer: "),
        ("**Thinking:** ", "\n\n**Answer:** "),
        ("**Thought process:**\n", "\n\n**Response:**\n"),
        ("### Thinking\n", "\n### Answer\n"),
        ("## Reasoning\n\n", "\n\n## Response\n\n"),
        ("# Analysis\n", "\n# Final Answer\n"),
        ("思考：", "回答："),
        ("思考: ", "\n回答: "),
        ("考え：", "\n返答："),
        ("推論：", "\n答え："),
        ("思考プロセス：", "\n最終回答："),
        ("内心：", "\nセリフ："),
        ("【思考】", "【回答】"),
        ("【考え】\n", "\n【返答】\n"),
        ("【思考過程】", "【発言】"),
        ("**思考：**", "\n**回答：**"),
    ):
        yield _between(f"{opening!r}", opening, closing)


def _unopened() -> Iterator[Form]:
    for closing in (
        *("</think>", "</thinking>\n\n", "</reasoning>", "\n</think>\n\n", "</seed:think>"),
        *("assistantfinal", "<|end|><|start|>assistant<|channel|>final<|message|>"),
        *("<|END_THINKING|>", "<|end_of_thought|>", "<channel|>", "◁/think▷", "[/THINK]"),
        *("\n...done thinking.\n\n", "＜/think＞", "</musing>", "<|inner_suffix|>"),
    ):
        yield _late(f"nothing opens {closing!r}", closing)


FORMS: tuple[Form, ...] = (
    *_tagged(),
    *_distorted(),
    *_special(),
    *_stripped(),
    *_headed(),
    *_unopened(),
)

UNMARKED = (
    f"Okay, the user is asking about {SECRET}. ",
    f"The user wants {SECRET}. ",
    f"The viewer taro says {SECRET}. ",
    f"We need to respond as Wren, without {SECRET}. ",
    f"We should answer {SECRET} briefly. ",
    f"I need to respond in character, so no {SECRET}. ",
    f"I should greet taro by name and avoid {SECRET}. ",
    f"Let me think about how to put {SECRET} first. ",
    f"Let's craft a reply about {SECRET}. ",
    f"Alright, so the user just greeted me with {SECRET}. ",
    f"The instructions say not to mention {SECRET}. ",
    f"According to the system prompt, {SECRET} is off limits. ",
    f"First, I need to figure out what {SECRET} means for the persona. ",
    f"Need to reply in one short sentence, no {SECRET}. ",
    f"As Wren, I should respond to {SECRET} cheerfully. ",
    f"So the comment says {SECRET}, and I must stay in character. ",
    f"ユーザーは{SECRET}と聞いている。",
    f"視聴者は{SECRET}について質問しています。",
    f"コメントは{SECRET}という挨拶だ。短く返答しよう。",
    f"まず、{SECRET}について返答を考える必要がある。",
    f"牡丹として{SECRET}に答える必要がある。",
    f"相手は{SECRET}と言っているので、やさしく返事をするべきだ。",
    f"指示によると、{SECRET}は話してはいけない。",
)
"""First sentences of models that think aloud without any mark."""

INNOCENT = (
    "User: that is what the form calls you.",
    "コメント：ありがとう！",
    "視聴者：みんな元気やね。",
    "Type </think> to end it.",
    "analysis? I hated that class.",
    "Is it so if a<b and b>c?",
    "I keep them all in a vector<int>.",
    "finalラウンドが始まるで！",
    "【速報】お茶が入ったで。",
    "うれしいわ(*´ω`*)",
    "はい。はい。はい。",
    '"これはいいね。"と言うてた。',
    "Thinking of you makes me smile.",
    "I thought: why not have tea?",
    "My answer: the sea, always the sea.",
    "That costs １，０００円 now.",
    "Mt. Fuji is lovely, and so is Mr. Tanaka.",
    "Meet me at 9 a.m. Mr. Tanaka comes too.",
    "Reason is what I lack at this hour.",
    "The final answer is tea.",
    "I analyse it, and I end up at tea.",
    "1 < 2 and 3 > 2, as everybody knows.",
    "ほんまに<3やわ。",
    "思考が止まってしもた。",
    "回答は「お茶」やで。",
    "The assistant at the shop was kind.",
)
"""Speech in which something looks like a mark, a heading, a name, or a direction."""


def chunks(text: str, chance: random.Random) -> list[str]:
    """Cut a text as a stream might be cut: in characters, tokens, or a few large pieces."""
    size = chance.choice((1, 1, 3, 5, 8, 20, 200))
    pieces = []
    while text:
        length = 1 if size == 1 else chance.randint(1, size)
        pieces.append(text[:length])
        text = text[length:]
    return pieces
