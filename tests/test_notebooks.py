"""The saved notebooks are what a reader should find: clean, complete, accessible.

That they run, and that their claims hold, is checked by nbval, which executes every cell as the
reader would.
"""

import itertools
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NAMES = ["01_simple", "02_stacked", "03_convolutional"]
PATH = r"/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\"
NOISE = PATH + r"|ms/step|oneDNN|absl::|cuda|0x[0-9a-f]{8}|s left|█"
# What a reader would have to look up and the lesson is not about.
NOT_PLAIN = (
    r"functools|itertools|islice|gc\.|^ *del |float16|shuffle=False|side_by_side|lambda .*lambda"
)
REMOTE = r"!\[[^\]]*\]\(http|<img|<script|<link|@import|urlopen|requests\.get"


@pytest.fixture(scope="module", params=NAMES)
def notebook(request):
    return nbformat.read(FOLDER / f"{request.param}.ipynb", as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs]


def test_the_course_is_these_notebooks():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


def test_notebook_is_valid_and_cell_ids_are_unique(notebook):
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


def test_outputs_come_from_one_run_from_top_to_bottom(notebook):
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_nothing_was_written_to_stderr_and_nothing_failed(notebook):
    kinds = [output.get("name", output.output_type) for output in outputs(notebook)]
    assert "stderr" not in kinds
    assert "error" not in kinds


def test_outputs_hold_no_paths_timings_or_progress(notebook):
    for output in outputs(notebook):
        text = output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        assert not re.search(NOISE, text), text


def test_sources_hold_no_paths_of_one_machine(notebook):
    for cell in notebook.cells:
        assert not re.search(PATH, cell.source), cell.source


def test_headings_have_one_title_and_skip_no_level(notebook):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", markdown(notebook), re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in itertools.pairwise(levels))


def test_every_figure_has_a_text_alternative(notebook):
    figures = [output for output in outputs(notebook) if "image/png" in output.get("data", {})]
    assert len(figures) >= 5
    for figure in figures:
        assert len(figure.metadata["image/png"]["alt"].split()) >= 5


def test_the_first_code_cell_shows_digits_without_waiting_for_keras(notebook):
    first = code(notebook)[0]
    assert "keras" not in first.source
    assert any("image/png" in output.get("data", {}) for output in first.outputs)


def test_the_first_picture_is_on_the_first_screen_of_a_laptop(notebook):
    opening, first = notebook.cells[:2]
    assert first.cell_type == "code"
    assert len(opening.source.splitlines()) + len(first.source.splitlines()) <= 24


def test_the_reader_is_asked_to_predict(notebook):
    assert markdown(notebook).count("**Predict") >= 4


def test_opening_says_what_it_takes_and_recap_is_there(notebook):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert notebook.cells[1].cell_type == "code"  # the picture comes before the list of goals
    assert "you will" not in texts[0].lower()
    for promise in ("you will", "learn", "need", "minutes"):
        assert promise in texts[1].lower()
    assert "\n## Recap" in markdown(notebook)


def test_claims_are_asserted(notebook):
    checkpoints = [c for c in code(notebook) if "checkpoint" in c.metadata.get("tags", [])]
    assert len(checkpoints) >= 4
    for cell in checkpoints:
        assert re.search(r"^ *assert ", cell.source, re.MULTILINE)
        assert "nbval-check-output" in cell.metadata.tags


def test_cells_that_show_progress_are_not_compared(notebook):
    # nbval does not know that a display can be updated and cleared.
    for cell in code(notebook):
        if "Progress(" in cell.source:
            assert "nbval-check-output" not in cell.metadata.get("tags", [])


def test_code_cells_are_short(notebook):
    for cell in code(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= 16, cell.source


def test_figures_and_controls_are_saved_as_pictures_and_verdicts_as_they_are(notebook):
    for output in outputs(notebook):
        data = output.get("data", {})
        assert not any("widget-view" in kind for kind in data), data.keys()
        if "image/png" in data:
            assert set(data) == {"image/png", "text/plain"}
            assert data["text/plain"] == output.metadata["image/png"]["alt"]


def test_compared_cells_print_and_show_no_figure(notebook):
    # nbval would compare the HTML of a figure, which is not saved.
    for cell in code(notebook):
        if "nbval-check-output" in cell.metadata.get("tags", []):
            kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
            assert "image/png" not in kinds, cell.source


def test_the_look_is_switched_on_in_a_visible_line(notebook):
    assert 'plt.style.use("aeutils.course")' in code(notebook)[0].source


def test_the_last_cell_shows_the_verdicts_of_this_notebook(notebook):
    assert re.fullmatch(r"show_verdicts\(\d\)", notebook.cells[-1].source)
    exercises = re.findall(r"check\(\"(\d)\.", "".join(cell.source for cell in code(notebook)))
    assert {f"show_verdicts({number})" for number in exercises} == {notebook.cells[-1].source}


def test_the_code_is_plain(notebook):
    for cell in code(notebook):
        assert not re.search(NOT_PLAIN, cell.source, re.MULTILINE), cell.source


def test_no_widget_state_and_no_timings_are_saved(notebook):
    assert "widgets" not in notebook.metadata
    for cell in code(notebook):
        assert "execution" not in cell.metadata


def test_nothing_is_loaded_from_the_network(notebook):
    source = "\n".join(cell.source for cell in notebook.cells)
    assert not re.search(REMOTE, source)
    for output in outputs(notebook):
        html = str(output.get("data", {}).get("text/html", ""))
        assert not re.search(r"(src|href)=\"?https?://", html)


@pytest.mark.parametrize("name", NAMES)
def test_links_to_files_of_the_course_lead_somewhere(name):
    text = markdown(nbformat.read(FOLDER / f"{name}.ipynb", as_version=4))
    targets = [t for t in re.findall(r"\]\(([^)#]+)", text) if not t.startswith("http")]
    assert targets
    for target in targets:
        assert (FOLDER / target).exists(), target


@pytest.mark.parametrize(("name", "following"), [*itertools.pairwise(NAMES)])
def test_each_notebook_leads_to_the_next(name, following):
    text = markdown(nbformat.read(FOLDER / f"{name}.ipynb", as_version=4))
    assert f"({following}.ipynb)" in text


@pytest.mark.parametrize("name", NAMES)
def test_notebook_stays_small_enough_to_review(name):
    assert (FOLDER / f"{name}.ipynb").stat().st_size <= 1.7e6


def test_lines_are_short_enough_for_a_laptop_and_a_readable_diff(notebook):
    for cell in notebook.cells:
        for line in cell.source.splitlines():
            assert len(line) <= 100, line


def test_a_notebook_is_light_enough_for_a_slow_network():
    for path in FOLDER.glob("*.ipynb"):
        assert path.stat().st_size < 1_700_000, path.name
