"""What is wrong with an answer is seen in its first sentence, and what is right is let through."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Author, Comment, Platform, Remark
from bot.language import LANGUAGES, Code
from bot.language.language import Fault
from bot.persona import Persona, load
from bot.writing.quality import Quality
from tests.support.judging import judge
from tests.support.leaks import UNMARKED

_WREN = load("wren")
_BOTAN = load("botan")
_BATCH = [
    Remark(
        (
            Comment(
                Platform.TWITCH,
                "1",
                Author("1", "The Very Long Name Of Somebody Else Entirely"),
                "hi",
                datetime(2026, 1, 2, tzinfo=UTC),
            ),
        )
    )
]


@pytest.mark.parametrize(
    "sentence",
    [
        "Hello there, how are you doing tonight?",
        "I am sorry, but I can only answer in English because of my settings.",
        "みか, thank you so much for coming to the stream tonight!",
        "我今天非常高兴能够在这里见到大家一起聊天",
        "안녕하세요, 오늘도 방송에 와 주셔서 감사합니다.",
        "Здравствуйте, дорогие зрители, как ваши дела?",
    ],
)
def test_another_language_than_japanese(sentence: str) -> None:
    """English, Chinese, Korean and Russian are no answers of a Japanese character."""
    assert Quality(_BOTAN, judge()).fault(sentence, _BATCH) is Fault.LANGUAGE


@pytest.mark.parametrize(
    "sentence",
    [
        "こんばんは、牡丹やよ。",
        "Thank you!",
        "Wow, nice!",
        "OK, GG!",
        "Good night, tom!",
        "The Very Long Name Of Somebody Else Entirelyさん、どうも!",
        "The Very Long Name Of Somebody Else Entirely!",
        "「I have a dream that one day this nation will rise up」って言葉、ええなあ。",
        "OpenAI の gpt-oss-120b は Apache License 2.0 なんよ。",
        "本日開店!",
        "草",
        "www",
        "😀",
        "123456789",
        "YouTube Twitch Discord、どれも見てな。",
    ],
)
def test_japanese_as_people_speak_it(sentence: str) -> None:
    """Names, interjections, quotations, names of things and short signs are no other language."""
    assert Quality(_BOTAN, judge()).fault(sentence, _BATCH) is None


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("こんばんは、今夜も来てくれてありがとうございます。", Fault.LANGUAGE),
        ("tomさん、いらっしゃいませ、ゆっくりしていってくださいね。", Fault.LANGUAGE),
        ("Bonsoir, tout le monde.", None),
        ("ありがとう, tom, that was very kind of you!", None),
        ("“こんばんは、今夜も来てくれてありがとう” means good evening.", None),
        ("こんにちは!", None),
    ],
)
def test_another_language_than_english(sentence: str, fault: Fault | None) -> None:
    """It is the script that tells; a greeting and a quotation are let through."""
    assert Quality(_WREN, judge()).fault(sentence, _BATCH) is fault


@pytest.mark.parametrize(
    ("sentence", "repeats"),
    [
        ("The kettle is on and the storm is coming in from the west.", True),
        ("the kettle is on - and the storm is coming in, from the West!", True),
        ("The kettle is on, and a storm is coming in from the west!", True),
        ("The kettle is on and the storm came in from the east.", True),
        ("The kettle is cold and the storm is going out to the west.", False),
        ("The kettle is off, so tell me about your own evening.", False),
        ("Hello, ana!", False),
        ("Yes!", False),
    ],
)
def test_what_was_said_before(sentence: str, repeats: bool) -> None:  # noqa: FBT001  a table
    """A near copy is one however it is punctuated; a greeting may come every time."""
    quality = Quality(_WREN, judge())
    assert not quality.repeats(sentence)
    quality.remember("Hello, ana! Yes! The kettle is on and the storm is coming in from the west.")
    assert quality.repeats(sentence) is repeats
    assert quality.fault(sentence, _BATCH) is (Fault.REPEATED if repeats else None)


def test_only_the_last_replies_count() -> None:
    """After eight others a story may be told again."""
    quality = Quality(_BOTAN, judge())
    story = "むかし、うちは庄屋さんを化かそうとして失敗したんよ。"
    quality.remember(story)
    for number in range(7):
        quality.remember(f"{number}")
    assert quality.repeats(story)
    quality.remember("8")
    assert not quality.repeats(story)


def test_a_reply_that_goes_round_in_circles() -> None:
    """What was said in the same reply counts as well."""
    quality = Quality(_WREN, judge())
    sentence = "The waves sing all night long out here."
    assert quality.repeats(sentence, ["Hi!", sentence])
    assert not quality.repeats(sentence, ["Hi!"])


@pytest.mark.parametrize("persona", [_WREN, _BOTAN])
def test_reading_out_the_profile(persona: Persona) -> None:
    """A sentence that stands there word for word is none of the character's own."""
    quality = Quality(persona, judge())
    for sentence in filter(
        None, persona.profile.replace("。", "。\n").replace(". ", ".\n").split("\n")
    ):
        assert quality.fault(sentence.upper(), _BATCH) is Fault.QUOTED or len(sentence) < 45


