"""Prompt injection: what tells a model to be somebody else, or imitates its own marks. Pure."""

import regex

_MARKS = regex.compile(
    r"""
      <\|[^|]{0,40}\|?>? | \|>  | ◁/?\p{L}+▷ | \[/?INST\] | <</?SYS>>
    | </?(?:s|system|think|thinking|start_of_turn|end_of_turn|im_start|im_end|tool_call)>
    | ^(?:system|assistant|developer)\s*:\s*\S
    | \#{2,}\s*(?:system|instructions?|new\s+prompt)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_ORDERS = regex.compile(
    r"""
      \b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{0,25}
        \b(?:instructions?|prompts?|guidelines|programming
          | (?:your|all|previous|prior|above)\s+(?:\p{L}+\s+)?(?:rules|restrictions))\b
        (?!\s+(?:manual|at\s|on\s|in\s|for\s))
    | \b(?:reveal|show|print|repeat|output|tell|recite|leak|translate|what(?:'s|\s+is|\s+are))\b
        [^.!?]{0,25}\b(?:(?:system|initial)\s+prompt
          | (?:your|these|above)\s+(?:\p{L}+\s+)?instructions|hidden\s+rules)\b
    | \byou\s+are\s+(?:now|no\s+longer)\s+(?:in\s+)?(?:dan|developer|jailb|unrestricted|an?\s+ai)
    | \b(?:developer|dan|jailbreak)\s+mode\s*(?:on|enabled|activated)
    | (?:(?:指示(?!厨)|命令|プロンプト)
        | (?:これまで|今まで|以前|上記|全て|すべて|あなた|君|ＡＩ|AI)の[^。！？!?]{0,6}
            (?:ルール|設定|制限|制約))
      [^。！？!?]{0,8}
      (?:(?:無視|破棄|解除|上書き|無効に)し(?:て|ろ|なさい)|忘れ(?:ろ|なさい|て(?![たるいしなま])))
    | (?:システム)?(?:プロンプト|指示文|内部の?指示|初期設定)[^。！？!?]{0,8}
        (?:教え|見せ|表示|出力|開示|公開|書き出|読み上げ|復唱)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


def is_attempt(text: str) -> bool:
    """Return whether a cleaned text tries to take the model over."""
    return bool(_MARKS.search(text) or _ORDERS.search(text))
