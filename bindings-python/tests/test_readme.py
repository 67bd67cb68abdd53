"""The first programs in the documentation run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def test_the_readme_runs_and_prints_what_it_shows(tmp_path: Path) -> None:
    text = (PACKAGE / "README.md").read_text()
    programs = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", text, re.S)
    assert programs
    for program, shown in programs:
        ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, ""), program
        assert ran.stdout == (shown or ran.stdout)


def test_the_quickstart_runs(tmp_path: Path) -> None:
    quickstart = PACKAGE.parent / "examples" / "python" / "quickstart.py"
    ran = subprocess.run([sys.executable, quickstart, tmp_path], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "17 imported, 6 refused" in ran.stdout and "send 2, 82d03285… (R-TGT-4 release)" in ran.stdout
