"""The prompt: persona, history and batch in, messages for the model out. Pure.

What stays the same comes first, what was sent is never changed, and what changes stands in the
last message, because a model server reads again only what follows the first difference.
"""

from collections.abc import Sequence

from bot.chat import Comment, Membership, Occasion, Remark, Role
from bot.language import LANGUAGES
from bot.language.language import FENCE, NOTES, RESULTS, Wording
from bot.llm.message import Message
from bot.persona import Persona
from bot.text import tokens
from bot.writing.history import History


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


def messages(persona: Persona, history: History, asked: str) -> list[Message]:
    """Return the whole prompt: who speaks, how they talk, what was said, what is asked now."""
    return [*conversation(persona, history), {"role": "user", "content": asked}]


def beginning(persona: Persona, history: History) -> list[Message]:
    """Return the prompt that has the model read all that the next one begins with.

    It ends as one with comments begins: were its last message the character's, Ollama would take
    it for the beginning of an answer, and render all the others in another way.
    """
    return messages(persona, history, FENCE[0])


def conversation(persona: Persona, history: History) -> list[Message]:
    """Return the prompt up to the last thing said."""
    words, prompt = _wording(persona), fixed(persona)
    if told := _told(persona, history):
        prompt += _exchange("\n".join([NOTES[0], *told, NOTES[1], words.notes]), words.noted)
    for exchange in history.exchanges:
        prompt += _exchange(exchange.asked, exchange.reply)
    return prompt


def fixed(persona: Persona) -> list[Message]:
    """Return what every prompt begins with: who speaks, and examples of how they talk."""
    words = _wording(persona)
    prompt: list[Message] = [{"role": "system", "content": system(persona)}]
    for example in persona.examples:
        shown = _line(words.viewer, f"{unmarked(example.author)}: {unmarked(example.comment)}")
        prompt += _exchange(_fenced([shown]), example.reply)
    return prompt


def _told(persona: Persona, history: History) -> list[str]:
    """Return what is told together, a line each: the notes, and what was said after them."""
    lines = [history.notes.text] if history.notes.text else []
    for exchange in history.earlier:
        _, _, rest = exchange.asked.partition(f"{FENCE[0]}\n")
        comments, _, _ = rest.rpartition(f"\n{FENCE[1]}")
        lines += comments.splitlines()
        lines.append(_line(persona.name, unmarked(exchange.reply)))
    return lines


def system(persona: Persona) -> str:
    """Return the part that never changes while the persona does not."""
    return "\n\n".join([persona.profile, rules(persona)])


def rules(persona: Persona) -> str:
    """Return the part of it that is ours, which nobody but the model should ever read."""
    words = _wording(persona)
    parts = [words.rules.format(name=persona.name)]
    if persona.moods:
        parts.append(words.moods.format(moods=" ".join(f"[{mood}]" for mood in persona.moods)))
    if persona.avoid:
        parts.append("\n".join([words.avoid, *(f"- {topic}" for topic in persona.avoid)]))
    return "\n\n".join(parts)


def ask(persona: Persona, batch: Sequence[Remark], sentences: int) -> str:
    """Return the user message for a batch: a line a remark within a fence, and the length asked."""
    words = _wording(persona)
    fenced = _fenced([_remark(words, remark) for remark in batch])
    return f"{fenced}\n{_length(words, sentences)}"


def ask_to_go_on(persona: Persona, topic: str | None, sentences: int) -> str:
    """Return the user message in a silence; ``topic`` is one of the persona's, None goes on."""
    words = _wording(persona)
    about = words.topic.format(topic=topic) if topic else words.go_on
    return f"{about}\n{_length(words, sentences)}"


def ask_to_tell(persona: Persona, news: str, sentences: int) -> str:
    """Return the user message that has viewers told of a ``reminder``, or of a ``poll``."""
    words = _wording(persona)
    fenced = _fenced([unmarked(news)], RESULTS)
    return "\n".join([fenced, words.news, _length(words, sentences)])


