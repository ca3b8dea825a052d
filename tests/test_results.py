"""A teacher sees who has done what, from saved files and without running them."""

import ast
import csv
import json
import subprocess
import sys

import pytest

from aeutils.exercises import check, exercises
from aeutils.results import main, read_results

FIRST, SECOND, *_, LAST = exercises(1)


def shown(number, verdict):
    text = f'<div data-exercise="{number}" data-verdict="{verdict}">...</div>'
    return {"output_type": "display_data", "data": {"text/html": [text], "text/plain": "..."}}


def cell(source, *outputs):
    return {"cell_type": "code", "source": source.splitlines(True), "outputs": list(outputs)}


def done(number, verdict):
    return cell(f'check("{number}", answer)', shown(number, verdict))


def write(path, *cells):
    path.write_text(json.dumps({"cells": cells}, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_table_holds_each_student_and_exercise(tmp_path, capsys):
    (tmp_path / "group b").mkdir()
    write(tmp_path / "ada.ipynb", done("1.1", "right"), done("1.3", "not yet"),
          cell('check("1.2", a)'))  # fmt: skip
    write(tmp_path / "group b" / "élodie.ipynb", done("1.2", "not attempted yet"),
          done("2.1", "right"))  # fmt: skip
    assert main([str(tmp_path)]) == 0
    head, ada, elodie = capsys.readouterr().out.splitlines()
    columns = head.split("attempted")[1].split()
    assert columns == [*exercises(1), *exercises(2), "right"]
    places = [head.index(f" {number} ") + 2 for number in ("1.1", "1.2", "1.3", "1.4", "2.1")]
    assert [ada[place] for place in places] == ["✓", " ", "✗", "-", " "]
    assert [elodie[place] for place in places] == ["-", "○", "-", "-", "✓"]
    missing = len(exercises(1)) - 3
    assert ada.endswith(f" 1 of {len(exercises(1))}, {missing} checks missing")


def test_what_check_shows_is_read_as_its_verdict(tmp_path, capsys):
    verdicts = []
    for number, answer in (("1.1", "C"), ("1.2", 7), ("1.3", ...)):
        check(number, answer)  # outside a notebook it prints what a notebook would show
        data = ast.literal_eval(capsys.readouterr().out)
        verdicts.append(
            cell(f'check("{number}", a)', {"output_type": "display_data", "data": data})
        )
    found = read_results(write(tmp_path / "a.ipynb", *verdicts))
    assert list(found.values())[:4] == ["right", "not yet", "not attempted yet", "check missing"]


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ('check ("1.1", a)', "not run"),
        ("x = 1\ndef f():\n    return x\n\ncheck('1.1', f)", "not run"),
        ('a = 3; check("1.1", a)', "not run"),
        ('# check("1.1", a)', "check missing"),
        ('recheck("1.1", a)', "check missing"),
    ],
)
def test_a_call_of_check_is_found_wherever_it_stands(source, verdict, tmp_path):
    heading = {"cell_type": "markdown", "source": ["### Exercise 1.1 (5 minutes)\n"]}
    path = write(tmp_path / "a.ipynb", heading, cell(source))
    assert read_results(path)["1.1"] == verdict
    assert set(read_results(path)) == set(exercises(1))


def test_of_two_cells_the_better_counts_and_nothing_is_executed(tmp_path):
    trace = tmp_path / "trace"
    bad = cell(f"open({str(trace)!r}, 'w')", shown("1.1", "not yet"))
    for cells in ([done("1.1", "right"), bad], [bad, done("1.1", "right")]):
        assert read_results(write(tmp_path / "a.ipynb", *cells))["1.1"] == "right"
    assert not trace.exists()


@pytest.mark.parametrize("bad", [1, None, {}, {"cell_type": "code", "source": 3, "outputs": []},
                                 cell("1", 3), cell("1", {"data": []}), cell("1", {"data": None}),
                                 done("9.9", "right"), done("1.2", "perfect")])  # fmt: skip
def test_one_bad_cell_never_costs_a_file(bad, tmp_path):
    found = read_results(write(tmp_path / "a.ipynb", bad, done("1.1", "right")))
    assert found["1.1"] == "right"
    assert set(found) == set(exercises(1))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', "\x00\x01", "[" * 99_999])
def test_one_bad_file_never_costs_the_class(content, tmp_path, capsys):
    write(tmp_path / "good.ipynb", done("1.1", "right"))
    (tmp_path / "broken.ipynb").write_text(content)
    (tmp_path / "latin.ipynb").write_bytes(b"\xff\xfe")
    assert main([str(tmp_path), str(tmp_path / "gone.ipynb")]) == 1
    told = capsys.readouterr()
    assert "broken.ipynb is not a Jupyter notebook" in told.err
    assert "latin.ipynb is not a Jupyter notebook" in told.err
    assert "gone.ipynb cannot be read: No such file" in told.err
    assert told.out.count(".ipynb") == 1


def test_what_is_skipped_is_named_sub_folders_and_links_included(tmp_path, capsys):
    folder = tmp_path / "in"
    (folder / "deep" / ".ipynb_checkpoints").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    for name in ("deep/A.IPYNB", "deep/.ipynb_checkpoints/old.ipynb"):
        write(folder / name, done("1.1", "right"))
    write(folder / "other.ipynb", cell("1"))
    for name in ("class.ZIP", "deep/notes.txt"):
        (folder / name).write_text("x")
    (folder / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert main([str(folder)]) == 0
    told = capsys.readouterr()
    assert [line.split()[0] for line in told.out.splitlines()[1:]] == [str(folder / "deep/A.IPYNB")]
    reasons = {
        "class.ZIP": "is an archive: unpack it first.",
        "deep/.ipynb_checkpoints": "holds copies that JupyterLab made.",
        "deep/notes.txt": "is no notebook.",
        "link": "is a link to a folder: name that folder.",
        "other.ipynb": "holds no exercise of this course.",
    }
    assert set(told.err.splitlines()) == {f"{folder / name} {why}" for name, why in reasons.items()}
    assert main([str(folder / "link")]) == 1


def test_a_spreadsheet_reads_the_csv_and_computes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = ["=1+1.ipynb", "+a.ipynb", "@a.ipynb", "ä, b.ipynb"]
    for name in names:
        write(tmp_path / name, done("1.1", "right"))
    assert main(["--csv", *names]) == 0
    text = capsys.readouterr().out
    assert text.startswith("\ufefffile,exercise,verdict\n")
    rows = list(csv.reader(text.splitlines()[1:]))
    assert [row[0] for row in rows if row[1] == "1.1"] == [f"'{n}" for n in names[:3]] + names[3:]
    assert rows[1][1:] == ["1.2", "check missing"]


def test_odd_names_are_printed_in_a_plain_locale(tmp_path):
    write(tmp_path / "数.ipynb", done("1.1", "right"))
    command = [sys.executable, "-m", "aeutils.results", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", env={"LC_ALL": "C"})
    assert "数.ipynb" in run.stdout
