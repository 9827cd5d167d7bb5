"""Links: taken out of what strangers write, however they are written. Pure."""

import regex

LINK = "[link]"

# The ends of names that people are led to, and no English words (``is``, ``it``, ``so``, ``to``).
_ENDS = (
    *("com", "net", "org", "info", "biz", "xyz", "gg", "tv", "io", "app", "dev", "cc", "ru", "cn"),
    *("jp", "kr", "tk", "ml", "ga", "cf", "uk", "eu", "ly", "example", "icu", "moe", "pw", "ws"),
)
# Words, too: these end an address only where nobody could have left out a blank after a sentence.
_WORDS = (
    *("live", "site", "online", "shop", "store", "club", "top", "win", "bet", "casino", "link"),
    *("click", "pro", "vip", "buzz", "fun", "space", "website", "tech", "page", "gift", "stream"),
)
_TLD = "|".join(sorted(_ENDS, key=len, reverse=True))
_WORD = "|".join(_WORDS)
_NAME = r"[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?"
_DOT = r"(?:\.|[ ]\.[ ]?|。(?=\p{Latin})|[ ]?[(\[](?:dot|\.)[)\]][ ]?|[ ]dot[ ])"
_LINK = regex.compile(
    rf"""
      (?:h[tx]{{2}}ps?|ftp|discord|steam|tg)[ ]?:[ ]?//\S+
    | (?<![\p{{L}}\p{{N}}])www[ ]?\.[ ]?{_NAME}(?:\.{_NAME})*(?:/\S*)?
    | (?<![\p{{L}}\p{{N}}@])(?:{_NAME}{_DOT}){{1,4}}(?:{_TLD})(?![\p{{L}}\p{{N}}-])(?:[:/]\S*)?
    | (?<![\p{{L}}\p{{N}}@.])(?:{_NAME}\.)+\p{{L}}{{2,12}}/\S+
    | (?<![\p{{L}}\p{{N}}@.])(?:[\p{{L}}]*[\p{{N}}-][\p{{L}}\p{{N}}-]*|{_NAME}\.{_NAME})
        \.(?:{_WORD})(?![\p{{L}}\p{{N}}-])
    | (?<![\d.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\d.])(?::\d+)?(?:/\S*)?
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


def unlinked(text: str) -> str:
    """Return a cleaned text with ``[link]`` where a link was."""
    return _LINK.sub(LINK, text)
