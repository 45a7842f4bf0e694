"""Words in Chinese and English, and numbers, money and dates inside them.

Chinese is the source language: a sentence is written once in the code, ``msg("共 {n:int} 位客户", n=12)``,
and ``locales/en.po`` holds its English. A Text stays unworded until somebody asks for a language, so the
library never needs to know who reads it. Values are formatted by the specification after the colon:

    int     12,345                      pct     12.3%                 num     12.5
    money   ¥1,234 / ¥161.2万 / ¥1.6M    money2  ¥16,117,548.24        date    2024-01-03
    one|many  (English only)  ``{n:int} {n:customer|customers}`` picks the word by the number
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
LOCALES = Path(__file__).resolve().parent.parent / "locales"


@dataclass(frozen=True)
class Text:
    """A sentence that is not yet in any language: the Chinese template and the values it names."""

    template: str
    values: tuple[tuple[str, Any], ...] = ()

    def in_language(self, lang: Lang) -> str:
        """The worded sentence. A template without a translation appears in Chinese (a test forbids it)."""
        template = self.template if lang == "zh" else english_catalogue().get(self.template, self.template)
        return _Formatter(lang).vformat(template, (), dict(self.values))

    def __str__(self) -> str:
        return self.in_language("zh")

    def as_json(self) -> dict[str, Any]:
        """A form that ``json`` can write and ``from_json`` reads back; values are numbers, strings, dates or Texts."""
        return {"text": self.template, "values": {name: _value_as_json(value) for name, value in self.values}}

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> Text:
        """The Text that ``as_json`` described."""
        return msg(stored["text"], **{name: _value_from_json(value) for name, value in stored["values"].items()})


def _value_as_json(value: Any) -> Any:
    if isinstance(value, Text):
        return value.as_json()
    if isinstance(value, dt.date):  # a datetime is a date too
        return {"date": value.isoformat()}
    return float(value) if isinstance(value, Decimal) else value


def _value_from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dt.datetime.fromisoformat(value["date"]) if "date" in value else Text.from_json(value)
    return value


def msg(template: str, /, **values: Any) -> Text:
    """A Text from its Chinese template; values may be numbers, dates, strings or other Texts."""
    return Text(template, tuple(values.items()))


def verbatim(text: str) -> Text:
    """User text as a Text: never translated, braces in it mean nothing."""
    return Text("{text}", (("text", text),))


def join(texts: Sequence[Text]) -> Text:
    """Texts side by side, with the list comma of whichever language is asked for."""
    joined = texts[0]
    for text in texts[1:]:
        joined = msg("{before}、{after}", before=joined, after=text)
    return joined


def either(texts: Sequence[Text]) -> Text:
    """Texts as a choice: 订单或行为日志 (orders or event log)."""
    joined = texts[0]
    for text in texts[1:]:
        joined = msg("{before}或{after}", before=joined, after=text)
    return joined


def word(text: Text | str, lang: Lang) -> str:
    """A Text in a language; a plain string (user text) as it is."""
    return text.in_language(lang) if isinstance(text, Text) else text


@lru_cache(maxsize=1)
def english_catalogue() -> Mapping[str, str]:
    """Chinese template → English template, from locales/en.po."""
    from babel.messages.pofile import read_po  # only English readers pay for it

    with (LOCALES / "en.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    return MappingProxyType({str(m.id): str(m.string) for m in catalogue if m.id and m.string})


def format_money(value: float, lang: Lang) -> str:
    """Money short enough for a sentence: ¥12.50, ¥1,234, ¥161.2万, ¥1.61亿 (k, M, B in English)."""
    sign, size = ("-" if value < 0 else ""), abs(float(value))
    if size < 100 and round(size, 2) != round(size):
        return f"{sign}¥{size:.2f}"
    return f"{sign}¥{_short(size, lang)}"


def format_count(value: float, lang: Lang) -> str:
    """A number short enough for an axis or a tile: 9,999, 1.2万, 3.4亿 (12k, 3.4M in English)."""
    return ("-" if value < 0 else "") + _short(abs(float(value)), lang)


def _short(size: float, lang: Lang) -> str:
    steps = ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, "B"), (1e6, "M"), (1e4, "k"))
    for at, (unit, name) in enumerate(steps):
        # 9,999.96万 would read 10000.0万: what rounds up to the next unit takes the next unit.
        if size >= unit * (1 if at == len(steps) - 1 else 0.99995):
            scaled = size / (1000 if name == "k" else unit)
            return f"{scaled:,.2f}{name}" if scaled < 10 else f"{scaled:,.1f}{name}"
    return f"{size:,.0f}"


_FORMATS: Mapping[str, Callable[[Any, Lang], str]] = MappingProxyType(
    {
        "int": lambda value, _: f"{round(value):,}",
        "pct": lambda value, _: f"{float(value) * 100:.1f}%",
        "num": lambda value, _: f"{float(value):,.1f}",
        "money": lambda value, lang: format_money(float(value), lang),
        "money2": lambda value, _: f"{'-' if value < 0 else ''}¥{abs(float(value)):,.2f}",
        "date": lambda value, _: value.strftime("%Y-%m-%d"),
    }
)


class _Formatter(string.Formatter):
    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Text):
            return value.in_language(self.lang)
        if "|" in format_spec:
            one, many = format_spec.split("|", 1)
            return one if value == 1 else many
        if value is None:
            return "—"
        written = _FORMATS.get(format_spec)
        return written(value, self.lang) if written else super().format_field(value, format_spec)

    def get_field(self, field_name: str, _args: Any, kwargs: Any) -> tuple[Any, Any]:
        # Only plain names: a template can never reach into an object's attributes.
        return kwargs[field_name], field_name
