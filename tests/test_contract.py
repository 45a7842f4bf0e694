"""What every entry of the catalogue keeps to, whichever model it is."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.catalog import MODELS, Model
from analytics.catalog import model as model_of
from analytics.dataset import Dataset
from analytics.errors import AnalyticsError, MappingError, ParamError
from analytics.fields import KINDS, ROLES, SUBSTITUTES
from analytics.i18n import LANGUAGES, Text
from analytics.intake.mapping import Mapping
from analytics.intake.reader import read_file
from analytics.models.base import needs_for, readiness
from tests.basket_tables import many_baskets
from tests.source_code import ROOT

SAMPLES = ROOT / "sample_data"
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
ALWAYS = {"lines": {"amount", "order_id"}}  # roles that prepare derives for a kind, whatever was mapped
# A table of one entity, by kind: canonical headers in Chinese, one row.
ONE_ROW = {
    "lines": {"订单编号": "A1", "下单时间": "2024-01-03 10:00:00", "客户编号": "C1", "金额": "12.50"},
    "events": {"用户编号": "U1", "行为": "支付", "发生时间": "2024-01-03 10:00:00"},
    "customers": {"客户编号": "C1"},
    "reviews": {"评论内容": "很好喝"},
}

PrepareSample = Callable[[str], Dataset]
PrepareFile = Callable[[Path], Dataset]


@pytest.fixture(scope="module", params=MODELS, ids=lambda model: model.key)
def model(request: pytest.FixtureRequest) -> Model:
    return request.param


@pytest.fixture(scope="module")
def sample(model: Model, prepare_sample: PrepareSample) -> Dataset:
    return prepare_sample(model.sample)


@pytest.fixture(scope="module")
def result(model: Model, sample: Dataset) -> Any:
    return model.analyze(sample, model.params())


def sorted_rows(table: Any) -> pd.DataFrame:
    """All rows of a lazy table in an order that does not depend on how they were computed."""
    frame = table.execute()
    frame = frame[sorted(frame.columns)]
    return frame.sort_values(list(frame.columns), ignore_index=True)


def without_user_text(value: Any) -> Any:
    """A Text with what the user's data says replaced by x, so that only our own words remain."""
    if isinstance(value, Text):
        return Text(value.template, tuple((name, without_user_text(held)) for name, held in value.values))
    return "x" if isinstance(value, str) else value


def assert_worded(text: Text) -> None:
    assert text.in_language("zh").strip()
    assert text.in_language("en").strip()
    assert not HAN.search(without_user_text(text).in_language("en")), text


def folder_digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_the_sample_is_ready(model: Model, sample: Dataset):
    assert model.tables == tuple(needs.kind for needs in model.needs)
    assert sample.kind in model.tables
    assert readiness(model.needs, sample.manifest).level == "green"


def test_the_sample_runs_end_to_end(result: Any):
    assert len(result.customers.limit(5).execute()) == 5
    assert len(result.segments) > 1
    assert result.findings
    assert result.headline
    assert all(isinstance(value, int | float) for value in result.headline.values())


def test_what_an_answer_describes_is_what_it_holds(sample: Dataset, result: Any):
    columns = {column.name for column in result.columns}
    assert set(result.customers.columns) == {sample.entity, "segment", *columns}
    assert result.rank_by in columns
    assert list(result.segments.columns) == ["segment", *(column.name for column in result.segment_columns)]
    named = {segment.key for segment in result.named}
    held = set(result.customers.select("segment").distinct().execute()["segment"])
    assert held == set(result.segments["segment"]) <= named
    for segment in result.named:
        for text in (segment.name, segment.meaning, segment.action):
            assert_worded(text)
    for column in (*result.columns, *result.segment_columns):
        assert_worded(column.label)


def test_findings_and_method_are_worded_in_both_languages(model: Model, result: Any):
    assert_worded(model.title)
    assert_worded(model.question)
    assert result.method
    for finding in result.findings:
        assert_worded(finding.text)
    for line in result.method:
        assert_worded(line.label)
        assert_worded(line.value)


def test_each_role_it_must_have_is_named_when_missing(model: Model, sample: Dataset):
    for role in (needs_for(model.needs, sample.kind) or model.needs[0]).must:
        if role in ALWAYS.get(sample.kind, ()):
            continue
        left = tuple((name, header) for name, header in sample.manifest.roles if name != role)
        verdict = readiness(model.needs, dataclasses.replace(sample.manifest, roles=left))
        assert verdict.level == "red"
        for lang in LANGUAGES:
            assert any(ROLES[role].title.in_language(lang) in reason.in_language(lang) for reason in verdict.reasons)


def test_a_mapping_without_a_role_of_its_kind_is_refused(sample: Dataset):
    headers = tuple(header for _, header in sample.manifest.roles)
    for role in Mapping(sample.kind, ()).missing():
        gone = {role, *SUBSTITUTES.get(role, ())}
        left = tuple((name, header) for name, header in sample.manifest.roles if name not in gone)
        with pytest.raises(MappingError) as refused:
            Mapping(sample.kind, left).check(headers)
        assert refused.value.code == "mapping.missing_role"
        for lang in LANGUAGES:
            assert ROLES[role].title.in_language(lang) in refused.value.message.in_language(lang)


