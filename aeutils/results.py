"""Print which exercises are done in saved notebooks, a row for each.

Usage:  python -m aeutils.results NOTEBOOK.ipynb [...]      or a folder, searched with all below it

The verdicts are read from the saved outputs; nothing in a notebook is executed. A check that was
not run shows as a blank. The exit status is 1 when a file could not be read.
"""

import json
import re
import sys
from pathlib import Path

_VERDICT = re.compile(r"[○✗✓] Exercise (\d+\.\d+): (not attempted yet|not yet|right)\.")
_MARKS = {"not attempted yet": "○", "not yet": "✗", "right": "✓"}


def read_results(path):
    """Return a dict from exercise number to its saved verdict, for one notebook file.

    The verdicts are "not attempted yet", "not yet" and "right". Raises `ValueError` with the
    reason when the file is not a notebook.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        texts = [output.get("data", {}).get("text/plain", "") for output in outputs]
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("is not a Jupyter notebook, or was cut off while saving") from None
    return dict(
        found.groups()
        for text in texts
        if (found := _VERDICT.match(text if isinstance(text, str) else "".join(map(str, text))))
    )


def main(arguments):
    """Print the table for the files and folders named; return the exit status."""
    paths = []
    for path in map(Path, arguments):
        paths += sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]
    if not paths:
        print(__doc__ if not arguments else "No notebook found there.", file=sys.stderr)
        return 1
    results, broken = {}, {}
    for path in paths:
        try:
            results[path] = read_results(path)
        except ValueError as error:
            broken[path] = error
    numbers = {number for found in results.values() for number in found}
    columns = sorted(numbers, key=lambda number: [int(part) for part in number.split(".")])
    width = max((len(str(path)) for path in results), default=0)
    print(f"{'✓ right, ✗ not yet, ○ not attempted':{width}}  {'  '.join(columns)}  right")
    for path, found in results.items():
        marks = [f"{_MARKS.get(found.get(number), ' '):^{len(number)}}" for number in columns]
        right = list(found.values()).count("right")
        print(f"{path!s:{width}}  {'  '.join(marks)}  {right:2} of {len(found)}")
    for path, reason in broken.items():
        print(f"{path} {reason}.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
