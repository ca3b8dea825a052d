"""Write the table of results on the benchmark page.

Usage:  python tests/tools/readme.py      (tests/tools/execute.py does this too)

The test figures come from the outputs saved in the notebooks, times and memory from the last saved
run of tests/benchmarks/time_to_quality.py. test_readme.py fails when the page says anything else.
"""

import json
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "tests" / "benchmarks" / "README.md"
BENCHMARK = ROOT / "tests" / "benchmarks" / "results.json"
BEGIN, END = "<!-- results: written by tests/tools/readme.py -->", "<!-- end of results -->"

# For each model: what is measured, the notebook, and the printed line that holds its test figure.
MODELS = {
    "simple": ("test BCE", "01_simple", r"test set: .* BCE (\d\.\d{4})"),
    "stacked": ("test accuracy", "02_stacked", r"then fine-tuned +test accuracy (\d\.\d{4})"),
    "convolutional": ("test BCE", "03_convolutional", r"test cross-entropy (\d\.\d{4})"),
}


def printed(name, pattern):
    """What the pattern's group matches in the one printed line of a notebook that it fits."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    (found,) = re.findall(pattern, "".join(output.get("text", "") for output in outputs))
    return found


def table():
    """The table of results, in Markdown."""
    measured = json.loads(BENCHMARK.read_text(encoding="utf-8"))
    head, *rows = [["network", "measure", "tutorial, test images", "this course, test images",
                    "validation figure to reach", "tutorial, time until first there",
                    "this course, time until first there", "times faster", "tutorial, memory",
                    "this course, memory"]]  # fmt: skip
    for name, (measure, *place) in MODELS.items():
        then, now = measured[name]["tutorial"], measured[name]["course"]
        rows.append([
            name, measure, f"{then['figure']:.4f}", printed(*place),
            f"{measured[name]['target']:.4f}", f"{then['seconds']:.0f} s",
            f"{now['seconds']:.1f} s", f"{then['seconds'] / now['seconds']:.0f}",
            f"{then['memory']:.1f} GB", f"{now['memory']:.1f} GB",
        ])  # fmt: skip
    lines = [f"| {' | '.join(cells)} |" for cells in zip(head, *rows, strict=True)]
    lines.insert(1, "| --- " * (1 + len(MODELS)) + "|")
    machine = f"Medians of three runs of the course, one of the tutorial ({measured['machine']})."
    return "\n".join([BEGIN, "", *lines, "", machine, "", END])


def main():
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + table() + rest.split(END)[1], encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
