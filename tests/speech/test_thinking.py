"""What the model thinks never reaches the audience, wherever the stream was cut."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech import Speech
from bot.speech.thinking import ThinkingFilter

_SECRET = "HUSH"
"""Stands in every thought, and nowhere else."""


class Heard(NamedTuple):
    """What came of a transcript: the text for the audience, and whether it must be taken back."""

    text: str
    leaked: bool


def heard(pieces: Iterable[str], *, begins_thinking: bool = False) -> Heard:
    """Feed the pieces one by one."""
    thinking_filter = ThinkingFilter(begins_thinking=begins_thinking)
    text = "".join(map(thinking_filter.feed, pieces)) + thinking_filter.close()
    return Heard(text, thinking_filter.leaked)


# ANSI codes as the command line writes them around its thinking.
_GREY = "\x1b[38;5;245m\x1b[1m"
_PLAIN = "\x1b[0m"

TRANSCRIPTS = {
    # <think>, as DeepSeek, Qwen and their imports write it.
    "tag": ("<think>HUSH</think>Hello!", "Hello!"),
    "tag, blank lines": ("<think>\nHUSH\n</think>\n\nHello!", "\n\nHello!"),
    "tag, empty": ("<think>\n\n</think>\n\nHello!", "\n\nHello!"),
    "tag, unclosed": ("Hello! <think>HUSH, and so on", "Hello! "),
    "tag, unclosed at once": ("<think>HUSH", ""),
    "tag, cut in its end": ("<think>HUSH</thin", ""),
    "tag, nested": ("<think>HUSH <think>HUSH</think> HUSH</think>Hi.", "Hi."),
    "tag, nested deep": ("<think><think><think>HUSH</think></think>HUSH</think>Hi.", "Hi."),
    "tag, nested, unclosed": ("<think>HUSH<think>HUSH</think>HUSH", ""),
    "tag, in capitals": ("<THINK>HUSH</THINK>Hi. <Think>HUSH</tHiNk>Ho.", "Hi. Ho."),
    "tag, other names": (
        "<thinking>HUSH</thinking>A<thought>HUSH</thought>B<reasoning>HUSH</reasoning>C",
        "ABC",
    ),
    "tag, attributes": ('<think type="deep">HUSH</think >Hi.', "Hi."),
    "tag, mid-answer, twice": (
        "One. <think>HUSH</think>Two. <think>HUSH</think>Three.",
        "One. Two. Three.",
    ),
    "tag, other marks within": ("<think>HUSH <3 </b> < | <| HUSH</think>Hi.", "Hi."),
    "tag, Japanese": ("<think>HUSH、考える。</think>こんばんは。", "こんばんは。"),
    # Harmony, gpt-oss's own format.
    "harmony": (
        (
            "<|channel|>analysis<|message|>HUSH<|end|>"
            "<|start|>assistant<|channel|>final<|message|>Hello!<|return|>"
        ),
        "Hello!",
    ),
    "harmony, in full": (
        (
            "<|start|>assistant<|channel|>analysis<|message|>HUSH<|end|>"
            "<|start|>assistant<|channel|>final<|message|>Hello!<|end|>"
        ),
        "Hello!",
    ),
    "harmony, mid-answer": (
        "Hello! <|channel|>analysis<|message|>HUSH<|end|>How are you?",
        "Hello! How are you?",
    ),
    "harmony, mid-answer, then final": (
        "Hello! <|channel|>analysis<|message|>HUSH<|channel|>final<|message|>Bye!",
        "Hello! Bye!",
    ),
    "harmony, unclosed": ("Hello! <|channel|>analysis<|message|>HUSH", "Hello! "),
    "harmony, cut in its header": ("Hello! <|channel|>anal", "Hello! "),
    "harmony, commentary": (
        "<|channel|>commentary to=functions.hush <|constrain|>json<|message|>HUSH<|call|>Hi.",
        "Hi.",
    ),
    "harmony, constrained final": (
        "<|channel|>final<|constrain|>json<|message|>Hi.<|return|>",
        "Hi.",
    ),
    "harmony, to a tool": ("<|start|>assistant to=functions.f<|message|>HUSH<|call|>Hi.", "Hi."),
    "harmony, a tool's answer": (
        "<|start|>functions.f to=assistant<|message|>HUSH<|end|><|start|>assistant<|message|>Hi.",
        "Hi.",
    ),
    "harmony, system": ("<|start|>system<|message|>HUSH<|end|>Hi.", "Hi."),
    "harmony, unknown channel": ("<|channel|>musing<|message|>HUSH<|end|>Hi.", "Hi."),
    "harmony, no header": ("<|message|>HUSH<|end|>Hi.", "Hi."),
    "harmony, in capitals": ("<|CHANNEL|>analysis<|MESSAGE|>HUSH<|END|>Hi.", "Hi."),
    "harmony, with tags": (
        "<|channel|>analysis<|message|>HUSH <think>HUSH<|end|>Hi.",
        "Hi.",
    ),
    "other marks": ("Hello!<|im_end|><｜end▁of▁sentence｜>", "Hello!"),
    # Harmony, its marks lost.
    "lost": ("analysisHUSHassistantfinalHello!", "Hello!"),
    "lost, broken lines": ("analysis\nHUSH\nassistant\nfinalHello!", "Hello!"),
    "lost, several": ("analysisHUSHassistantanalysisHUSHassistantfinalHello!", "Hello!"),
    "lost, commentary": ("commentaryHUSHassistantfinalHello!", "Hello!"),
    "lost, unclosed": ("analysisHUSH, and so on", ""),
    "lost, mid-answer": ("Hello!assistantanalysisHUSHassistantfinalBye!", "Hello!Bye!"),
    "lost, Japanese": ("analysisHUSHassistantfinalこんばんは。", "こんばんは。"),
    "lost, only final": ("finalHello!", "Hello!"),
    "half lost": ("analysisHUSH<|end|><|start|>assistant<|channel|>final<|message|>Hi.", "Hi."),
    # Other families.
    "ChatML": ("<|im_start|>assistant\nHello!<|im_end|>", "Hello!"),
    "ChatML, another's turn": (
        "Hello!<|im_end|>\n<|im_start|>user\nHUSH<|im_end|>\n<|im_start|>assistant\nBye!",
        "Hello!\n\nBye!",
    ),
    "ChatML, a thought": ("<|im_start|>assistant\n<think>HUSH</think>Hi.<|im_end|>", "Hi."),
    "Gemma": (
        "<start_of_turn>model\nHello!<end_of_turn>\n<start_of_turn>user\nHUSH<end_of_turn>",
        "Hello!\n",
    ),
    "Gemma 4": ("<|turn>model\n<|channel>thought\nHUSH\n<channel|>Hi.<turn|>", "Hi."),
    "Gemma 4, a tool": ("Hi.<|tool_call>call:hush{HUSH}<tool_call|>Ho.", "Hi.\nHo."),
    "Llama 3": (
        (
            "<|start_header_id|>assistant<|end_header_id|>Hi.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>HUSH<|eot_id|>"
        ),
        "Hi.",
    ),
    "Llama 2": ("<s>[INST] <<SYS>>HUSH<</SYS>> HUSH [/INST]Hi.</s>", "Hi."),
    "Mistral": ("[THINK]HUSH[/THINK]Hi.</s>[INST]HUSH[/INST]Ho.", "Hi.\nHo."),
    "Mistral, tools": ("Hi.[TOOL_CALLS]HUSH", "Hi."),
    "DeepSeek": ("Hi.<｜end▁of▁sentence｜><｜User｜>HUSH<｜Assistant｜>Ho.", "Hi.\nHo."),
    "Phi": ("<|assistant|>Hi.<|end|><|user|>HUSH<|end|><|assistant|>Ho.", "Hi.\nHo."),
    "Cohere": ("<|START_THINKING|>HUSH<|END_THINKING|>Hi.", "Hi."),
    "Kimi": ("◁think▷HUSH◁/think▷Hi.", "Hi."),
    "Seed": ("<seed:think>HUSH</seed:think>Hi.", "Hi."),
    "ends of all families": ("Hi.</s><eos><|endoftext|><|eot_id|><end_of_turn><turn|>", "Hi."),
    "marks of no meaning": ("<pad>Hi<unk>.<|fim_hole|>[gMASK]<sop>", "Hi."),
    # What the ollama command prints.
    "command line": ("Thinking...\nHUSH\n...done thinking.\n\nHello!", "\n\nHello!"),
    "command line, Windows": ("Thinking...\r\nHUSH\r\n...done thinking.\r\n\r\nHi.", "\r\n\r\nHi."),
    "command line, dots": ("Thinking...\nHUSH.......done thinking.\nHi.", "\nHi."),
    "command line, ellipsis": ("Thinking…\nHUSH\n…done thinking.\nHi.", "\nHi."),
    "command line, colours": (
        f"{_GREY}Thinking...\n{_PLAIN}{_GREY}HUSH\n{_GREY}...done thinking.\n\n{_PLAIN}Hello!",
        "\n\nHello!",
    ),
    "command line, spinner": (
        f"\x1b[?25l\x1b[2K\x1b[1G{_GREY}Thinking...{_PLAIN}\nHUSH\n...done thinking.\nHi.",
        "\nHi.",
    ),
    "command line, unclosed": ("Thinking...\nHUSH", ""),
    "command line, joined": ("Thinking... HUSH ...done thinking. Hello!", " Hello!"),
}

INNOCENT = [
    "I <3 you",
    "finally!",
    "final exams are over",
    "Thinking... pizza!",
    "Thinking about pizza. I am done thinking.",
    "my assistant finalized it",
    "Analysis is my favourite.",
    "a < b and b > c",
    "[joy] [inst] [INSTANT] noodles [1]",
    "<start <s <sun </sun |> <|>",
    "<| is a fish",
    "<3 <t <b>thinker</b> <thumbs up>",
    "＜いいね＞と＜think＞は違う。",
    "考え中…もう少し。",
    "Hello. I think so.\n\nYes!",
    "",
    "   \n",
]


def cuts(text: str) -> Iterator[list[str]]:
    """Cut a text in two at every border, and into single characters."""
    for border in range(len(text) + 1):
        yield [text[:border], text[border:]]
    yield list(text)


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_thoughts_are_taken_out_at_every_border(name: str) -> None:
    """Each kind of thinking leaves exactly the answer, whole, in two pieces, in characters."""
    transcript, answer = TRANSCRIPTS[name]
    assert heard([transcript]) == Heard(answer, leaked=False)
    for pieces in cuts(transcript):
        assert heard(pieces) == Heard(answer, leaked=False), pieces


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_text_passes_whole(text: str) -> None:
    """What only looks like a mark is the character's own, and nothing of it is lost."""
    assert heard([text]) == Heard(text, leaked=False)
    for pieces in cuts(text):
        assert heard(pieces) == Heard(text, leaked=False), pieces