def test_another_kind_of_table_is_red(model: Model, sample: Dataset):
    other = next(kind for kind in KINDS if kind not in model.tables)
    verdict = readiness(model.needs, dataclasses.replace(sample.manifest, kind=other))
    assert verdict.level == "red"
    assert_worded(verdict.reasons[0])


def test_the_order_of_rows_changes_nothing(model: Model, result: Any, prepare_file: PrepareFile, tmp_path: Path):
    raw = read_file(SAMPLES / model.sample, tmp_path)
    cells = pd.read_parquet(raw.path).iloc[:, 1:].set_axis(list(raw.columns), axis=1)
    shuffled = tmp_path / "shuffled.csv"
    cells.sample(frac=1, random_state=7).to_csv(shuffled, index=False, encoding="utf-8-sig")
    again = model.analyze(prepare_file(shuffled), model.params())
    place = [name for name in ("row_id",) if name in again.customers.columns]  # of a review, not of a person
    found, expected = (sorted_rows(answer.customers.drop(*place)) for answer in (again, result))
    pd.testing.assert_frame_equal(found, expected)
    pd.testing.assert_frame_equal(again.segments, result.segments)


def test_the_input_is_not_mutated(model: Model, sample: Dataset):
    before = folder_digests(sample.folder), folder_digests(SAMPLES)
    answer = model.analyze(sample, model.params())
    answer.customers.execute()
    answer.segments.iloc[:, 0] = "changed"
    assert (folder_digests(sample.folder), folder_digests(SAMPLES)) == before
    assert "changed" not in set(model.analyze(sample, model.params()).segments.iloc[:, 0])


@pytest.mark.parametrize("rows", [0, 1], ids=["empty table", "one entity"])
def test_next_to_no_data_ends_clearly(
    model: Model, prepare_file: PrepareFile, sample: Dataset, tmp_path: Path, rows: int
):
    file = tmp_path / "small.csv"
    pd.DataFrame([ONE_ROW[sample.kind]]).head(rows).to_csv(file, index=False, encoding="utf-8-sig")
    answer = answer_or_error(lambda: model.analyze(prepare_file(file), model.params()))
    if isinstance(answer, AnalyticsError):
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", answer.code)
        assert_worded(answer.message)
        assert_worded(answer.hint)
    else:
        assert rows == 1, "a table without rows has no answer"
        assert len(answer.customers.execute()) == 1
        for finding in answer.findings:
            assert_worded(finding.text)


def answer_or_error(run: Callable[[], Any]) -> Any:
    """What a run gives; an error that a user can mend is an answer too."""
    try:
        return run()
    except AnalyticsError as error:
        return error


def nonsense(default: Any) -> list[Any]:
    """Values of a parameter's own type that can mean nothing to any model."""
    if isinstance(default, bool) or default is None:
        return []
    if isinstance(default, str):
        return ["no such choice"]
    if isinstance(default, int | float):
        return [-1, math.nan] if isinstance(default, float) else [-1]
    if isinstance(default, tuple) and len(default) > 1:
        return [tuple(reversed(default))]
    return []


def test_nonsense_parameters_are_refused(model: Model):
    refused = 0
    for field in dataclasses.fields(model.params):
        for value in nonsense(getattr(model.params(), field.name)):
            with pytest.raises(ParamError) as error:
                model.params(**{field.name: value})
            assert_worded(error.value.message)
            assert_worded(error.value.hint)
            refused += 1
    assert refused, "no parameter of this model was tried"


def test_parameters_are_frozen_and_compare_by_value(model: Model):
    assert model.params() == model.params()
    assert hash(model.params()) == hash(model.params())
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(model.params(), dataclasses.fields(model.params)[0].name, None)


def test_files_and_pages_are_where_the_catalogue_says(model: Model):
    assert (SAMPLES / model.sample).exists()
    assert (ROOT / "analytics" / "models" / f"{model.key}.py").exists()
    assert (ROOT / "analytics" / "charts" / f"{model.key}.py").exists()
    assert (ROOT / "pages" / f"{model.key}.py").exists()


@pytest.fixture(scope="module")
def baskets(prepare_file: PrepareFile, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A table without anybody in it: each row is a basket."""
    file = tmp_path_factory.mktemp("baskets") / "baskets.csv"
    file.write_text(many_baskets(), encoding="utf-8")
    return prepare_file(file)


def test_a_table_of_baskets_keeps_to_all_of_it(baskets: Dataset):
    model = model_of("basket")
    result = model.analyze(baskets, model.params())
    assert readiness(model.needs, baskets.manifest).level == "green"
    test_the_sample_runs_end_to_end(result)
    test_what_an_answer_describes_is_what_it_holds(baskets, result)
    test_findings_and_method_are_worded_in_both_languages(model, result)
    test_a_mapping_without_a_role_of_its_kind_is_refused(baskets)
    test_the_input_is_not_mutated(model, baskets)


@pytest.mark.parametrize("model", [m for m in MODELS if "baskets" not in m.tables], ids=lambda model: model.key)
def test_no_other_model_takes_baskets(model: Model, baskets: Dataset):
    verdict = readiness(model.needs, baskets.manifest)
    assert verdict.level == "red"
    assert_worded(verdict.reasons[0])
