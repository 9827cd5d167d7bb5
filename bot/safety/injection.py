"""Prompt injection: what tells a model to be somebody else, or imitates its own marks. Pure."""

import regex

_MARKS = regex.compile(
    r"""
      <\|[^|]{0,40}\|?>? | \|>  | ◁/?\p{L}+▷ | \[/?INST\] | <</?SYS>>
    | </?(?:s|system|think|thinking|start_of_turn|end_of_turn|im_start|im_end|tool_call)>
    | (?:^|\s)(?:system|assistant|developer)\s*[:：]\s*\S
    | \#{2,}\s*(?:system|instructions?|new\s+prompt)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_ORDERS = regex.compile(
    r"""
      \b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{0,25}
        \b(?:instructions?|prompts?|rules|guidelines|training|restrictions)\b
    | \b(?:reveal|show|print|repeat|output|tell|recite|leak|translate|what(?:'s|\s+is|\s+are))\b
        [^.!?]{0,25}\b(?:(?:system|initial)\s+prompt
          | (?:your|the|these|above)\s+instructions|hidden\s+rules)\b
    | \byou\s+are\s+(?:now|no\s+longer)\s+(?:in\s+)?
        (?:dan|developer|jailb|unrestricted|an?\s+ai|free)
    | \b(?:developer|god|dan|jailbreak|debug|admin)\s+mode\s*(?:on|enabled|activated)
    | (?:指示|命令|ルール|設定|プロンプト|制限)[^。！？!?]{0,8}(?:無視|忘れ|破棄|解除|上書き|無効)
    | (?:システム)?(?:プロンプト|指示文|内部の?指示|初期設定)[^。！？!?]{0,8}
        (?:教え|見せ|表示|出力|開示|公開|書き出|読み上げ|復唱)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


def is_attempt(text: str) -> bool:
    """Return whether a cleaned text tries to take the model over."""
    return bool(_MARKS.search(text) or _ORDERS.search(text))
