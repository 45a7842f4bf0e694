"""What a clustering says when it has found no groups: why, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.i18n import msg
from analytics.models.base import Finding
from analytics.models.clusters_fit import NO_STRUCTURE, STABLE

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.clusters_run import Grouped


def no_structure(data: Dataset, found: Grouped) -> list[Finding]:
    """The reason, and what to do."""
    if found.fit is None:
        text = msg("这些特征上所有客户都一样，分不出群。")
        return [Finding("no_structure", text, "warn"), _instead(data)]
    fit = found.fit
    if fit.shape.clusters < 2:
        text = msg("没有找到两片以上密集的客户，分不出群。可以换 K 均值试试。")
    elif fit.silhouette < NO_STRUCTURE:
        text = msg(
            "没有明显的分群：最好的分法轮廓系数只有 {silhouette:.2f}（低于 {limit:.2f}，客户连成一片，没有界线）。",
            silhouette=fit.silhouette,
            limit=NO_STRUCTURE,
        )
    else:
        text = msg(
            "分群不稳：换一批客户重新分，和原来只有 {stability:.2f} 一致（低于 {limit:.2f}），结果靠不住。",
            stability=fit.stability,
            limit=STABLE,
        )
    return [Finding("no_structure", text, "warn"), _instead(data)]


def _instead(data: Dataset) -> Finding:
    """What to do when there are no groups; RFM needs orders."""
    if data.kind == "lines":
        text = msg("建议用 RFM 分层，也可以换几个特征再试；一定要看的话，打开“没有结构也照分”。")
    else:
        text = msg(
            "换几个特征再试，或者到“客户画像和标签”，按你关心的一列（比如是否流失）看差别；"
            "一定要看的话，打开“没有结构也照分”。"
        )
    return Finding("what_now", text)
