"""The README is right: its tables are the catalogue, its links exist, its commands run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.catalog import MODELS
from analytics.i18n import Lang
from tests.source_code import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
HALVES: dict[Lang, str] = dict(zip(("zh", "en"), README.split("\n---\n"), strict=True))  # type: ignore[arg-type]
HEADERS: dict[Lang, str] = {"zh": "| 命令 | 模型 | 回答的问题 |", "en": "| Command | Model | Question |"}
COMMANDS = sorted(set(re.findall(r"^python -m analytics .*$", README, flags=re.MULTILINE)))


def table(lang: Lang) -> list[tuple[str, ...]]:
    """The cells of the model table of a half, without its header."""
    lines = HALVES[lang].split(HEADERS[lang], 1)[1].split("\n\n", 1)[0].strip().splitlines()
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_model_table_is_the_catalogue(lang: Lang):
    expected = [(f"`{m.key}`", m.title.in_language(lang), m.question.in_language(lang)) for m in MODELS]
    assert table(lang) == expected


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_half_says_how_to_start(lang: Lang):
    for command in ("make app", "make test", "python -m venv", "pip install -r requirements.txt", "ZHIKE_HOME"):
        assert command in HALVES[lang]


def test_linked_files_exist():
    for document in ("README.md", "CONTRIBUTING.md", "sample_data/README.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert target.startswith("https://") or (ROOT / document).parent.joinpath(target).exists(), target


def test_targets_named_in_the_readme_are_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"^make (\w+)", README, flags=re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(command: str, tmp_path: Path):
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data")
    arguments = shlex.split(command)[1:]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "ZHIKE_HOME": str(tmp_path / "home")},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if "--out" in arguments:
        assert (tmp_path / arguments[arguments.index("--out") + 1]).stat().st_size > 0
    else:
        assert done.stdout.strip()
