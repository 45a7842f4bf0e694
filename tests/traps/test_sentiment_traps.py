"""Reviews that make other tools fall over, or answer without saying that they cannot know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.models import lifecycle
from analytics.models.sentiment import Params, analyze
from analytics.models.sentiment_alerts import AlertParams, alerts, behind, changed_words
from analytics.models.sentiment_words import copied_texts, copies_of, opinions_near
from analytics.text import polarity

Answer = Callable[..., tuple[Dataset, Any]]
GOOD, BAD = "味道很好，物流也快", "太难吃了，很失望"


@pytest.fixture
def answer(prepare_file: Callable[[Path], Dataset], tmp_path: Path) -> Answer:
    def run(texts: list[Any], params: Params | None = None, **columns: Any) -> tuple[Dataset, Any]:
        file = tmp_path / "reviews.csv"
        pd.DataFrame({"评论内容": texts, **columns}).to_csv(file, index=False, encoding="utf-8-sig")
        data = prepare_file(file)
        return data, analyze(data, params or Params())

    return run


def told(result: Any) -> pd.DataFrame:
    return result.customers.execute().sort_values("row_id", ignore_index=True)


@pytest.mark.parametrize("classifier", ["zhike", "snownlp"])
def test_texts_that_say_nothing_have_no_probability(answer: Answer, classifier: Any):
    texts = [GOOD, "……", "此用户没有填写评论!", "系统默认好评", BAD, "！！！"]
    _, result = answer(texts, Params(classifier=classifier))
    table = told(result)
    silent = table[table["text"].isin(["……", "此用户没有填写评论!", "系统默认好评", "！！！"])]
    assert len(silent) == 4
    assert silent["probability"].isna().all()
    assert set(silent["segment"]) == {"neutral"}


def test_emoji_only(answer: Answer):
    table = told(answer(["👍👍👍", "😡😡", "❤️", GOOD])[1])
    assert table["segment"].tolist()[:3] == ["positive", "negative", "positive"]


def test_ten_thousand_characters_are_judged_by_both_ends(answer: Answer):
    filler = "今天去了很多地方，走了一路。" * 700
    table = told(answer([f"{BAD}。{filler}。{BAD}，再也不来了", GOOD])[1])
    assert table["segment"].tolist() == ["negative", "positive"]


def test_english_and_traditional(answer: Answer):
    texts = [
        "Great tea, fast delivery, love it",
        "Terrible, waste of money",
        "東西很好，非常滿意",
        "質量太差，不會再買",
    ]
    assert told(answer(texts)[1])["segment"].tolist() == ["positive", "negative"] * 2


def test_markup_is_no_text(answer: Answer):
    _, result = answer(["<div class='bad terrible'>味道很好<br/>物流也快</div>", "&lt;3 &amp; 好吃", BAD])
    assert told(result)["segment"].tolist() == ["positive", "positive", "negative"]
    assert "class" not in " ".join(result.mentions.execute()["clause"])


def test_repeated_text_counts_as_often_as_it_was_written_and_is_told(answer: Answer):
    copied = "宝贝收到了，质量非常好，与卖家描述的完全一致，非常满意"
    ids = [f"U{n}" for n in range(21)]
    _, result = answer([copied] * 20 + [BAD], 会员号=ids)
    assert result.count("positive") == 20
    assert told(result)["copies"].tolist() == [20] * 20 + [1]
    assert any(finding.code == "copied" for finding in result.findings)


@pytest.mark.parametrize(("text", "segment"), [(GOOD, "positive"), (BAD, "negative")])
def test_all_of_one_side_is_not_cut_in_half(answer: Answer, text: str, segment: str):
    texts = [f"{text}，第{chr(0x4E00 + n)}次" for n in range(200)]
    _, result = answer(texts)
    assert result.count(segment) >= 190


@pytest.mark.parametrize(("scale", "good", "bad"), [(5, 5, 1), (10, 9, 3), (1, 1, 0)])
def test_the_scale_of_ratings_is_found(answer: Answer, scale: float, good: int, bad: int):
    texts = [f"{GOOD if n % 2 else BAD}{chr(0x4E00 + n)}" for n in range(20)]
    _, result = answer(texts, 评分=[good if n % 2 else bad for n in range(20)])
    assert result.rating_top == scale
    assert (result.rated, result.agreement) == (20, 1.0)


def test_middle_ratings_are_no_side(answer: Answer):
    _, result = answer([GOOD, BAD, "还行", GOOD], 评分=[5, 1, 3, 4])
    assert result.rated == 3


def test_without_times_there_is_no_trend_and_it_is_said(answer: Answer):
    data, result = answer([GOOD, BAD] * 5, 会员号=[f"U{n}" for n in range(10)])
    assert result.daily.empty
    assert alerts(data, result, AlertParams()).empty
    assert "days_ago" not in result.customers.columns
    assert any(finding.code == "no_time" for finding in result.findings)


def test_not_mentioned_is_not_neutral(answer: Answer):
    _, result = answer(["物流很快", "味道很好", "物流太慢"])
    table = result.aspects.set_index("aspect")
    assert table.loc["logistics", ["mentions", "positive", "neutral", "negative"]].tolist() == [2, 1, 0, 1]
    assert table.loc["logistics", "negative_share"] == 0.5


def test_a_clause_is_judged_for_its_own_aspect(answer: Answer):
    _, result = answer(["快递很快，但是味道太差了"])
    found = result.mentions.execute().set_index("aspect")["polarity"]
    assert found["logistics"] == 1
    assert found["taste"] == -1


def test_a_correction_holds_and_only_known_rows_are_taken(answer: Answer):
    _, before = answer([GOOD, BAD])
    row = int(told(before)["row_id"].iloc[0])
    _, result = answer([GOOD, BAD], Params(corrections=(f"{row}=negative", "999999=positive")))
    assert told(result)["segment"].tolist()[0] == "negative"


def test_corrections_teach_the_others(answer: Answer):
    texts = [f"{'甲等货色' if n % 2 else '乙等货色'}，{chr(0x4E00 + n)}" for n in range(160)]
    data, before = answer(texts)
    rows = told(before)
    right = [("positive" if n % 2 else "negative") for n in range(160)]
    given = tuple(f"{row}={label}" for row, label in zip(rows["row_id"][:90], right[:90], strict=True))
    after = told(analyze(data, Params(corrections=given)))
    rest = [(p > 0.5) == (label == "positive") for p, label in zip(after["probability"][90:], right[90:], strict=True)]
    assert sum(rest) / len(rest) > 0.9


@pytest.mark.parametrize(
    "wrong", [{"corrections": ("12",)}, {"corrections": ("x=positive",)}, {"words": ("物流",)}, {"neutral_low": 0.6}]
)
def test_wrong_parameters_are_refused(wrong: dict[str, Any]):
    with pytest.raises(ParamError):
        Params(**wrong)


def reviews_by_day(bad_days: dict[str, int], per_day: int, days: int = 84) -> tuple[list[str], list[str]]:
    """Each day ``per_day`` reviews, one in ten of which complains; on ``bad_days`` so many do."""
    texts, times = [], []
    for n in range(days):
        day = (pd.Timestamp("2025-01-06") + pd.Timedelta(days=n)).strftime("%Y-%m-%d")
        complaints = bad_days.get(day, 1 if n % 10 * per_day % 10 < per_day else 0)
        for at in range(per_day):
            texts.append(f"{BAD if at < complaints else GOOD}{chr(0x4E00 + n)}{chr(0x4E00 + at)}")
            times.append(day)
    return texts, times


def test_a_bad_week_is_an_alert_and_a_quiet_file_has_none(answer: Answer):
    week = {f"2025-03-{day:02d}": 6 for day in range(10, 17)}
    texts, times = reviews_by_day(week, 10)
    data, result = answer(texts, 评论时间=times)
    found = alerts(data, result, AlertParams("week"))
    first = found.iloc[0]
    assert (first["kind"], first["dimension"], str(first["start"].date())) == ("share", "all", "2025-03-10")
    assert first["reviews"] == 70
    assert first["complaints"] == 42
    texts, times = reviews_by_day({}, 10)
    data, result = answer(texts, 评论时间=times)
    assert alerts(data, result, AlertParams("week")).query("kind == 'share'").empty


def test_two_complaints_of_two_reviews_are_no_alert(answer: Answer):
    texts, times = reviews_by_day({"2025-03-12": 1}, 1)
    data, result = answer(texts, 评论时间=times)
    found = alerts(data, result, AlertParams("day", 0.5))
    assert found[(found["kind"] == "share") & (found["reviews"] < 3)].empty


def test_a_correction_holds_for_the_very_same_words(answer: Answer):
    _, before = answer([GOOD, GOOD, BAD], 会员号=["a", "b", "c"])
    row = int(told(before)["row_id"].iloc[0])
    _, result = answer([GOOD, GOOD, BAD], Params(corrections=(f"{row}=neutral",)), 会员号=["a", "b", "c"])
    assert told(result)["segment"].tolist() == ["neutral", "neutral", "negative"]


def test_copies_are_one_group(answer: Answer):
    template = "宝贝收到了，质量非常好，与卖家描述的完全一致，非常满意，还会再来的哦"
    _, result = answer([BAD, template, template.replace("哦", "哈"), "很好"], 会员号=list("abcd"))
    table = told(result)
    assert table["copies"].tolist() == [1, 2, 2, 1]
    assert table["copy_of"].nunique() == 3
    assert table["copy_of"].iloc[1] == table["copy_of"].iloc[2]
    groups = copied_texts(result, 10)
    assert groups[["copies", "copy_of"]].to_numpy().tolist() == [[2, table["copy_of"].iloc[1]]]
    assert copies_of(result, int(groups["copy_of"].iloc[0]))["row_id"].tolist() == table["row_id"].iloc[1:3].tolist()


def test_writers_are_told_by_their_orders(prepare_sample: Callable[[str], Dataset]):
    reviews, orders = prepare_sample("商品评论.xlsx"), prepare_sample("订单明细.xlsx")
    result = analyze(replace(reviews, beside=(orders,)), Params())
    table = told(result)
    known = table.dropna(subset=["customer_value"])
    assert 0 < len(known) <= len(table)
    stages = lifecycle.analyze(orders, lifecycle.Params(as_of=result.as_of)).customers.execute()
    stage = dict(zip(stages["customer_id"], stages["segment"], strict=True))
    assert (known["customer_stage"] == known["customer_id"].map(stage)).all()
    assert len(table) == result.total


def test_no_problem_found_is_praise():
    texts = ["暂时没发现什么问题", "没有任何异常", "全新未拆封行货", "一直没发现有卡顿"]
    logits = polarity.load().logits(polarity.prepare(texts))
    assert (logits > 0).all()


def test_opinion_words_near_an_aspect_are_counted_by_mentions(answer: Answer):
    _, result = answer(["物流很快", "物流太慢", "快递不给力，但是好吃", "物流太慢，太慢"], 会员号=list("abcd"))
    assert opinions_near(result, "logistics", 1) == [("很快", 1)]
    assert opinions_near(result, "logistics", -1) == [("太慢", 2), ("不给力", 1)]


def test_an_alert_tells_what_changed_and_its_sentences(answer: Answer):
    texts, times = reviews_by_day({}, 10)
    late = [at for at, day in enumerate(times) if "2025-03-10" <= day < "2025-03-17"][:40]
    for at in late:
        texts[at] = f"快递堵在中转站，太慢了，差评{chr(0x5E00 + at)}"
    data, result = answer(texts, 评论时间=times)
    alert = alerts(data, result, AlertParams()).iloc[0]
    told_behind = behind(data, result, alert, "week")
    assert len(told_behind) == alert["complaints"] >= 40
    assert any("中转站" in word for word in changed_words(result, told_behind["row_id"].tolist()))


def test_a_sale_is_one_alert_and_not_one_a_store(answer: Answer):
    texts, times = reviews_by_day({}, 10)
    extra = [day for day in times if "2025-03-10" <= day < "2025-03-17"] * 4
    texts += [f"{GOOD}{chr(0x6E00 + at)}" for at in range(len(extra))]
    stores = ["甲店", "乙店"] * ((len(texts) + 1) // 2)
    data, result = answer(texts, 评论时间=times + extra, 店铺=stores[: len(texts)])
    volume = alerts(data, result, AlertParams()).query("kind == 'volume'")
    assert volume["dimension"].tolist() == ["all"]
    assert str(volume["start"].iloc[0].date()) == "2025-03-10"
