"""What tests share: a folder of our own for the app's files, an engine, and the sample data prepared once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything of the app is imported: its DuckDB instance may only touch ZHIKE_HOME and the system's temporary
# folder, and it is told so once, when the first test connects.
_HOME = Path(tempfile.mkdtemp(prefix="zhike-tests-"))
os.environ["ZHIKE_HOME"] = str(_HOME)

from analytics.dataset import Dataset  # noqa: E402
from analytics.engine import Engine, embedded  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_data"
SHARED_DATA = ROOT.parent / "shared" / "data"


def pytest_unconfigure() -> None:
    """Take the app's folder away again."""
    shutil.rmtree(_HOME, ignore_errors=True)


# The same generated cases every time, so that a failure is of the change at hand; HYPOTHESIS=random draws new ones.
settings.register_profile("steady", derandomize=True)
settings.register_profile("random")
settings.load_profile(os.environ.get("HYPOTHESIS", "steady"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are no name: a workbook made a second later has other ones, and parallel workers must agree on names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def engine() -> Engine:
    """This process's DuckDB."""
    return embedded()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the project; their licences are mixed, so they are no part of it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real files in ../shared/data are not here")
    return SHARED_DATA


PrepareFile = Callable[[Path], Dataset]


@pytest.fixture(scope="session")
def prepare_file(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> PrepareFile:
    """A file as the app would take it without anybody correcting the mapping: read, recognise, prepare."""
    from analytics.intake.prepare import prepare
    from analytics.intake.reader import read_file
    from analytics.intake.recognise import recognise

    def prepare_one(source: Path) -> Dataset:
        folder = tmp_path_factory.mktemp("data")
        raw = read_file(source, folder)
        return prepare([raw], recognise(raw).mapping, folder / "dataset", engine)

    return prepare_one


@pytest.fixture(scope="session")
def prepare_sample(prepare_file: PrepareFile) -> Callable[[str], Dataset]:
    """A file of sample_data/ by name, prepared once a session."""
    return cache(lambda name: prepare_file(SAMPLES / name))


@pytest.fixture(scope="session")
def sample_dataset(prepare_sample: Callable[[str], Dataset]) -> Dataset:
    """The sample orders."""
    return prepare_sample("订单明细.xlsx")