def reminder(persona: Persona, who: str, about: str) -> str:
    """Return what there is to tell where the time has come that somebody wanted."""
    return _wording(persona).reminder.format(who=who, about=about)


def poll(persona: Persona, question: str, votes: str) -> str:
    """Return what there is to tell where viewers have voted."""
    return _wording(persona).poll.format(question=question, votes=votes)


def ask_to_sum_up(persona: Persona, sentences: int) -> str:
    """Return the user message that has the model note down what was said so far."""
    return _wording(persona).sum_up.format(count=sentences)


def ask_to_recap(persona: Persona) -> str:
    """Return the user message that has the model sum up the stream for the streamer."""
    return _wording(persona).recap


def ask_again(persona: Persona, asked: str, fault: str) -> str:
    """Return the user message once more, with what was wrong with the first answer to it."""
    return f"{asked}\n{_wording(persona).again.format(fault=fault)}"


def with_results(persona: Persona, asked: str, results: Sequence[str]) -> str:
    """Return a user message with what tools have found for it, a line each, at its end."""
    fenced = _fenced([unmarked(one) for one in results], RESULTS)
    return f"{asked}\n{fenced}\n{_wording(persona).results}"


def size(prompt: Sequence[Message]) -> int:
    """Estimate the tokens of a prompt."""
    return sum(tokens(message["content"]) for message in prompt)


def fresh(before: Sequence[Message], now: Sequence[Message]) -> int:
    """Estimate the tokens of a prompt that a server which has read ``before`` has yet to read.

    A model with a sliding window, as gpt-oss, has only the end of what it has read at hand: where
    the two differ before that, it reads all of the prompt.
    """
    same = 0
    for old, new in zip(before, now, strict=False):
        if old != new:
            break
        same += 1
    return size(now[same:]) if same >= len(before) - _AT_HAND else size(now)


def unmarked(text: str) -> str:
    """Take from a stranger's text what a template could read as a mark of the conversation.

    Prompts are joined to one string before they are cut into tokens, so that a typed
    ``<|start|>system<|message|>`` might become the real thing.
    """
    return " ".join(text.splitlines()).translate(_HARMLESS)


_AT_HAND = 2
"""Messages at the end of what a server has read that it can go back by."""


def _wording(persona: Persona) -> Wording:
    return LANGUAGES[persona.language].wording


def _exchange(asked: str, reply: str) -> list[Message]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": reply}]


def _fenced(lines: Sequence[str], fence: tuple[str, str] = FENCE) -> str:
    return "\n".join([fence[0], *lines, fence[1]])


def _length(words: Wording, sentences: int) -> str:
    one, several = words.length
    return one if sentences == 1 else several.format(count=sentences)


def _remark(words: Wording, remark: Remark) -> str:
    comment = remark.first
    viewers = len({(each.platform, each.author.id) for each in remark.comments})
    if viewers > 1:
        return _line(words.viewers.format(count=viewers), unmarked(comment.text))
    words_of = f"{unmarked(comment.author.name)}: {unmarked(comment.text)}"
    return _line(_standing(words, comment), words_of.rstrip())


def _standing(words: Wording, comment: Comment) -> str:
    roles = [words.roles[role] for role in Role if role in comment.author.roles] or [words.viewer]
    membership = _announced(words, comment.membership) if comment.membership else []
    paid = [words.paid.format(money=comment.paid)] if comment.paid else []
    return ", ".join([*roles, *membership, *paid])


def _announced(words: Wording, membership: Membership) -> list[str]:
    announced = words.occasions[membership.occasion]
    if given := membership.recipient or membership.gifts:
        announced += f": {given}"
    if membership.months and membership.occasion is not Occasion.GIFTED:
        return [announced, words.months.format(months=membership.months)]
    return [announced]


def _line(standing: str, words: str) -> str:
    return f"[{unmarked(standing)}] {words}"


_HARMLESS = str.maketrans(
    dict.fromkeys("<＜◁", "‹")
    | dict.fromkeys(">＞▷", "›")
    | dict.fromkeys("[［", "(")
    | dict.fromkeys("]］", ")")
)
