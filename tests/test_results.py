"""A teacher sees who has done what, from saved files and without running them."""

import json
import subprocess
import sys

import pytest

from aeutils.results import read_results


def notebook(path, verdicts, source="raise SystemExit"):
    cells = [
        {
            "cell_type": "code",
            "source": [source],
            "outputs": [
                {
                    "output_type": "display_data",
                    "data": {"text/plain": [f"✓ Exercise {number}: {verdict}. Notice\n", "this."]},
                }
            ],
        }
        for number, verdict in verdicts.items()
    ]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")


def run(*arguments):
    command = [sys.executable, "-m", "aeutils.results", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


def test_table_holds_each_student_and_exercise(tmp_path):
    notebook(tmp_path / "ada.ipynb", {"1.1": "right", "1.10": "not yet", "1.2": "right"})
    (tmp_path / "group b").mkdir()
    notebook(tmp_path / "group b" / "élodie.ipynb", {"1.2": "not attempted yet"})
    done = run(tmp_path)
    assert done.returncode == 0
    head, ada, elodie = done.stdout.splitlines()
    assert head.index("1.1 ") < head.index("1.2") < head.index("1.10")
    assert "ada.ipynb" in ada
    assert (ada.count("✓"), ada.count("✗")) == (2, 1)
    assert ada.endswith("2 of 3")
    assert "élodie.ipynb" in elodie
    assert elodie.count("○") == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', "\x00\x01", '{"cells": [1]}'])
def test_broken_file_is_named_and_the_others_are_still_shown(tmp_path, content):
    notebook(tmp_path / "good.ipynb", {"1.1": "right"})
    (tmp_path / "broken.ipynb").write_text(content)
    done = run(tmp_path)
    assert done.returncode == 1
    assert "broken.ipynb is not a Jupyter notebook" in done.stderr
    assert "Traceback" not in done.stderr
    assert "good.ipynb" in done.stdout


def test_missing_file_is_named():
    done = run("nowhere.ipynb")
    assert done.returncode == 1
    assert "nowhere.ipynb cannot be read" in done.stderr


def test_code_of_a_student_is_not_executed(tmp_path):
    trace = tmp_path / "trace"
    notebook(tmp_path / "a.ipynb", {"1.1": "right"}, f"open({str(trace)!r}, 'w')")
    assert read_results(tmp_path / "a.ipynb") == {"1.1": "right"}
    assert run(tmp_path).returncode == 0
    assert not trace.exists()


def test_help_is_printed_without_arguments():
    done = run()
    assert done.returncode == 1
    assert "Usage" in done.stderr
