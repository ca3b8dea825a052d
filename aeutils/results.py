"""Print which exercises are done in saved notebooks, a row for each.

Usage:  python -m aeutils.results [--csv] NOTEBOOK.ipynb [...]    or a folder, with all below it

The verdicts are read from the saved outputs of `check`; nothing in a notebook is executed. A blank
is a check that was not run, a minus one whose cell is missing. With --csv a line is written for
each exercise: file, exercise, verdict. Files that were skipped are named, with the reason. The exit
status is 1 when a file could not be read.
"""

import csv
import json
import os
import re
import sys
from pathlib import Path

from aeutils.exercises import exercises
from aeutils.exercises.verdicts import MARKS, ROOMS

NOT_RUN, MISSING = "not run", "check missing"
_RANK = (MISSING, NOT_RUN, *MARKS)  # of two cells for one exercise the better counts
_NUMBERS = [number for notebook in ROOMS for number in exercises(notebook)]
_CALL = re.compile(r"""^\s*check\(\s*["'](\d\.\d+)["']""", re.MULTILINE)
_SHOWN = re.compile(r"[○✗✓] Exercise (\d\.\d+): (not attempted yet|not yet|right)\.")


def read_results(path):
    """Return a dict from the number of each exercise of a saved notebook to its verdict.

    The verdicts are "right", "not yet", "not attempted yet", "not run", and "check missing" where
    no cell checks the exercise. Raises `ValueError` with the reason for any other file.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8-sig"))["cells"]
        found = [pair for cell in cells for pair in _verdicts(cell)]
        texts = [_text(cell.get("source", "")) for cell in cells]
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("is not a Jupyter notebook, or was cut off while saving") from None
    headings = re.findall(r"^#+ Exercise (\d)\.\d+", "\n".join(texts), re.MULTILINE)
    chapters = {number[0] for number, _ in found} | {k for k in headings if int(k) in ROOMS}
    if not chapters:
        raise ValueError("holds no exercise of this course")
    results = {n: MISSING for k in sorted(chapters) for n in exercises(int(k))}
    for number, verdict in found:
        results[number] = max(results[number], verdict, key=_RANK.index)
    return results


def _text(value):
    return value if isinstance(value, str) else "".join(map(str, value))


def _verdicts(cell):
    """Yield exercise and verdict for each check that a cell calls, and each that it shows."""
    if cell["cell_type"] != "code":
        return
    yield from ((n, NOT_RUN) for n in _CALL.findall(_text(cell["source"])) if n in _NUMBERS)
    for output in cell.get("outputs", []):
        data = output.get("data", {}) if output.get("output_type") == "display_data" else {}
        shown = _SHOWN.match(_text(data.get("text/plain", "")))
        # `check` says it twice; what a student prints or displays as text does not count.
        if shown and shown[1] in _NUMBERS:
            marked = f'data-exercise="{shown[1]}" data-verdict="{shown[2]}"'
            if marked in _text(data.get("text/html", "")):
                yield shown.groups()


def _find(arguments):
    """Return the notebooks named or in folders, and other files that were named or look like it."""
    found, skipped = [], {}
    for path in map(Path, arguments):
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            if any(part.startswith(".ipynb_checkpoints") for part in file.parts):
                continue
            if file.suffix.lower() == ".ipynb" or (file == path and file.suffix.lower() != ".zip"):
                found.append(file)
            elif file.suffix.lower() in (".zip", ".7z", ".rar", ".gz"):
                skipped[file] = "is an archive: unpack it first"
            else:
                skipped[file] = "is no notebook"
    return list(dict.fromkeys(found)), {f: why for f, why in skipped.items() if f not in found}


def main(arguments):
    """Print the table, or with --csv a list, for the files and folders; return the exit status."""
    as_list = "--csv" in arguments
    named = [argument for argument in arguments if argument != "--csv"]
    paths, skipped = _find(named)
    results, broken = {}, False
    for path in paths:
        try:
            results[path] = read_results(path)
        except ValueError as error:
            skipped[path] = str(error)
            broken = broken or "of this course" not in str(error)
    if not paths:
        print(__doc__ if not named else "No notebook found there.", file=sys.stderr)
        broken = True
    elif as_list:
        rows = ((path, *pair) for path, found in results.items() for pair in found.items())
        csv.writer(sys.stdout, lineterminator="\n").writerows(
            [("file", "exercise", "verdict"), *rows]
        )
    else:
        _print_table(results)
    for path, reason in skipped.items():
        print(f"{path} {reason}.", file=sys.stderr)
    return int(broken)


def _print_table(results):
    columns = [number for number in _NUMBERS if any(number in found for found in results.values())]
    legend, marks = "✓ right, ✗ not yet, ○ not attempted", MARKS | {MISSING: "-"}
    width = max(len(str(text)) for text in (legend, *results))
    print(f"{legend:{width}}  {'  '.join(columns)}  right")
    for path, found in results.items():
        row = [f"{marks.get(found.get(number), ' '):^{len(number)}}" for number in columns]
        verdicts = list(found.values())
        gone = verdicts.count(MISSING)
        note = f", {gone} checks are missing" if gone else ""
        right = f"{verdicts.count('right'):2} of {len(found)}{note}"
        print(f"{path!s:{width}}  {'  '.join(row)}  {right}")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # names of files may not be UTF-8
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # head, or a pager that was closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
