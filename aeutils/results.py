"""Print which exercises are done in saved notebooks, a row for each; nothing is executed.

A blank is a check that was not run, a minus one whose cell is missing. What was skipped is named.
The exit status is 1 when a file could not be read.
"""

import argparse
import csv
import json
import re
import sys
from pathlib import Path

from aeutils.exercises import checking, exercises

# Of two verdicts on one exercise, the one that comes later here counts.
MARKS = {"check missing": "-", "not run": " ", **checking.MARKS}
NUMBERS = [number for notebook in (1, 2, 3) for number in exercises(notebook)]
HEADING = re.compile(r"^#+ Exercise (\d\.\d+)", re.MULTILINE)
CALL = re.compile(r"""^[^#\n]*\bcheck\s*\(\s*["'](\d\.\d+)["']""", re.MULTILINE)
SHOWN = re.compile(r'data-exercise="(\d\.\d+)" data-verdict="([a-z ]+)"')


def read_results(path):
    """Return a dict from each exercise of a saved notebook to its verdict, a key of `MARKS`.

    It is empty without exercises of this course. Raises `ValueError` for what cannot be read.
    """
    try:
        cells = list(json.loads(Path(path).read_text(encoding="utf-8-sig"))["cells"])
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("is not a Jupyter notebook, or was cut off while saving") from None
    found = []
    for cell in cells:
        try:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                found += [(number, "check missing") for number in HEADING.findall(source)]
                continue
            found += [(number, "not run") for number in CALL.findall(source)]
            for output in cell["outputs"]:
                found += SHOWN.findall("".join(output.get("data", {}).get("text/html", "")))
        except (AttributeError, KeyError, TypeError):
            continue  # one broken cell; the others count
    found = [pair for pair in found if pair[0] in NUMBERS and pair[1] in MARKS]
    notebooks = {number[0] for number, _ in found}
    every = [(number, "check missing") for number in NUMBERS if number[0] in notebooks]
    return dict(sorted(every + found, key=lambda pair: [*MARKS].index(pair[1])))


def find(path):
    """Yield (file, None) for a file that is to be read, (file, reason) for one that is not."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.name == ".ipynb_checkpoints":
            yield file, "holds copies that JupyterLab made"
        elif file.is_dir() and file.is_symlink():
            yield file, "is a link to a folder: name that folder"
        elif file.suffix.lower() in (".zip", ".7z", ".rar", ".gz", ".tar"):
            yield file, "is an archive: unpack it first"
        elif not file.is_dir() and ".ipynb_checkpoints" not in file.parts:
            wanted = file == path or file.suffix.lower() == ".ipynb"
            yield file, None if wanted else "is no notebook"


def print_table(results):
    """Print a row for each file, and a column for each exercise of the notebooks that occur."""
    columns = [number for number in NUMBERS if any(number in found for found in results.values())]
    legend = "✓ right, ✗ not yet, ○ not attempted"
    width = max(len(str(text)) for text in (legend, *results))
    print(f"{legend:{width}}  {'  '.join(columns)}  right")
    for path, found in results.items():
        marks = "  ".join(f"{MARKS.get(found.get(number), ' '):^3}" for number in columns)
        right, missing = map([*found.values()].count, ("right", "check missing"))
        note = f", {missing} checks missing" if missing else ""
        print(f"{path!s:{width}}  {marks}  {right:2} of {len(found)}{note}")


def main(arguments=None):
    """Print the results in the files and folders that are named; return the exit status."""
    parser = argparse.ArgumentParser("python -m aeutils.results", description=__doc__)
    parser.add_argument("path", nargs="+", type=Path, help="a notebook, or a folder of notebooks")
    parser.add_argument("--csv", action="store_true", help="print a line for each exercise")
    options = parser.parse_args(arguments)
    results, failed = {}, False
    for file, reason in dict(pair for path in options.path for pair in find(path)).items():
        try:
            found = {} if reason else read_results(file)
        except ValueError as error:
            found, reason, failed = {}, error, True
        if found:
            results[file] = found
        else:
            print(f"{file} {reason or 'holds no exercise of this course'}.", file=sys.stderr)
    if results and options.csv:
        print("\ufefffile,exercise,verdict")  # else Excel garbles names that are not ASCII
        for file, found in results.items():
            name = f"'{file}" if str(file)[0] in "=+-@" else file  # else it would be computed
            csv.writer(sys.stdout, lineterminator="\n").writerows((name, *p) for p in found.items())
    elif results:
        print_table(results)
    return int(failed or not results)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # names of files may not be UTF-8
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main())
