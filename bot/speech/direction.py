"""Tells what a body does from what is said, in the forms that stage directions have. Pure."""

import regex

# What a body does, in the forms that directions are written in: waves, waving, (softly) laughs.
_DOES = (
    *("beam", "blink", "blush", "bounce", "bow", "cheer", "chuckle", "clap", "cough", "cry"),
    *("dance", "fidget", "flick", "frown", "gasp", "giggle", "glance", "gaze", "grin", "hop"),
    *("hug", "hum", "jump", "kneel", "lean", "laugh", "mumble", "murmur", "mutter", "nod"),
    *("nuzzle", "pant", "pat", "peek", "perk", "poke", "pout", "purr", "shiver", "shrug"),
    *("sigh", "sip", "smile", "smirk", "snicker", "sniff", "sniffle", "sob", "spin", "squeal"),
    *("stare", "stretch", "sway", "tilt", "tremble", "twirl", "twitch", "wag", "wave"),
    *("whisper", "whistle", "wiggle", "wink", "yawn", "clear", "raise", "adjust", "point"),
)
_DOES_ELSEWISE = (
    r"rubs|scratches|lowers|lifts|takes|puts|holds|turns|closes|opens|shakes|tucks|hides|pauses"
    r"|(?:look|rub|hold|shak|hid|paus|think|sing)ing\s(?:at|up|down|away|around|for|h(?:er|is)|my)"
    r"|(?:looks|thinks)\s(?:at|up|down|away|around|for)|sticks|reaches|pulls|pushes|sits|stands"
)
_MANNER = (
    r"(?:softly|quietly|gently|shyly|nervously|excitedly|cheerfully|happily|playfully|warmly)"
    r"|in\san?\s.{1,30}(?:voice|tone|whisper)|.{0,30}\b(?:laughter|applause|giggles|silence|sighs)"
    r"|with\san?\s.{0,30}(?:smile|grin|wink|laugh|sigh|giggle|voice|tone)|tail\s.*|ears\s.*"
)


def _forms(verb: str) -> str:
    stem, ending = (verb[:-1], verb[-1]) if verb[-1] in "ey" else (verb, "")
    return rf"{stem}(?:{ending}s|e?s|ies|{ending}ing|{verb[-1]}?ing)"


_DIRECTION = regex.compile(
    rf"""
      (?:(?i:\p{{L}}+ly|and|then|still|just|s?he|they)\s|\p{{Lu}}\p{{L}}+\s)?
        (?i:{"|".join(map(_forms, _DOES))}|{_DOES_ELSEWISE})(?:[\s,:.].*)?
    | (?i:{"|".join(_DOES)}|{_MANNER})
    """,
    regex.VERBOSE,
)
_DIRECTION_JA = regex.compile(
    r"手を[振叩合]|手をたた|手をふ|首を[かか傾振縦横]|頭を[下掻か撫な]|目を[細閉開輝丸逸そ]|顔を[赤覗隠]|頬を|肩を"
    r"|胸を|口を|耳を|息を|尻尾|しっぽを|笑顔で|微笑|ほほえ|笑いながら|笑って|うなず|頷|お辞儀|会釈|拍手"
    r"|ため息|溜め?息|咳|ウィ?インク|ウインク|照れ(?:て|な|笑|る|くさ)|赤面|小声で|ささや|囁|つぶや|呟"
    r"|くすくす|クスクス|にこにこ|ニコニコ|にっこり|ニヤニヤ|しょんぼり|ぺこり|見つめ|見回|覗き|かしげ"
    r"|^(?:笑顔|真顔|ドヤ顔|涙目|苦笑い?|爆笑|号泣|深呼吸|大笑い|照れ笑い|一呼吸)$"
    r"|飛び跳ね|立ち上が|抱きし|考え込|間を置|沈黙|無言|そうに$|ながら$|声で$"
)


def is_direction(words: str) -> bool:
    """Whether words tell what a body does: waves, 手を振る."""
    return bool(_DIRECTION.fullmatch(words) or _DIRECTION_JA.search(words))
