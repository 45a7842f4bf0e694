"""The models there are: one literal tuple that feeds navigation, readiness, the command line, README and tests.

Each model's module has the names NEEDS, Params, Result and analyze (see models/rfm.py; what a Result has: Answer in
models/base.py). It is imported when it is first needed, so that a page without data starts without heavy libraries.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from analytics.errors import ParamError
from analytics.fields import Kind
from analytics.i18n import Text, msg
from analytics.models.base import Answer, Needs

if TYPE_CHECKING:
    from analytics.dataset import Dataset


@dataclass(frozen=True)
class Model:
    """A catalogue entry. ``key`` is the page's file name and URL, the command and the module in analytics/models.

    tables  the kinds of table that it can run on, the usual one first
    sample  the file in sample_data/ that shows the model at work
    saves   what it learnt can be kept and used again: its module has ``save(result) -> str``, its Params that text as
            ``model``
    groups  its settings can speak of saved groups: its module has ``groups_of(params)``, the names of those
    """

    key: str
    title: Text
    question: Text
    icon: str
    tables: tuple[Kind, ...]
    sample: str
    saves: bool = False
    groups: bool = False

    @property
    def module(self) -> ModuleType:
        """analytics.models.<key>, imported on first use."""
        return importlib.import_module(f"analytics.models.{self.key}")

    @property
    def needs(self) -> tuple[Needs, ...]:
        """Roles and minimum data, for each kind of table."""
        needs: tuple[Needs, ...] = self.module.NEEDS
        return needs

    @property
    def params(self) -> type[Any]:
        """The model's frozen parameter dataclass."""
        params: type[Any] = self.module.Params
        return params

    @property
    def analyze(self) -> Callable[[Dataset, Any], Answer]:
        """``analyze(data, params) -> Result``."""
        analyze: Callable[[Dataset, Any], Answer] = self.module.analyze
        return analyze


MODELS: tuple[Model, ...] = (
    Model(
        key="rfm",
        title=msg("RFM 客户分层"),
        question=msg("哪些客户最值钱，哪些快要流失，先联系谁？"),
        icon=":material/groups:",
        tables=("lines",),
        sample="订单明细.xlsx",
    ),
    Model(
        key="funnel",
        title=msg("转化漏斗"),
        question=msg("人在哪一步流失，损失多少，该找谁回来？"),
        icon=":material/filter_alt:",
        tables=("events", "lines"),
        sample="行为日志.csv",
    ),
    Model(
        key="lifecycle",
        title=msg("客户生命周期"),
        question=msg("谁是新客、谁还活跃、谁正在走远，该先联系谁？"),
        icon=":material/autorenew:",
        tables=("lines", "events"),
        sample="订单明细.xlsx",
    ),
    Model(
        key="retention",
        title=msg("留存和复购"),
        question=msg("新客来过一次之后，有多少会回来，多久回来，谁没再来？"),
        icon=":material/event_repeat:",
        tables=("lines", "events"),
        sample="订单明细.xlsx",
    ),
    Model(
        key="aarrr",
        title=msg("AARRR 增长总览"),
        question=msg("获客、激活、留存、收入、推荐，哪一步最弱？"),
        icon=":material/rocket_launch:",
        tables=("lines", "events"),
        sample="订单明细.xlsx",
    ),
    Model(
        key="clusters",
        title=msg("客户聚类"),
        question=msg("客户自己会分成哪几群，每群什么样，谁在哪一群？"),
        icon=":material/bubble_chart:",
        tables=("lines", "customers"),
        sample="订单明细.xlsx",
        saves=True,
    ),
    Model(
        key="portrait",
        title=msg("客户画像和标签"),
        question=msg("这一组客户和别人哪里不一样，该给他们打什么标签？"),
        icon=":material/person_search:",
        tables=("lines", "customers", "events"),
        sample="订单明细.xlsx",
        groups=True,
    ),
    Model(
        key="basket",
        title=msg("购物篮分析"),
        question=msg("哪些商品常一起买，谁买了一样还没买另一样？"),
        icon=":material/shopping_basket:",
        tables=("lines", "baskets"),
        sample="订单明细.xlsx",
    ),
    Model(
        key="recommend",
        title=msg("商品推荐"),
        question=msg("每位客户接下来最可能买什么，每种商品该推给谁？"),
        icon=":material/thumb_up:",
        tables=("lines", "ratings"),
        sample="订单明细.xlsx",
    ),
    Model(
        key="sentiment",
        title=msg("评论情感"),
        question=msg("客户在说什么好、什么不好，最近哪里变差了？"),
        icon=":material/forum:",
        tables=("reviews",),
        sample="商品评论.xlsx",
    ),
)


def model(key: str) -> Model:
    """The entry of that key; raises ParamError naming the ones there are."""
    for entry in MODELS:
        if entry.key == key:
            return entry
    raise ParamError(
        "param.unknown_model",
        msg("没有叫“{key}”的模型。", key=key),
        msg("可用的模型：{keys}。", keys="、".join(entry.key for entry in MODELS)),
    )
