"""A clustering as a file: what is measured, how it is prepared, where the groups lie, what they are called. JSON.

The file holds no customer and nothing that could run. ``load`` checks it before anything of it is used.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import string
from dataclasses import asdict, dataclass
from typing import Any

from analytics.errors import ParamError
from analytics.i18n import Text, msg
from analytics.models.base import Segment
from analytics.models.clusters_features import Feature
from analytics.models.clusters_prepare import Step
from analytics.models.clusters_shape import Prototype, Shape

FORMAT, VERSION = "zhike.clusters", 1
_MOST_BYTES = 2_000_000
_FORMATS = ("", "int", "num", "pct", "money", "money2", "date", ".2f")


@dataclass(frozen=True)
class Plane:
    """The two directions of the map: x and y are sums of the prepared measures, less ``centre``, times these."""

    centre: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    explained: tuple[float, float]


@dataclass(frozen=True)
class SavedModel:
    """Everything that assigns a customer to a group.

    kind         the kind of table it was made from
    segments     the groups in their order; the number of a prototype's group is its place here
    shares       of the customers in groups (noise too), by segment, when it was made
    shift, width of each prepared measure over all customers: mean and standard deviation
    """

    kind: str
    method: str
    features: tuple[Feature, ...]
    steps: tuple[Step, ...]
    shape: Shape
    plane: Plane
    segments: tuple[Segment, ...]
    shares: tuple[tuple[str, float], ...]
    shift: tuple[float, ...]
    width: tuple[float, ...]
    customers: int
    as_of: dt.date | None
    span_days: int
    window_days: int
    refund_policy: str
    silhouette: float
    stability: float
    digest: str


def dump(model: SavedModel) -> str:
    """The model as the text of a JSON file."""
    stored = asdict(model) | {
        "format": FORMAT,
        "version": VERSION,
        "features": [_texts_out(asdict(f), f, ("label", "high", "low")) for f in model.features],
        "segments": [_texts_out(asdict(s), s, ("name", "meaning", "action")) for s in model.segments],
        "as_of": model.as_of.isoformat() if model.as_of else None,
    }
    return json.dumps(stored, ensure_ascii=False, indent=1, allow_nan=False)


def load(text: str) -> SavedModel:
    """The model of such a text. Raises ParamError (param.model)."""
    if len(text) > _MOST_BYTES:
        raise _unreadable()
    try:
        stored = json.loads(text)
        if stored.pop("format") != FORMAT or stored.pop("version") != VERSION:
            raise _unreadable()
        model = _model(stored)
        if not _fits(model) or not all(map(_harmless, _texts(model))):
            raise _unreadable()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise _unreadable() from None
    return model


def _unreadable() -> ParamError:
    return ParamError(
        "param.model",
        msg("这不是聚类模型文件，或者文件坏了。"),
        msg("用“保存模型”下载的 .json 文件，不要改里面的内容。"),
    )


def _model(stored: dict[str, Any]) -> SavedModel:
    prototypes = tuple(
        Prototype(
            int(p["cluster"]), _numbers(p["centre"]), None if p["radius"] is None else float(p["radius"]),
            None if p["precision"] is None else tuple(_numbers(row) for row in p["precision"]), float(p["offset"]),
        )
        for p in stored.pop("shape")["prototypes"]
    )  # fmt: skip
    plane = stored.pop("plane")
    return SavedModel(
        features=tuple(Feature(**_texts_in(f, ("label", "high", "low"))) for f in stored.pop("features")),
        steps=tuple(Step(**step) for step in stored.pop("steps")),
        shape=Shape(prototypes),
        plane=Plane(**{name: _numbers(plane[name]) for name in ("centre", "x", "y", "explained")}),  # type: ignore[arg-type]
        segments=tuple(Segment(**_texts_in(s, ("name", "meaning", "action"))) for s in stored.pop("segments")),
        shares=tuple((str(key), float(share)) for key, share in stored.pop("shares")),
        shift=_numbers(stored.pop("shift")),
        width=_numbers(stored.pop("width")),
        as_of=_date(stored.pop("as_of")),
        **stored,
    )


def _fits(model: SavedModel) -> bool:
    """Whether the parts agree in length and hold finite numbers, so that no expression is made of nonsense."""
    d = len(model.steps)
    numbers = [value for step in model.steps for value in (step.low, step.high, step.centre, step.spread)]
    numbers += [value for prototype in model.shape.prototypes for value in prototype.centre]
    logs_fit = all(isinstance(step.log, bool) and (step.low >= 0 or not step.log) for step in model.steps)
    return (
        d > 0
        and len(model.features) == d
        and [step.key for step in model.steps] == [feature.key for feature in model.features]
        and logs_fit
        and all(step.spread != 0 for step in model.steps)
        and all(
            len(p.centre) == d and 0 <= p.cluster < len(model.segments)
            and (p.precision is None or [len(row) for row in p.precision] == [d] * d)
            for p in model.shape.prototypes
        )
        and len(model.shape.prototypes) > 0
        and {len(model.shift), len(model.width), len(model.plane.centre), len(model.plane.x), len(model.plane.y)} == {d}
        and len(model.plane.explained) == 2
        and all(isinstance(value, int | float) and math.isfinite(value) for value in numbers)
        and model.refund_policy in ("net", "drop", "keep")
        and isinstance(model.window_days, int) and model.window_days >= 0
        and model.kind in ("lines", "customers")
    )  # fmt: skip


def _texts(model: SavedModel) -> list[Text]:
    words = [text for f in model.features for text in (f.label, f.high, f.low)]
    return words + [text for s in model.segments for text in (s.name, s.meaning, s.action)]


def _harmless(text: Text) -> bool:
    """Whether a text from a file has only the formats that ours have: "{x:999999999}" would fill the memory."""
    specs = [spec for _, name, spec, _ in string.Formatter().parse(text.template) if name is not None]
    held = [value for _, value in text.values if isinstance(value, Text)]
    return all(spec in _FORMATS for spec in specs) and all(map(_harmless, held))


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _texts_out(stored: dict[str, Any], held: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return stored | {name: getattr(held, name).as_json() for name in names}


def _texts_in(stored: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return stored | {name: Text.from_json(stored[name]) for name in names}
