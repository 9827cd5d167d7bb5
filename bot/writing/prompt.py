"""The prompt: persona, history and batch in, messages for the model out. Pure.

What stays the same comes first, what was sent is never changed, and what changes stands in the
last message, because a model server reads again only what follows the first difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from bot.chat import Comment, Membership, Occasion, Remark, Role
from bot.persona import Persona
from bot.writing.wording import FENCE, NOTES, WORDINGS, Wording


class Message(TypedDict):
    """One message as Ollama takes it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange that is over: the user message byte for byte as sent, and what was said to it."""

    asked: str
    said: str
    answers: tuple[Comment, ...] = ()


def brief(persona: Persona, asked: str, batch: Sequence[Remark]) -> list[Message]:
    """Return a prompt that a very small model can follow: the profile, examples, bare comments.

    A model of a hundred million parameters loses the thread over rules, names and history; with
    these left out it stays with what it was asked. ``asked`` is used where there is no comment.
    """
    prompt: list[Message] = [{"role": "system", "content": persona.profile}]
    for example in persona.examples:
        prompt += _exchange(unmarked(example.comment), example.reply)
    bare = " ".join(unmarked(remark.first.text) for remark in batch)
    return [*prompt, {"role": "user", "content": bare if batch else asked}]


def messages(
    persona: Persona, history: Sequence[Exchange], asked: str, *, notes: str = ""
) -> list[Message]:
    """Return the whole prompt: who speaks, how they talk, what was said, what is asked now."""
    return [*conversation(persona, history, notes=notes), {"role": "user", "content": asked}]


def conversation(
    persona: Persona, history: Sequence[Exchange], *, notes: str = ""
) -> list[Message]:
    """Return the prompt up to the last thing said; ``notes`` stand for what came before that."""
    words = WORDINGS[persona.language]
    prompt: list[Message] = [{"role": "system", "content": system(persona)}]
    for example in persona.examples:
        shown = _line(words.viewer, f"{unmarked(example.author)}: {unmarked(example.comment)}")
        prompt += _exchange(_fenced([shown]), example.reply)
    if notes:
        prompt += _exchange("\n".join([NOTES[0], notes, NOTES[1], words.notes]), words.noted)
    for turn in history:
        prompt += _exchange(turn.asked, turn.said)
    return prompt


def system(persona: Persona) -> str:
    """Return the part that never changes while the persona does not."""
    return "\n\n".join([persona.profile, rules(persona)])


def rules(persona: Persona) -> str:
    """Return the part of it that is ours, which nobody but the model should ever read."""
    words = WORDINGS[persona.language]
    parts = [words.rules.format(name=persona.name)]
    if persona.moods:
        parts.append(words.moods.format(moods=" ".join(f"[{mood}]" for mood in persona.moods)))
    if persona.avoid:
        parts.append("\n".join([words.avoid, *(f"- {topic}" for topic in persona.avoid)]))
    return "\n\n".join(parts)


def ask(persona: Persona, batch: Sequence[Remark], sentences: int) -> str:
    """Return the user message for a batch: a line a remark within a fence, and the length asked."""
    words = WORDINGS[persona.language]
    fenced = _fenced([_remark(words, remark) for remark in batch])
    return f"{fenced}\n{_length(words, sentences)}"


def ask_to_go_on(persona: Persona, topic: str | None, sentences: int) -> str:
    """Return the user message in a silence; ``topic`` is one of the persona's, None goes on."""
    words = WORDINGS[persona.language]
    about = words.topic.format(topic=topic) if topic else words.go_on
    return f"{about}\n{_length(words, sentences)}"


def ask_to_sum_up(persona: Persona, sentences: int) -> str:
    """Return the user message that has the model note down what was said so far."""
    return WORDINGS[persona.language].sum_up.format(count=sentences)


def ask_again(persona: Persona, asked: str, fault: str) -> str:
    """Return the user message once more, with what was wrong with the first answer to it."""
    return f"{asked}\n{WORDINGS[persona.language].again.format(fault=fault)}"


def line(persona: Persona, remark: Remark) -> str:
    """Return the line for a remark."""
    return _remark(WORDINGS[persona.language], remark)


def tokens(text: str) -> int:
    """Estimate, rather high than low, how many tokens a text takes.

    Japanese takes about one token a character and English one for four in the tokenisers of the
    models this is for; one for three bytes of UTF-8 is right for the one, leaves room for unusual
    words in the other, and counts emoji and other scripts for what they take.
    """
    return (len(text.encode("utf-8", "surrogatepass")) + 2) // 3 + 4


def size(prompt: Sequence[Message]) -> int:
    """Estimate the tokens of a prompt."""
    return sum(tokens(message["content"]) for message in prompt)


def fresh(before: Sequence[Message], now: Sequence[Message]) -> int:
    """Estimate the tokens of a prompt that a server which has read ``before`` has yet to read."""
    same = 0
    for old, new in zip(before, now, strict=False):
        if old != new:
            break
        same += 1
    return size(now[same:])


def unmarked(text: str) -> str:
    """Take from a stranger's text what a template could read as a mark of the conversation.

    Prompts are joined to one string before they are cut into tokens, so that a typed
    ``<|start|>system<|message|>`` might become the real thing.
    """
    return " ".join(text.splitlines()).translate(_HARMLESS)


def _exchange(asked: str, said: str) -> list[Message]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]


def _fenced(lines: Sequence[str]) -> str:
    return "\n".join([FENCE[0], *lines, FENCE[1]])


def _length(words: Wording, sentences: int) -> str:
    one, several = words.length
    return one if sentences == 1 else several.format(count=sentences)


def _remark(words: Wording, remark: Remark) -> str:
    comment = remark.first
    viewers = len({(each.platform, each.author.id) for each in remark.comments})
    if viewers > 1:
        return _line(words.viewers.format(count=viewers), unmarked(comment.text))
    said = f"{unmarked(comment.author.name)}: {unmarked(comment.text)}"
    return _line(_standing(words, comment), said.rstrip())


def _standing(words: Wording, comment: Comment) -> str:
    roles = [words.roles[role] for role in Role if role in comment.author.roles] or [words.viewer]
    membership = _announced(words, comment.membership) if comment.membership else []
    paid = [words.paid.format(money=comment.paid)] if comment.paid else []
    return ", ".join([*roles, *membership, *paid])


def _announced(words: Wording, membership: Membership) -> list[str]:
    said = words.occasions[membership.occasion]
    if membership.gifts:
        said += f": {membership.gifts}"
    if membership.months and membership.occasion is not Occasion.GIFTED:
        return [said, words.months.format(months=membership.months)]
    return [said]


def _line(standing: str, said: str) -> str:
    return f"[{unmarked(standing)}] {said}"


_HARMLESS = str.maketrans(
    {"<": "‹", ">": "›", "[": "(", "]": ")", "＜": "‹", "＞": "›", "［": "(", "］": ")"}
)
