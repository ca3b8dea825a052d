"""The saved notebooks are what a reader should find: clean, complete, accessible, and short.

That they run, and that their claims hold, is checked by nbval, which executes every cell as the
reader would.
"""

import itertools
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
# Outside exercises: words of text and lines of code, for a lesson of one hour.
LIMITS = {"01_simple": (2700, 280), "02_stacked": (2700, 280), "03_convolutional": (3000, 350)}
NAMES = list(LIMITS)
PATH = r"/home/|/root/|/tmp/|/work/|/Users/|[A-Z]:\\\\"
NOISE = PATH + r"|ms/step|oneDNN|absl::|cuda|0x[0-9a-f]{8}|s left|█"
# What a reader would have to look up and the lesson is not about.
NOT_PLAIN = (
    r"functools|itertools|islice|gc\.|^ *del |float16|shuffle=False|_render_traceback_|"
    r"lambda .*lambda|argsort.*argsort|sys\.modules"
)
REMOTE = r"!\[[^\]]*\]\(http|<img|<script|<link|@import|urlopen|requests\.get"


@pytest.fixture(scope="module", params=NAMES)
def notebook(request):
    notebook = nbformat.read(FOLDER / f"{request.param}.ipynb", as_version=4)
    notebook.name = request.param
    return notebook


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs]


def test_the_notebook_is_valid_and_from_one_run_from_top_to_bottom(notebook):
    nbformat.validate({key: value for key, value in notebook.items() if key != "name"})
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert not any("execution" in cell.metadata for cell in notebook.cells)


def test_it_opens_without_being_marked_as_changed(notebook):
    # JupyterLab asks the kernel for these; only the version of Python may be another one.
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.display_name == "Python 3 (ipykernel)"
    assert notebook.metadata.language_info.codemirror_mode == {"name": "ipython", "version": 3}
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)


def test_nothing_failed_or_was_written_to_stderr_and_a_printed_table_is_one_output(notebook):
    for cell in code(notebook):
        kinds = [output.get("name", output.output_type) for output in cell.outputs]
        assert not {*kinds} & {"stderr", "error"}
        assert ("stdout", "stdout") not in itertools.pairwise(kinds), cell.source


def test_nothing_saved_belongs_to_one_machine_or_one_moment(notebook):
    for output in outputs(notebook):
        text = output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        assert not re.search(NOISE, text), text
    for cell in notebook.cells:
        assert not re.search(PATH, cell.source), cell.source


def test_every_figure_is_saved_as_a_picture_with_a_text_alternative(notebook):
    figures = [output for output in outputs(notebook) if "image/png" in output.get("data", {})]
    assert len(figures) >= 5
    for figure in figures:
        alternative = figure.metadata["image/png"]["alt"]
        assert len(alternative.split()) >= 5
        assert set(figure.data) == {"image/png", "text/plain"}
        assert figure.data["text/plain"] == alternative


def test_it_is_light_and_nothing_is_loaded_from_the_network(notebook):
    assert (FOLDER / f"{notebook.name}.ipynb").stat().st_size <= 1.7e6
    assert not re.search(REMOTE, "\n".join(cell.source for cell in notebook.cells))
    for output in outputs(notebook):
        html = str(output.get("data", {}).get("text/html", ""))
        assert not re.search(r"(src|href)=\"?https?://", html)


def test_the_first_screen_has_plain_imports_and_digits(notebook):
    opening, first, goals = notebook.cells[:3]
    assert first.cell_type == "code"
    assert len(opening.source.splitlines()) + len(first.source.splitlines()) <= 24
    assert any("image/png" in output.get("data", {}) for output in first.outputs)
    assert 'plt.style.use("aeutils.course")' in first.source
    assert re.search(r"^#.*%pip install git\+https://", first.source, re.MULTILINE)
    assert not re.search(r"^ *(try|except)\b|keras", first.source, re.M)  # Keras takes seconds
    for promise in ("you will", "learn", "need", "minutes"):
        assert promise in goals.source.lower()


def test_the_lesson_takes_an_hour(notebook):
    words = lines = 0
    in_exercise = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if cell.source.startswith("#"):
                in_exercise = cell.source.startswith("### Exercise")
            words += 0 if in_exercise else len(cell.source.split())
        elif not tags(cell) & {"exercise", "solution"}:
            in_exercise = False
            lines += len([line for line in cell.source.splitlines() if line.strip()])
    assert words <= LIMITS[notebook.name][0]
    assert lines <= LIMITS[notebook.name][1]
    assert 4 <= markdown(notebook).count("**Predict") <= 8


def test_headings_have_one_title_skip_no_level_and_end_in_a_recap(notebook):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", markdown(notebook), re.MULTILINE)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(deeper <= level + 1 for level, deeper in itertools.pairwise(levels))
    assert "\n## Recap" in markdown(notebook)


def test_claims_are_asserted_and_what_is_compared_is_text(notebook):
    checkpoints = [cell for cell in code(notebook) if "checkpoint" in tags(cell)]
    assert len(checkpoints) >= 4
    for cell in checkpoints:
        assert re.search(r"^ *assert ", cell.source, re.MULTILINE)
        assert "nbval-check-output" in tags(cell)
    # nbval does not know that a progress line is cleared, and that a figure's HTML is not saved.
    for cell in code(notebook):
        if "nbval-check-output" in tags(cell):
            assert "Progress(" not in cell.source
            assert not any("image/png" in output.get("data", {}) for output in cell.outputs)


def test_the_code_is_short_and_plain(notebook):
    for cell in code(notebook):
        assert len([line for line in cell.source.splitlines() if line.strip()]) <= 16, cell.source
        assert not re.search(NOT_PLAIN, cell.source, re.MULTILINE), cell.source
    for line in "\n".join(cell.source for cell in notebook.cells).splitlines():
        assert len(line) <= 100, line


def test_links_lead_to_files_and_to_the_next_notebook(notebook):
    targets = [t for t in re.findall(r"\]\(([^)#]+)", markdown(notebook)) if "http" not in t]
    for target in targets:
        assert (FOLDER / target).exists(), target
    following = NAMES[NAMES.index(notebook.name) + 1 :][:1]
    assert {f"{name}.ipynb" for name in following} <= set(targets)