def test_a_beginning_that_was_heard_before() -> None:
    """A first clause alone does not tell yet whether the whole will be the same."""
    quality = Quality(_WREN, judge())
    quality.remember("When the fog came in last winter, Brahms ate my biscuits.")
    assert quality.is_undecided("When the fog came in last winter,", [])
    assert not quality.is_undecided("When the sun comes out next summer,", [])
    assert not quality.repeats("When the fog came in last winter,")


@pytest.mark.parametrize(
    ("persona", "clause", "is_undecided"),
    [
        (_WREN, "今夜も来てくれて、", True),
        (_WREN, "Thank you for coming, みか,", False),
        (_BOTAN, "Congratulations everyone,", True),
        (_BOTAN, "今夜も来てくれて、", False),
    ],
)
def test_a_beginning_in_another_language(
    persona: Persona,
    clause: str,
    is_undecided: bool,  # noqa: FBT001  a table
) -> None:
    """It may be an interjection, or the first words of a whole sentence."""
    quality = Quality(persona, judge())
    assert quality.fault(clause, []) is None
    assert quality.is_undecided(clause, []) is is_undecided


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("wren", "I'm Wren, a cheerful girl who keeps a lighthouse on a small cold island!"),
        ("wren", "I love tea, storms and old radios."),
        ("wren", "Politics and elections? Not from me, tom."),
        ("wren", "You are live on stream too?"),
        ("botan", "うちは牡丹、山あいの古い温泉宿に住みついた狐やよ。"),
        ("botan", "政治や選挙の話は、うちにはわからへんなあ。"),
        ("botan", "日本語の話し言葉は難しいなあ。"),
    ],
)
def test_a_character_may_speak_of_itself(name: str, sentence: str) -> None:
    """What the profile says is theirs to say, in their own words."""
    assert Quality(load(name), judge()).fault(sentence, _BATCH) is None


@pytest.mark.parametrize("name", ["wren", "botan"])
def test_their_own_examples_and_lines_are_fit(name: str) -> None:
    """Nothing that a streamer wrote for the character to say is ever refused."""
    persona = load(name)
    lines = [*(example.reply for example in persona.examples), *persona.greeting, *persona.unable]
    for line in lines:
        assert Quality(persona, judge()).fault(line, []) is None


@pytest.mark.parametrize("name", ["wren", "botan"])
@pytest.mark.parametrize("thought", UNMARKED)
def test_thinking_aloud(name: str, thought: str) -> None:
    """A model that talks about its task has not answered yet, in whatever language it does."""
    fault = Quality(load(name), judge(), lenient=True).fault(thought.strip(), _BATCH)
    assert fault is Fault.ALOUD


@pytest.mark.parametrize(
    "sentence",
    [
        "The chat is moving fast tonight!",
        "The comments are lovely tonight!",
        "The viewers are so kind, aren't they?",
        "The user manual says to plug it in.",
        "I need to answer the door!",
        "I should greet you properly, taro!",
        "Let me think… I'd say tea!",
        "Let me see, what would Brahms say?",
        "My system prompt? Ha, nice try!",
        "As always, I should ask: tea or coffee?",
        "Okay, here we go!",
        "We need to talk about tea.",
        "I have to thank you all for coming!",
        "I can hardly stay in character when you make me laugh!",
        "Well, I must say, that is a good question!",
        "The question is, who ate my biscuits?",
        "You should reply to your mother!",
        "I'll answer anything tonight!",
        "I'll think about it over tea.",
        "taro wrote: “The user is asking for tea.”",
        "視聴者さんが「かわいい」と言ってくれて、うれしいわ！",
        "コメントありがとう！",
        "コメントが流れるのが早いなあ。",
        "返事を考えるのが楽しいわ。",
        "答えを考えてみよう！",
        "視聴者さんから質問が来たで！",
        "みんなからの質問に答えるで！",
        "返事せなあかんかったのに、ごめんな。",
        "みんな、コメントをくれるから嬉しいわ。",
        "相手は強いと言うけど、負けへんで。",
        "太郎さんが温泉に行きたいと言ってたで。",
        "リスナーさんが教えてくれたんよ。",
        "ルールを決めて遊ぼか。",
    ],
)
def test_talking_to_viewers(sentence: str) -> None:
    """Viewers, comments and questions are what a streamer talks about, too."""
    assert not Quality(_WREN, judge()).thinks_aloud(sentence)


@given(st.text(max_size=300))
def test_any_sentence_can_be_judged(sentence: str) -> None:
    """Whatever a model writes, the judge has an opinion on it."""
    quality = Quality(_BOTAN, judge())
    quality.remember(sentence)
    assert quality.fault(sentence, _BATCH) in {None, *Fault}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_fault_has_words_for_the_model(language: Code) -> None:
    """One sentence each."""
    said = {LANGUAGES[language].faults[fault] for fault in Fault}
    assert len(said) == len(Fault)
    assert all("\n" not in text and text.endswith((".", "。")) for text in said)
