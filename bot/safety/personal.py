"""Personal data: what tells where somebody lives, or how to reach them. Pure."""

import regex

from bot.translation import tr, tr_noop

_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")

_TESTS = {
    tr_noop("a phone number"): regex.compile(
        r"""
        (?<![\d.,/:-]) (?:
            \+\d{1,3} (?:[ .()-]{0,2}\d){7,12}
          | (?=0(?:[^\d]{0,2}\d){9,10}(?!\d))
              0\d{1,4} (?:[ ]?[-()~ー]|[ ])[ ]? \d{1,4} (?:[ ]?[-()~ー]|[ ])[ ]? \d{3,4}
          | 0[5-9]0\d{8}
          | \(?\d{3}\)? [ .-] \d{3} [ .-] \d{4}
          | 0\d{9}
        ) (?![\d.,/:-]*\d)
        """,
        regex.VERBOSE,
    ),
    tr_noop("a long number"): regex.compile(
        r"(?<![\d.,])\d(?:[ -]?\d){11,}(?![\d.,]*\d)|(?<![\d.,])\d{10,}"
    ),
    tr_noop("an address"): regex.compile(
        r"""
        〒[ ]?\d{3}-?\d{4}
      | (?:[都道府県]|\p{Han}[市区郡町村]) [\p{Han}\p{Katakana}ー々ヶノ\d]{1,16}?
          (?: \d{1,4}(?:丁目|番地|番\d{1,4}号|-\d{1,4}-\d{1,4})
            | (?<!大会|試合|戦|対)\d{1,4}-\d{1,4})
      | (?<!\w)\d{1,5}\p{L}?[ ] (?i:(?!(?:hours?|hrs?|minutes?|mins?|days?|years?|miles?|km|more
          |on|in|of|the|to|a|for|people|cars?|x)\b) \p{L}[\p{L}'.]*[ ]){1,3}
          (?i:street|st|avenue|ave|road|rd|lane|boulevard|blvd)\b
          (?![ ](?i:of|to|and|fight|food|art|view|trip|map|rac|rag|work|sign|light|car|team|danc))
      | (?<!\w)\d{1,5} [ ] (?:\p{Lu}\p{L}+[ ]){1,2} (?:Drive|Dr|Court|Ct|Way|Place|Pl|Terrace)\b
      | \b\p{Lu}\p{L}+(?:straße|strasse|weg|gasse)[ ]\d{1,4}\b
        """,
        regex.VERBOSE,
    ),
    tr_noop("an e-mail address"): regex.compile(
        r"[\w.+-]+[ ]?(?:@|[(\[]at[)\]])[ ]?[\w-]+[ ]?(?:\.|[(\[]dot[)\]]|[ ]dot[ ])[ ]?\p{L}{2,}"
    ),
    tr_noop("a path"): regex.compile(
        r"(?<!\p{L})(?:\p{L}:[\\¥/](?!/)[\w.-]|\\\\[\w.-]+\\)|(?<![\w/])/(?:home|Users|root|mnt|Volumes)/\w"
    ),
    tr_noop("a token"): regex.compile(
        r"(?<![\w/-])(?:oauth:|sk-|gh[pousr]_|xox[abp]-|eyJ)[\w.-]{16,}"
        r"|(?<![\w/-])(?=[\w-]*\d)(?=[\w-]*\p{L})[A-Za-z0-9_-]{32,}(?![\w-])"
    ),
}
"""What is looked for, in words for the streamer, which are translated when they are used."""


def personal(text: str) -> str | None:
    """Return what personal thing a cleaned text holds, or None."""
    plain = text.translate(_KANJI_DIGITS)
    for kind, test in _TESTS.items():
        if test.search(plain if "number" in kind else text):
            return tr(kind)
    return None
