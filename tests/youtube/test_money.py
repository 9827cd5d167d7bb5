"""Amounts as platforms show them, read without losing a cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Money
from bot.youtube.money import parse_money


@pytest.mark.parametrize(
    ("shown", "amount", "currency"),
    [
        ("5,00 €", "5.00", "EUR"),
        ("1.234,50 €", "1234.50", "EUR"),
        ("￥500", "500", "JPY"),
        ("¥500", "500", "JPY"),
        ("500円", "500", "JPY"),
        ("￥10,800", "10800", "JPY"),
        ("R$ 10,00", "10.00", "BRL"),
        ("R$\u00a010,00", "10.00", "BRL"),
        ("₹1,234.50", "1234.50", "INR"),
        ("₹12,34,567.00", "1234567.00", "INR"),
        ("CA$5.00", "5.00", "CAD"),
        ("A$5.00", "5.00", "AUD"),
        ("NT$75.00", "75.00", "TWD"),
        ("HK$25.00", "25.00", "HKD"),
        ("MX$50.00", "50.00", "MXN"),
        ("US$5.00", "5.00", "USD"),
        ("£4.99", "4.99", "GBP"),
        ("₩10,000", "10000", "KRW"),
        ("₱250.00", "250.00", "PHP"),
        ("PLN 20.00", "20.00", "PLN"),
        ("PLN\u00a020.00", "20.00", "PLN"),
        ("20,00 zł", "20.00", "PLN"),
        ("CHF 5.00", "5.00", "CHF"),
        ("CHF 1’234.50", "1234.50", "CHF"),
        ("SEK 50.00", "50.00", "SEK"),
        ("1 234,50 ₽", "1234.50", "RUB"),
        ("1\u00a0234,50\u00a0₽", "1234.50", "RUB"),
        ("1\u202f234,50\u202f₽", "1234.50", "RUB"),
        ("\u200f50.00\u00a0₪", "50.00", "ILS"),
        ("$5.00 USD", "5.00", "USD"),
    ],
)
def test_amounts_as_shown(shown: str, amount: str, currency: str) -> None:
    """Signs, codes, spaces and separators of many locales mean the same as they do to people."""
    paid = parse_money(shown)
    assert paid == Money(Decimal(amount), currency)
    assert str(paid) == f"{amount} {currency}"  # 5.00, too, and not 5


@pytest.mark.parametrize(
    ("shown", "amount", "currency"),
    [
        ("$5.00", "5.00", "$"),
        ("50,00 kr", "50.00", "kr"),
        ("₿ 0.125", "0.125", "₿"),
        ("5.00 moon shells", "5.00", "moon shells"),
        ("٥٫٠٠ ر.س", "5.00", "ر.س"),
        ("500", "500", ""),
    ],
)
def test_other_signs_stay(shown: str, amount: str, currency: str) -> None:
    """A sign that is shared or unknown is kept as it was shown, rather than guessed or lost."""
    assert parse_money(shown) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("shown", "amount"),
    [
        ("¥1.234", "1234"),
        ("€1,234", "1234"),
        ("0,125 €", "0.125"),
        ("1234.567 €", "1234.567"),
        ("1,234,567 €", "1234567"),
        ("1 234.567 €", "1234.567"),
        ("KWD 1.500", "1.500"),
        ("TND 1,500", "1.500"),
    ],
)
def test_three_digits_after_a_mark(shown: str, amount: str) -> None:
    """Three digits are a group of thousands, unless they cannot be or the currency has mills."""
    paid = parse_money(shown)
    assert paid is not None
    assert paid.amount == Decimal(amount)


@pytest.mark.parametrize("shown", ["", "free", "€", "½ €", "., "])
def test_no_number_is_no_money(shown: str) -> None:
    """Without a number nothing was paid that could be named."""
    assert parse_money(shown) is None


@given(st.text())
def test_any_text_is_read(shown: str) -> None:
    """Whatever a platform shows, reading it raises nothing and never makes an amount negative."""
    paid = parse_money(shown)
    assert paid is None or paid.amount >= 0


_LOCALES = [(",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("\u202f", ","), ("’", ".")]
_SIGNS = [("CA$", "CAD"), ("€", "EUR"), ("￥", "JPY"), ("zł", "PLN"), ("SEK", "SEK"), ("$", "$")]


@given(
    cents=st.integers(min_value=0, max_value=10**12),
    decimals=st.sampled_from([0, 2]),
    locale=st.sampled_from(_LOCALES),
    sign=st.sampled_from(_SIGNS),
    space=st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    leads=st.booleans(),
)
def test_round_trip(
    *,
    cents: int,
    decimals: int,
    locale: tuple[str, str],
    sign: tuple[str, str],
    space: str,
    leads: bool,
) -> None:
    """An amount written in any locale's format is read as the very same amount."""
    amount = Decimal(cents).scaleb(-decimals)
    shown = f"{amount:,.{decimals}f}".translate({ord(","): locale[0], ord("."): locale[1]})
    shown = f"{sign[0]}{space}{shown}" if leads else f"{shown}{space}{sign[0]}"
    assert parse_money(shown) == Money(amount, sign[1])