@given(st.data())
def test_any_chunks_give_the_same(data: st.DataObject) -> None:
    """Cut at any number of borders at once, a transcript leaves the same answer."""
    transcript, answer = data.draw(st.sampled_from(sorted(TRANSCRIPTS.values())))
    assert heard(data.draw(cut(transcript))) == Heard(answer, leaked=False)


def cut(text: str) -> st.SearchStrategy[list[str]]:
    """Cut the text at any borders; some pieces may be empty."""
    borders = st.lists(st.integers(0, len(text)), max_size=12).map(sorted)
    return borders.map(lambda inner: [text[a:b] for a, b in pairwise([0, *inner, len(text)])])


_WORDS = st.sampled_from(
    ["Hi. ", "I <3 you ", "a < b ", "finally ", "はい。", "|> ", "\n", "5 > 3 "]
)
_THOUGHTS = st.sampled_from(
    [_SECRET, f" {_SECRET} < ", f"{_SECRET}|", f"\n{_SECRET}...", f"。{_SECRET}"]
)
_TAGS = st.sampled_from(["think", "THINK", "Thinking", "thought", "reasoning"])


def _inside(thought: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    nested = st.tuples(_TAGS, thought).map(lambda it: f"<{it[0]}>{it[1]}</{it[0]}>")
    return st.lists(nested | thought, max_size=3).map("".join)


_TAGGED = st.tuples(_TAGS, st.recursive(_THOUGHTS, _inside, max_leaves=4)).map(
    lambda it: f"<{it[0]}>{it[1]}</{it[0]}>"
)
_CHANNELLED = st.tuples(
    st.sampled_from(["", "<|start|>assistant", "<|start|>functions.x to=assistant"]),
    st.sampled_from(["analysis", "commentary", "commentary to=functions.x <|constrain|>json", ""]),
    _THOUGHTS,
    st.sampled_from(
        [
            "<|end|>",
            "<|call|>",
            "<|return|>",
            "<|end|><|start|>assistant<|channel|>final<|message|>",
        ]
    ),
).map(lambda it: f"{it[0]}<|channel|>{it[1]}<|message|>{it[2]}{it[3]}")
_UNMARKED = _THOUGHTS.map(lambda thought: f"assistantanalysis{thought}assistantfinal")
_HIDDEN = (_TAGGED | _CHANNELLED | _UNMARKED).map(lambda thought: (thought, ""))
_PARTS = st.lists(_WORDS.map(lambda word: (word, word)) | _HIDDEN, max_size=8)


@given(parts=_PARTS, data=st.data())
def test_generated_transcripts_leave_just_the_answer(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Thoughts of every kind, in any order and any depth, between any words, cut anywhere."""
    transcript = "".join(raw for raw, _ in parts)
    answer = "".join(said for _, said in parts)
    whole = heard([transcript])
    assert "".join(whole.text.split()) == "".join(answer.split()), "messages are lines of their own"
    assert not whole.leaked
    assert heard(data.draw(cut(transcript))) == whole
    assert heard(transcript) == whole


@given(
    parts=_PARTS,
    thought=_THOUGHTS,
    opening=st.sampled_from(
        [
            "<think>",
            "<|channel|>analysis<|message|>",
            "assistantanalysis",
            "<|start|>system<|message|>",
        ]
    ),
    length=st.integers(0, 200),
)
def test_a_transcript_cut_off_anywhere_keeps_its_secret(
    parts: list[tuple[str, str]], thought: str, opening: str, length: int
) -> None:
    """A stream that ends in mid-thought, or in mid-mark, says nothing of the thought."""
    transcript = "".join(raw for raw, _ in parts) + opening + thought
    assert _SECRET not in heard(transcript).text
    assert _SECRET not in heard(transcript[:length]).text


_MARKS = [
    *("<think>", "</think>", "<THINKING>", "</thinking >", "<|start|>", "<|channel|>", "<|end|>"),
    *("<|message|>", "<|return|>", "analysis", "assistantanalysis", "assistantfinal", "final"),
    *("assistant", "Thinking...", "...done thinking.", "\n", "\r\n", " ", "\x1b[1m", "<", "<|"),
    *("|>", "x", "X", "日", "to=x"),
]


@given(soup=st.lists(st.sampled_from(_MARKS) | st.text(max_size=4), max_size=12), data=st.data())
def test_chunks_never_change_what_is_heard(soup: list[str], data: st.DataObject) -> None:
    """Even of marks in no order at all, every chunking makes the same of it."""
    transcript = "".join(soup)
    begins_thinking = data.draw(st.booleans())
    whole = heard([transcript], begins_thinking=begins_thinking)
    assert heard(transcript, begins_thinking=begins_thinking) == whole
    assert heard(data.draw(cut(transcript)), begins_thinking=begins_thinking) == whole


def test_a_stray_closing_tag_tells_that_thoughts_were_heard() -> None:
    """Where the prompt held the opening tag, the filter says so as soon as it can know."""
    for pieces in cuts("HUSH</think>Hello!"):
        assert heard(pieces).leaked
    thinking_filter = ThinkingFilter()
    thinking_filter.feed("HUSH</think")
    assert not thinking_filter.leaked
    thinking_filter.feed(">")
    assert thinking_filter.leaked


@pytest.mark.parametrize(
    ("transcript", "answer"),
    [
        ("HUSH</think>Hello!", "Hello!"),
        ("</think>Hello!", "Hello!"),
        ("\n<think>HUSH</think>Hello!", "Hello!"),  # The model repeats the tag of the prompt.
        ("HUSH <think>HUSH</think> HUSH</think>Hello!", "Hello!"),
        ("HUSH</think>Hi. <think>HUSH</think>Ho.", "Hi. Ho."),
        ("HUSH, and so on", ""),
    ],
)
def test_a_model_known_to_begin_in_thought(transcript: str, answer: str) -> None:
    """With ``begins_thinking`` nothing is said before the closing tag, and all of it after."""
    for pieces in cuts(transcript):
        assert heard(pieces, begins_thinking=True) == Heard(answer, leaked=False), pieces


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_speech_keeps_the_secret_too(name: str) -> None:
    """The sentences that come out of the whole speech hold nothing of a thought."""
    transcript, answer = TRANSCRIPTS[name]
    speech = Speech(["Wren"])
    sentences = [said for piece in transcript for said in speech.feed(piece)] + speech.close()
    assert "".join("".join(sentences).split()) == "".join(answer.split())
    assert not speech.leaked


def test_an_answer_is_passed_on_as_soon_as_it_is_certain() -> None:
    """Only what might be the beginning of a mark is held back, and no longer than it might be."""
    thinking_filter = ThinkingFilter()
    assert thinking_filter.feed("Hello <") == "Hello "
    assert thinking_filter.feed("3") == "<3"
    assert thinking_filter.feed(" and <|") == " and "
    assert thinking_filter.feed("end|>more") == "more"


def test_a_very_long_thought_is_read_in_time() -> None:
    """A hundred thousand characters of thought, one by one, hold nothing up."""
    assert heard("<think>" + f"{_SECRET} < " * 14_000 + "</think>Hi.") == Heard("Hi.", leaked=False)


def test_what_may_still_be_a_thought_is_bounded() -> None:
    """Without its end within reach, ``Thinking...`` in mid-line was one; nothing more is held."""
    long = "Thinking... " + "HUSH " * 2000
    assert heard([long]) == heard(long) == Heard("", leaked=False)
    assert heard(f"{long}...done thinking.Hi.") == Heard("Hi.", leaked=False)
    short = "Thinking... pizza!"
    assert heard([short]) == heard(short) == Heard(short, leaked=False)
    line = f"{short}\n"
    assert heard(f"{line}<think>HUSH</think>Hi.") == Heard(f"{line}Hi.", leaked=False)
