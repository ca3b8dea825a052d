"""A teacher sees who has done what, from saved files and without running them."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from aeutils.exercises import check, exercises
from aeutils.results import main, read_results

RIGHT, NOT_YET, NOT_ATTEMPTED = "right", "not yet", "not attempted yet"


def shown(number, verdict, html=True, kind="display_data"):
    data = {"text/plain": [f"✓ Exercise {number}: {verdict}. Notice\n", "this."]}
    if html:
        data["text/html"] = f'<div data-exercise="{number}" data-verdict="{verdict}">...</div>'
    return {"output_type": kind, "data": data}


def cell(number, *outputs, source="raise SystemExit\n"):
    source = [source, f'check("{number}", answer)']
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def heading(number):
    return {"cell_type": "markdown", "source": [f"### Exercise {number} (3 minutes)\n"]}


def write(path, cells, encoding="utf-8"):
    path.write_text(json.dumps({"cells": cells}), encoding=encoding)
    return path


def notebook(path, verdicts, **options):
    cells = [cell(number, shown(number, verdict)) for number, verdict in verdicts.items()]
    return write(path, cells, **options)


def run(*arguments):
    command = [sys.executable, "-m", "aeutils.results", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


def test_table_holds_each_student_and_exercise(tmp_path, capsys):
    notebook(tmp_path / "ada.ipynb", {"1.1": RIGHT, "1.3": NOT_YET, "1.2": RIGHT})
    (tmp_path / "group b").mkdir()
    notebook(tmp_path / "group b" / "élodie.ipynb", {"1.2": NOT_ATTEMPTED, "2.1": RIGHT})
    assert main([str(tmp_path)]) == 0
    head, ada, elodie = capsys.readouterr().out.splitlines()
    columns = head.split("attempted")[1].split()
    assert columns == [*exercises(1), *exercises(2), "right"]
    places = {number: head.index(f" {number} ") + 2 for number in columns[:-1]}
    assert "ada.ipynb" in ada
    assert [ada[places[n]] for n in ("1.1", "1.2", "1.3", "1.4", "2.1")] == [
        "✓",
        "✓",
        "✗",
        "-",
        " ",
    ]
    assert ada.endswith(" 2 of 8, 5 checks are missing")
    assert "élodie.ipynb" in elodie
    assert [elodie[places[n]] for n in ("1.1", "1.2", "2.1")] == ["-", "○", "✓"]


def test_what_check_shows_is_read_as_its_verdict(tmp_path, monkeypatch):
    outputs = []
    monkeypatch.setattr(
        "aeutils.exercises.verdicts.display",
        lambda bundle, raw: outputs.append({"output_type": "display_data", "data": bundle}),
    )
    check("1.1", "C")
    check("1.2", 7)
    check("1.3", ...)
    cells = [cell(n, output) for n, output in zip(("1.1", "1.2", "1.3"), outputs, strict=True)]
    found = read_results(write(tmp_path / "a.ipynb", [*cells, cell("1.4")]))
    wanted = ["1.1", "1.2", "1.3", "1.4", "1.5"]
    assert [found[n] for n in wanted] == [RIGHT, NOT_YET, NOT_ATTEMPTED, "not run", "check missing"]


def test_deleted_check_cells_are_said(tmp_path, capsys):
    write(tmp_path / "a.ipynb", [heading("1.1"), heading("1.2")])
    assert main([str(tmp_path)]) == 0
    assert "0 of 8, 8 checks are missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    "output",
    [
        shown("1.1", RIGHT, html=False),
        shown("1.1", RIGHT, kind="execute_result"),
        {"output_type": "stream", "text": ["✓ Exercise 1.1: right."]},
        shown("1.1", NOT_YET) | {"data": shown("1.1", RIGHT, html=False)["data"]},
    ],
)
def test_a_verdict_printed_by_hand_does_not_count(tmp_path, output):
    assert read_results(write(tmp_path / "a.ipynb", [cell("1.1", output)]))["1.1"] == "not run"


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_cells_the_better_counts(tmp_path, order):
    cells = [cell("1.1", shown("1.1", verdict)) for verdict in (RIGHT, NOT_YET)][::order]
    assert read_results(write(tmp_path / "a.ipynb", cells))["1.1"] == RIGHT


def test_unknown_numbers_are_no_columns(tmp_path):
    found = read_results(
        notebook(tmp_path / "a.ipynb", {"1.1": RIGHT, "9.9": RIGHT, "1.99": RIGHT})
    )
    assert list(found) == list(exercises(1))


def test_csv_has_a_line_for_each_exercise(tmp_path, capsys):
    path = notebook(tmp_path / "a, b.ipynb", {"3.1": RIGHT, "3.2": NOT_YET})
    assert main(["--csv", str(tmp_path)]) == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert head == ["file", "exercise", "verdict"]
    assert rows[:3] == [
        [str(path), "3.1", RIGHT], [str(path), "3.2", NOT_YET], [str(path), "3.3", "check missing"],
    ]  # fmt: skip
    assert len(rows) == len(exercises(3))


def test_a_byte_order_mark_is_read(tmp_path):
    path = notebook(tmp_path / "a.ipynb", {"1.1": RIGHT}, encoding="utf-8-sig")
    assert read_results(path)["1.1"] == RIGHT


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"cells": 3}', "\x00\x01", '{"cells": [1]}', '{"cells": [{}]}', "[" * 99_999],
)
def test_broken_file_is_named_and_the_others_are_still_shown(tmp_path, content, capsys):
    notebook(tmp_path / "good.ipynb", {"1.1": RIGHT})
    (tmp_path / "broken.ipynb").write_text(content)
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert "broken.ipynb is not a Jupyter notebook" in told.err
    assert "good.ipynb" in told.out


def test_skipped_files_are_named_with_the_reason(tmp_path, capsys):
    notebook(tmp_path / "good.ipynb", {"1.1": RIGHT})
    (tmp_path / "class.zip").write_bytes(b"PK")
    write(tmp_path / "other.ipynb", [{"cell_type": "code", "source": "1", "outputs": []}])
    assert main([str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "class.zip is an archive: unpack it first." in told.err
    assert "other.ipynb holds no exercise of this course." in told.err
    assert told.out.count("ipynb") == 1


def test_folders_are_searched_and_every_file_in_them_is_a_row_or_named(tmp_path, capsys):
    (tmp_path / "deep" / ".ipynb_checkpoints").mkdir(parents=True)
    verdicts = {"1.1": RIGHT}
    twice = notebook(tmp_path / "deep" / "a.ipynb", verdicts)
    upper = notebook(tmp_path / "deep" / "UPPER.IPYNB", verdicts)
    notebook(tmp_path / "deep" / ".ipynb_checkpoints" / "old.ipynb", verdicts)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "b.ZIP").write_bytes(b"PK")
    copy = notebook(tmp_path / "a copy", verdicts)  # named, whatever its name ends in
    assert main([str(tmp_path), str(twice), str(copy)]) == 0
    told = capsys.readouterr()
    found = [line.split("  ")[0] for line in told.out.splitlines()[1:]]
    assert found == list(map(str, [*sorted([twice, upper]), copy]))
    named = {f"{tmp_path / 'notes.txt'} is no notebook."}
    named |= {f"{tmp_path / 'b.ZIP'} is an archive: unpack it first."}
    assert set(told.err.splitlines()) == named
    assert "old.ipynb" not in told.out + told.err


def test_a_folder_without_notebooks_is_said_and_is_an_error(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("x")
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "No notebook found there.",
        f"{tmp_path / 'notes.txt'} is no notebook.",
    ]


def test_only_code_counts_and_only_what_it_calls(tmp_path):
    text = {"cell_type": "markdown", "source": ['check("1.1", answer)'],
            "outputs": [shown("1.1", RIGHT)]}  # fmt: skip
    comment = {"cell_type": "code", "source": ['# check("1.2", answer)\n', 'recheck("1.3", 1)']}
    called = {"cell_type": "code", "source": "x = 1\n  check( '1.4', x)"}
    found = read_results(write(tmp_path / "a.ipynb", [text, comment, called]))
    wanted = {number: "check missing" for number in exercises(1)}
    assert found == wanted | {"1.4": "not run"}


def test_exercises_stand_in_the_order_of_their_numbers(tmp_path, capsys):
    notebook(tmp_path / "a.ipynb", {"3.2": RIGHT, "1.2": NOT_YET, "3.1": RIGHT})
    main([str(tmp_path)])
    head, row = capsys.readouterr().out.splitlines()
    columns = head.split("attempted")[1].split()[:-1]
    assert columns == [*exercises(1), *exercises(3)]
    assert head.startswith("✓ right, ✗ not yet, ○ not attempted ")
    marks = row.split(".ipynb")[1].split(" of ")[0].split()
    assert dict(zip(columns, marks, strict=False)) == {n: "-" for n in columns} | {
        "1.2": "✗", "3.1": "✓", "3.2": "✓"}  # fmt: skip
    assert row.endswith(f" 2 of {len(columns)}, {len(columns) - 3} checks are missing")


def test_a_check_that_was_not_run_is_a_blank_and_not_missing(tmp_path, capsys):
    cells = [cell(number) for number in exercises(2)][1:]
    write(tmp_path / "a.ipynb", [heading("2.1"), *cells])
    main([str(tmp_path)])
    row = capsys.readouterr().out.splitlines()[1]
    assert row.split(".ipynb")[1].split() == ["-", "0", "of", str(len(cells) + 1) + ",", "1",
                                              "checks", "are", "missing"]  # fmt: skip


def test_names_that_are_not_utf8_and_missing_files_are_named(tmp_path):
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ipynb")
    notebook(tmp_path / "a.ipynb", {"1.1": RIGHT})
    with open(odd, "w", encoding="utf-8") as file:
        file.write((tmp_path / "a.ipynb").read_text("utf-8"))
    done = run(tmp_path, "nowhere.ipynb")
    assert done.returncode == 1
    assert "nowhere.ipynb cannot be read: No such file or directory." in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.count("1 of 8") == 2


def test_a_closed_pipe_is_no_error(tmp_path):
    notebook(tmp_path / "a.ipynb", {"1.1": RIGHT})
    code = f"{sys.executable} -m aeutils.results {tmp_path} | true"
    done = subprocess.run(["bash", "-c", code], capture_output=True, encoding="utf-8")
    assert done.stderr == ""


def test_code_of_a_student_is_not_executed(tmp_path):
    trace = tmp_path / "trace"
    cells = [cell("1.1", shown("1.1", RIGHT), source=f"open({str(trace)!r}, 'w')\n")]
    assert read_results(write(tmp_path / "a.ipynb", cells))["1.1"] == RIGHT
    assert not trace.exists()


def test_help_is_printed_without_arguments(capsys):
    assert main([]) == 1
    assert "Usage" in capsys.readouterr().err
