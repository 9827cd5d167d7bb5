"""Amounts of money as a platform shows them to people, read without losing a cent."""

import re
from decimal import Decimal

from bot.chat import Money

_CURRENCIES = {
    "¥": "JPY",
    "￥": "JPY",
    "JP¥": "JPY",
    "円": "JPY",
    "CN¥": "CNY",
    "US$": "USD",
    "CA$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "NT$": "TWD",
    "MX$": "MXN",
    "S$": "SGD",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₩": "KRW",
    "￦": "KRW",
    "원": "KRW",
    "₹": "INR",
    "₱": "PHP",
    "₽": "RUB",
    "₴": "UAH",
    "₪": "ILS",
    "₫": "VND",
    "฿": "THB",
    "₺": "TRY",
    "₦": "NGN",
    "₡": "CRC",
    "₲": "PYG",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "лв.": "BGN",
    "RM": "MYR",
    "Rp": "IDR",
    "S/": "PEN",
}
"""What only one currency is shown with. ``$``, ``kr`` and ``Rs`` are missing: several share them.

``¥`` is the yen: YouTube shows the yuan as ``CN¥``.
"""

_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
"""The ISO 4217 currencies whose smallest unit is a thousandth, so that 1.500 is one and a half."""

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"))
_MARKS = {ord("٫"): ".", ord("٬"): ",", ord("’"): "'", ord("．"): ".", ord("，"): ","}
_PLAIN = _SPACES | _UNSEEN | _MARKS
"""Spaces that do not break, marks of writing direction, and separators of other scripts."""

_NUMBER = re.compile(r"\d(?:[ .,']?\d)*")
_MARK = re.compile(r"[ .,']")
_GROUP = 3
_ISO = re.compile(r"\b[A-Z]{3}\b")


def parse_money(shown: str) -> Money | None:
    """Read an amount as it is shown in any locale: ``￥500``, ``1.234,50 €``, ``PLN 20.00``.

    Returns:
        The first number and its currency; a sign that is unknown or shared stays as it is shown,
        and is empty where there is none. None where there is no number.
    """
    plain = shown.translate(_PLAIN)
    number = _NUMBER.search(plain)
    if number is None:
        return None
    currency = _currency(plain[: number.start()].strip(), plain[number.end() :].strip())
    thousandths = currency in _THREE_DECIMALS
    return Money(_amount(number.group(), thousandths=thousandths), currency)


def _currency(before: str, after: str) -> str:
    sign = f"{before} {after}".strip()
    if sign in _CURRENCIES:
        return _CURRENCIES[sign]
    code = _ISO.search(sign)
    return code.group() if code else sign


def _amount(number: str, *, thousandths: bool) -> Decimal:
    """Tell the decimal mark from what groups the thousands, and leave the groups out."""
    marks = list(_MARK.finditer(number))
    last = marks[-1] if marks else None
    if last is None or last.group() in " '":
        return Decimal(re.sub(r"\D", "", number))
    whole, fraction = number[: last.start()], number[last.end() :]
    # One mark before three digits is where locales differ: 1,234 and 1.234 are thousands, each to
    # a half of the world. Amounts have two decimals or none, so thousands it is, but for what
    # cannot start a number in groups (0.125, 1234.567) and for currencies with three decimals.
    one_group = re.fullmatch(r"(?!0)\d{1,3}", whole) and len(fraction) == _GROUP
    if last.group() in whole or (one_group and not thousandths):
        return Decimal(re.sub(r"\D", "", number))
    return Decimal(re.sub(r"\D", "", whole) + "." + fraction)
