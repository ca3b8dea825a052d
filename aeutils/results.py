"""Print which exercises are done in saved notebooks, a row for each.

The verdicts are read from the saved outputs of `check`; nothing in a notebook is executed. A blank
is a check that was not run, a minus one whose cell is missing. What was skipped is named. The exit
status is 1 when a file could not be read.
"""

import argparse
import csv
import json
import re
import sys
from pathlib import Path

from aeutils.exercises import exercises

# Of two cells for one exercise, the verdict that comes later here counts.
MARKS = {
    "check missing": "-", "not run": " ", "not attempted yet": "○", "not yet": "✗", "right": "✓"
}  # fmt: skip
NUMBERS = [number for notebook in (1, 2, 3) for number in exercises(notebook)]
HEADING = re.compile(r"^#+ Exercise (\d\.\d+)", re.MULTILINE)
CALL = re.compile(r"""^[^#\n]*\bcheck\s*\(\s*["'](\d\.\d+)["']""", re.MULTILINE)
SHOWN = re.compile(r'data-exercise="(\d\.\d+)" data-verdict="([a-z ]+)"')


def read_results(path):
    """Return a dict from the number of each exercise of a saved notebook to its verdict.

    The verdicts are the keys of `MARKS`. Raises `ValueError` with the reason for a file that
    cannot be read, and for one without exercises of this course.
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
    notebooks = {number[0] for number, _ in found if number in NUMBERS}
    if not notebooks:
        raise ValueError("holds no exercise of this course")
    results = {number: "check missing" for number in NUMBERS if number[0] in notebooks}
    for number, verdict in found:
        if number in results and verdict in MARKS:
            results[number] = max(results[number], verdict, key=list(MARKS).index)
    return results


def find(path):
    """Yield (file, None) for a file that is to be read, (file, reason) for one that is not."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if ".ipynb_checkpoints" in file.parent.parts:
            continue
        if file.name == ".ipynb_checkpoints":
            yield file, "holds copies that JupyterLab made"
        elif file.suffix.lower() in (".zip", ".7z", ".rar", ".gz", ".tar"):
            yield file, "is an archive: unpack it first"
        elif file.is_dir() and file.is_symlink():
            yield file, "is a link to a folder: name that folder"
        elif file == path or (file.suffix.lower() == ".ipynb" and not file.is_dir()):
            yield file, None
        elif not file.is_dir():
            yield file, "is no notebook"


def print_table(results):
    """Print a row for each file, and a column for each exercise of the notebooks that occur."""
    columns = [number for number in NUMBERS if any(number in found for found in results.values())]
    legend = "✓ right, ✗ not yet, ○ not attempted"
    width = max(len(str(text)) for text in (legend, *results))
    print(f"{legend:{width}}  {'  '.join(columns)}  right")
    for path, found in results.items():
        marks = "  ".join(f"{MARKS.get(found.get(number), ' '):^3}" for number in columns)
        verdicts = list(found.values())
        missing = verdicts.count("check missing")
        right = f"{verdicts.count('right'):2} of {len(found)}"
        print(f"{path!s:{width}}  {marks}  {right}" + f", {missing} checks missing" * (missing > 0))


def print_csv(results):
    """Print a line for each exercise (file, exercise, verdict), as a spreadsheet reads it."""
    print("\ufefffile,exercise,verdict")  # without the mark Excel garbles names that are not ASCII
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for path, found in results.items():
        formula = str(path)[0] in "=+-@"  # a spreadsheet would compute it
        writer.writerows((f"'{path}" if formula else path, *pair) for pair in found.items())


def main(arguments=None):
    """Print the results in the files and folders that are named; return the exit status."""
    parser = argparse.ArgumentParser("python -m aeutils.results", description=__doc__)
    parser.add_argument("path", nargs="+", type=Path, help="a notebook, or a folder of notebooks")
    parser.add_argument("--csv", action="store_true", help="print a line for each exercise")
    options = parser.parse_args(arguments)
    results, failed = {}, False
    for file, reason in dict(pair for path in options.path for pair in find(path)).items():
        try:
            if reason is None:
                results[file] = read_results(file)
        except ValueError as error:
            reason = str(error)
            failed |= "of this course" not in reason
        if reason:
            print(f"{file} {reason}.", file=sys.stderr)
    if results:
        (print_csv if options.csv else print_table)(results)
    return int(failed or not results)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # names of files may not be UTF-8
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main())
