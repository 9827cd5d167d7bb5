"""Headings under which models write their thoughts, and those of the answer after them. Pure."""

_TITLE = (
    r"(?:(?:my|internal|inner)\s){0,2}(?:thought\sprocess|thoughts?|thinking(?:\sprocess)?|reasoning"
    r"|analysis|monologue|chain\sof\sthought|scratchpad|reflection)"
)
_TITLE_JA = r"(?:思考|推論|内心|考え|分析|検討|心の声)(?:過程|プロセス|内容)?"
_MARKS = r"[\s#*_>`~-]{0,8}"

THOUGHT = (
    rf"{_MARKS}(?i:here(?:['’]s|\sis)\s(?:(?:my|the)\s)?{_TITLE}\s?[*_]{{0,3}}\s?[:：\n])"
    rf"|{_MARKS}(?i:{_TITLE}\s?[*_]{{0,3}}\s?[:：])"
    rf"|\s{{0,4}}(?i:(?:\#{{1,6}}\s?|\*\*|__){_TITLE}\s?[*_]{{0,3}}\s?\n)"
    rf"|{_MARKS}(?:【{_TITLE_JA}】|{_TITLE_JA}\s?[*_]{{0,3}}\s?[:：])"
)
"""At the beginning of an answer: what follows is a thought."""

ANSWER = (
    r"(?i:here(?:['’]s|\sis)\s(?:my\s)?(?:final\s)?(?:response|answer|reply)\s?[*_]{0,3}\s?[:：]"
    r"|(?:final\s)?(?:answer|response|reply|output)\s?[*_]{0,3}\s?[:：])"
    r"|(?i:(?:\#{1,6}\s?|\*\*|__)(?:final\s)?(?:answer|response|reply|output)\s?[*_]{0,3}\s?\n)"
    r"|【(?:最終)?(?:回答|返答|返事|答え|応答|発言|セリフ)】"
    r"|(?:最終)?(?:回答|返答|返事|答え|応答|発言|セリフ)\s?[*_]{0,3}\s?[:：]"
)
"""After such a thought: what follows is the answer."""
