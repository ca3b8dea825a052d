"""Write what is quoted from the notebooks: the table of results, and the README's picture.

Usage:  python tests/tools/readme.py      (tests/tools/execute.py does this too)

The test figures come from the outputs saved in the notebooks, times and memory from the last saved
run of tests/benchmarks/time_to_quality.py. test_readme.py fails when the page says anything else.
"""

import base64
import json
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "tests" / "benchmarks" / "README.md"
PICTURE = ROOT / ".github" / "reconstructions.png"
BENCHMARK = ROOT / "tests" / "benchmarks" / "results.json"
BEGIN, END = "<!-- results: written by tests/tools/readme.py -->", "<!-- end of results -->"

# For each model: what is measured, the notebook, and the printed line that holds its test figure.
MODELS = {
    "simple": ("test BCE", "01_simple", r"test set: .* BCE (\d\.\d{4})"),
    "stacked": ("test accuracy", "02_stacked", r"stack, fine-tuned +test accuracy (\d\.\d{4})"),
    "convolutional": ("test BCE", "03_convolutional", r"test cross-entropy (\d\.\d{4})"),
}
FAIR = "10 digits in each row, from top to bottom: input, simple, deep, conv."


def outputs(name):
    """The outputs saved in a notebook, of all its cells."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def printed(name, pattern):
    """What the pattern's group matches in the one printed line that it fits."""
    texts = [output.text for output in outputs(name) if output.output_type == "stream"]
    (found,) = re.findall(pattern, "".join(texts))
    return found


def table():
    """The table of results, in Markdown."""
    measured = json.loads(BENCHMARK.read_text(encoding="utf-8"))
    models = {name: measured[name] for name in MODELS}
    tutorial = [model["tutorial"] for model in models.values()]
    course = [model["course"] for model in models.values()]
    seconds = [(a["seconds"], b["seconds"]) for a, b in zip(tutorial, course, strict=True)]
    rows = {
        "network": list(MODELS),
        "measure": [measure for measure, _, _ in MODELS.values()],
        "tutorial, test images": [f"{run['figure']:.4f}" for run in tutorial],
        "this course, test images": [printed(*place) for _, *place in MODELS.values()],
        "validation figure to reach": [f"{model['target']:.4f}" for model in models.values()],
        "tutorial, time until first there": [f"{then:.0f} s" for then, _ in seconds],
        "this course, time until first there": [f"{now:.1f} s" for _, now in seconds],
        "times faster": [f"{then / now:.0f}" for then, now in seconds],
        "tutorial, memory": [f"{run['memory']:.1f} GB" for run in tutorial],
        "this course, memory": [f"{run['memory']:.1f} GB" for run in course],
    }
    lines = [f"| {title} | {' | '.join(cells)} |" for title, cells in rows.items()]
    lines.insert(1, "| --- " * (1 + len(MODELS)) + "|")
    machine = f"Medians of three runs of the course, one of the tutorial ({measured['machine']})."
    return "\n".join([BEGIN, "", *lines, "", machine, "", END])


def picture():
    """The figure of notebook 3 that compares three autoencoders, as the bytes of a PNG file."""
    for output in outputs("03_convolutional"):
        if output.get("metadata", {}).get("image/png", {}).get("alt") == FAIR:
            return base64.b64decode(output.data["image/png"])
    raise ValueError(f"Notebook 3 shows no figure with the text alternative {FAIR!r}.")


def main():
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + table() + rest.split(END)[1], encoding="utf-8", newline="\n")
    PICTURE.write_bytes(picture())


if __name__ == "__main__":
    main()
