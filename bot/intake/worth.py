"""What was paid with a comment, in one measure for all currencies. Pure.

The rates are rounded and only tell which of two sums is the larger. As of June 2025.
"""

from bot.chat import Comment, Membership, Money, Occasion

SMALL = 0.2
"""US dollars below which a sum is a small one: twenty bits. No super chat is less."""

_MEMBERSHIP = 4.99
"""The first tier on Twitch, and the usual one on YouTube."""
_UNKNOWN = 1.0
"""What a payment counts whose currency is unknown: neither little nor much."""

_DOLLARS = {
    "BITS": 0.01,
    "JEWELS": 0.01,
    "USD": 1.0,
    "$": 1.0,
    "AED": 0.272,
    "ALL": 0.0118,
    "AMD": 0.0026,
    "ARS": 0.00085,
    "AUD": 0.65,
    "AZN": 0.588,
    "BAM": 0.59,
    "BDT": 0.0082,
    "BGN": 0.59,
    "BHD": 2.65,
    "BOB": 0.145,
    "BRL": 0.18,
    "BYN": 0.3,
    "CAD": 0.73,
    "CHF": 1.22,
    "CLP": 0.00106,
    "CNY": 0.139,
    "COP": 0.00024,
    "CRC": 0.00197,
    "CZK": 0.046,
    "DKK": 0.154,
    "DOP": 0.0168,
    "DZD": 0.0077,
    "EGP": 0.02,
    "EUR": 1.15,
    "GBP": 1.35,
    "GEL": 0.366,
    "GHS": 0.095,
    "GTQ": 0.13,
    "HKD": 0.1275,
    "HNL": 0.038,
    "HRK": 0.15,
    "HUF": 0.0029,
    "IDR": 0.000061,
    "ILS": 0.28,
    "INR": 0.0117,
    "IQD": 0.00076,
    "ISK": 0.0079,
    "JMD": 0.0063,
    "JOD": 1.41,
    "JPY": 0.0068,
    "KES": 0.0077,
    "KHR": 0.00025,
    "KRW": 0.00073,
    "KWD": 3.26,
    "KZT": 0.0019,
    "LBP": 0.000011,
    "LKR": 0.0033,
    "LYD": 0.184,
    "MAD": 0.11,
    "MDL": 0.058,
    "MKD": 0.0187,
    "MMK": 0.00048,
    "MNT": 0.00028,
    "MXN": 0.053,
    "MYR": 0.236,
    "NGN": 0.00065,
    "NIO": 0.027,
    "NOK": 0.099,
    "NPR": 0.0073,
    "NZD": 0.6,
    "OMR": 2.6,
    "PEN": 0.275,
    "PHP": 0.0178,
    "PKR": 0.0035,
    "PLN": 0.27,
    "PYG": 0.000125,
    "QAR": 0.275,
    "RON": 0.228,
    "RSD": 0.0098,
    "RUB": 0.0127,
    "SAR": 0.267,
    "SEK": 0.104,
    "SGD": 0.78,
    "THB": 0.0306,
    "TND": 0.34,
    "TRY": 0.025,
    "TTD": 0.147,
    "TWD": 0.033,
    "TZS": 0.00038,
    "UAH": 0.024,
    "UGX": 0.00028,
    "UYU": 0.0245,
    "VND": 0.000038,
    "XOF": 0.00175,
    "ZAR": 0.056,
    "kr": 0.1,
    "Rs": 0.0117,
}


_TIERS = (1, 2, 5, 10, 20, 50, 100)
"""US dollars from which on a super chat has YouTube's next colour; in yen it is a hundred times as
much: https://support.google.com/youtube/answer/7277005."""
_YEN = 0.01


def tier(comment: Comment) -> int:
    """Return the place of a comment's sum among YouTube's seven colours, 0 where none was paid."""
    if comment.paid is None:
        return 0
    amount = float(comment.paid.amount)
    dollars = amount * _YEN if comment.paid.currency == "JPY" else _of_money(comment.paid)
    return max(1, sum(dollars >= begin for begin in _TIERS))


def worth(comment: Comment) -> float:
    """Return about how many US dollars were paid with a comment."""
    paid = _of_money(comment.paid) if comment.paid else 0.0
    return paid + (_of_membership(comment.membership) if comment.membership else 0.0)


def _of_money(money: Money) -> float:
    rate = _DOLLARS.get(money.currency.rstrip("."))
    return _UNKNOWN if rate is None else float(money.amount) * rate


def _of_membership(membership: Membership) -> float:
    if membership.occasion is Occasion.RECEIVED:
        return 0.0
    return _MEMBERSHIP * max(1, membership.gifts)
