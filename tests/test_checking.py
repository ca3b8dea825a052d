"""How answers are read and called, and how a verdict is shown, kept and counted."""

import io
import itertools
import re
import sys

import numpy as np
import pytest

from aeutils import check, show_verdicts, solution
from aeutils.exercises import checking, exercises, judge, kinds, reading
from aeutils.exercises.files import load
from aeutils.exercises.reading import NotYet


@pytest.fixture
def shown(monkeypatch):
    """What `check` and `show_verdicts` display, in a session of its own."""
    bundles = []

    class Line:
        def update(self, bundle, raw):
            bundles.append(bundle)

    def display(bundle, raw, display_id=None):
        bundles.append(bundle)
        return Line() if display_id else None

    monkeypatch.setattr(checking, "_session", {})
    monkeypatch.setattr(checking, "display", display)
    return bundles


def reason(call, *arguments):
    with pytest.raises(NotYet) as caught:
        call(*arguments)
    return str(caught.value)


class Odd:
    def __getattr__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError("repr")

    __str__ = __array__ = __repr__


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("c", "'c' (str)"),
        (7, "7 (int)"),
        (None, "None (NoneType)"),
        (np.float32(0.5), "np.float32(0.5) (float32)"),
        ([1, 2], "a list of length 2"),
        (np.zeros((2, 3)), "a ndarray of shape (2, 3)"),
    ],
)
def test_a_value_is_described_by_what_tells_it_apart(value, said):
    assert reading.describe(value) == said
    assert len(reading.describe("a " * 1000)) < 60
    assert reading.describe(Odd()) == "a Odd"


def test_sets_iterators_and_tensors_are_read_whole():
    import keras

    assert sorted(reading.as_array(set(range(50))).tolist()) == list(range(50))
    assert reading.as_array(iter(range(50))).tolist() == list(range(50))
    half = keras.ops.cast([0.5, 2], "bfloat16")
    assert reading.as_array(half).tolist() == [0.5, 2]
    assert "shape (3,) as codes, expected (2, 2)" in reason(
        reading.as_array, [1, 2, 3], (2, 2), "codes"
    )
    assert "Is a 'return' missing?" in reason(reading.as_array, None)


def test_two_parts_are_two():
    assert reading.as_pair([1, 2], "first and second") == (1, 2)
    for wrong in ((1,), (1, 2, 3), 5, None):
        said = f"Received {reading.describe(wrong)}, expected a pair: first and second."
        assert reason(reading.as_pair, wrong, "first and second") == said
    assert reading.as_models((len, max)) == (len, max)
    assert "3 (int), expected two models" in reason(reading.as_models, (len, 3))


def test_a_function_gets_copies_and_is_told_which_of_them_it_changed():
    first, second, seen = np.zeros(3), np.ones(3), []

    def spoil(a, b):
        b += 1
        return a

    assert "changed its argument number 2." in reason(reading.call, spoil, first, second)
    assert second.tolist() == [1, 1, 1]
    reading.call(lambda a: seen.append(a) or 1, first)
    assert not np.shares_memory(seen[0], first)


def test_weights_that_an_answer_changed_are_put_back():
    def spoil(encoder, decoder, stops, t):
        decoder.set_weights([0 * weights for weights in decoder.get_weights()])
        return np.full(784, 0.5)

    assert "changed the weights of its argument number 2" in judge("1.5", spoil)[1]
    assert judge("1.5", load("1.5").known["walk_code"])[0] == "right"


def test_what_is_no_function_and_what_returns_nothing_is_said():
    assert "expected the function itself" in judge("1.3", 3)[1]
    assert "returned None" in reason(reading.call, lambda: None)
    assert "three dots" in reason(reading.call, lambda: ...)


def told(error):
    def answer(*arguments):
        raise error

    said = judge("1.3", answer)[1]
    line = f" It was line {answer.__code__.co_firstlineno + 1}:  raise error"
    assert said.endswith(line)
    return said.removesuffix(line)


def test_an_error_shows_the_line_of_the_reader_s_code_cut_to_a_line():
    def broken(images, reconstructions):
        rows = images[:3]
        return rows + reconstructions[:2] + 1000000 + 1000000 + 1000000 + 1000000 + 1000000

    said = judge("1.3", broken)[1]
    line = broken.__code__.co_firstlineno + 2
    assert "could not be broadcast" in said
    assert f"line {line}:  return rows + reconstructions[:2] + 1000000" in said
    assert said.endswith(" ...")
    assert len(said) < 300


def test_an_error_inside_a_library_shows_the_line_that_called_it():
    said = judge("3.5", lambda x, size, rng: rng.integers(29, size))[1]
    assert "low >= high" in said
    assert "rng.integers(29, size)" in said
    assert "\x1b" not in said


def test_long_colorful_errors_are_cut_to_a_sentence():
    long = "\x1b[1mShapes differ. " + "And so on. " * 900 + "\x1b[0m"
    assert told(ValueError(long)) == "Your code raised ValueError: Shapes differ."
    assert told(KeyError()) == "Your code raised KeyError."
    image = f"Invalid shape for {np.zeros((1, 90))}. Expected (None, 20), not [20]. More."
    assert told(ValueError(image)).endswith("for [[...]]. Expected (None, 20), not [20].")
    keras = "Exception encountered when calling Dense.call().\n\nNo such shape [Op:MatMul]"
    assert told(ValueError(keras)) == "Your code raised ValueError: No such shape."
    assert len(told(ValueError("very " * 99))) < 260


def test_a_fault_of_the_check_is_called_ours(monkeypatch):
    monkeypatch.setattr(kinds, "as_text", None)
    verdict, said = judge("1.1", "C")
    assert verdict == "not yet"
    assert "fault is ours" in said


def test_odd_objects_and_interrupts_are_survived():
    def stop(*arguments):
        raise KeyboardInterrupt

    for number, answer in (("1.1", Odd()), ("1.2", Odd()), ("1.3", lambda *arguments: Odd())):
        assert judge(number, answer)[0] == "not yet"
    assert "stopped" in judge("1.3", stop)[1]
    assert judge(Odd(), 1)[0] == judge(None)[0] == "not yet"


def test_results_may_differ_by_a_thousandth_and_no_more():
    right = load("2.3").known["confusion"]
    cured = load("2.3").known["cured"]
    assert judge("2.3", lambda *a: right(*a) + 0.0009, cured)[0] == "right"
    assert "The row of digit" in judge("2.3", lambda *a: right(*a) + 0.0011, cured)[1]


def test_the_case_that_is_wrong_is_told_with_what_came_and_what_was_expected():
    said = judge("3.2", lambda h, w, c, k, f: (1, 2), seed=1)[1]
    assert re.fullmatch(
        r"Received \[1 2\] for height=\d+, .*filters=\d+, expected \[ *\d+ +\d+\]\.", said
    )
    said = judge("3.4", lambda n, k, s: [1, 2, 3], max, seed=1)[1]
    assert said.startswith("count_contributions: Received shape (3,) for n=")


@pytest.mark.parametrize(
    ("number", "right", "wrong", "words"),
    [
        ("1.4", "return dead", "return dead[1:]", r"part 1 is without unit \d+, .* on 0 of \d+"),
        ("1.4", "return dead", "return np.union1d(0, dead)", "1 holds unit 0, .* on 1 of 25 "),
        ("1.5", "t - first", "1 - t + first", "weights of the two are swapped"),
        ("1.5", "(stops)\n", "(stops[::-1])\n", "from the last stop to the first"),
        ("1.5", "t - first", "(t - first) ** 2", r"=(\S+) is .* 0 and 1, .* \1 on the second"),
        ("2.1", "B", "A", "the variance of the codes fell by a hundred too"),
        ("2.1", "B", "C", "not measured on a classifier"),
        ("3.2", "weights +", "weights // channels +", "parameters .* without the input channels"),
        ("3.2", "width * weights", "width * weights // channels", "tions .* without the input"),
        ("3.2", "width * weights", "width * weights // filters", "tions .* without the filters"),
        ("3.4", "return counts", "counts[3] = 70; return counts", "d 70 at index 3 .*, expected "),
        ("3.5", "28 - size + 1", "max(28 - size, 1)", "With size=24 .* 0 to 3, expected 0 to 4"),
    ],
)
def test_words_fit_the_answer(number, right, wrong, words):
    found = load(number).run({right: wrong})
    assert re.search(words, judge(number, *map(found.get, load(number).names), seed=1)[1])


def test_a_number_from_another_network_is_told_from_which():
    sizes = [784, 128, 64, 32, 64, 128, 784]
    for units, said in ((sizes[:4], "encoder alone"), (sizes[3:], "decoder alone"),
                        ([784, 32, 784], "784-32-784")):  # fmt: skip
        numbers = sum((a + 1) * b for a, b in itertools.pairwise(units))
        assert said in judge("1.2", numbers)[1]
    all_three = sum((a + 1) * b for a, b in itertools.pairwise([*sizes[:3], 10]))
    assert "of all three layers" in judge("2.2", load("2.2").known["freeze"], all_three)[1]


def test_an_error_in_some_cases_is_told_and_a_wrong_answer_in_others_first():
    right = load("3.2").known["conv_cost"]
    calls = itertools.count()
    some = judge("3.2", lambda *sizes: right(*sizes) if next(calls) else 1 / 0)[1]
    assert "ZeroDivisionError" in some
    calls = itertools.count()
    assert "Received" in judge("3.2", lambda *sizes: (0, 0) if next(calls) else 1 / 0)[1]


def test_cases_are_drawn_anew_unless_a_seed_is_given():
    def see(**seed):
        seen = []
        for _ in range(2):
            judge("3.2", lambda *sizes: seen.append(sizes), **seed)
        return seen[: len(seen) // 2] == seen[len(seen) // 2 :]

    assert see(seed=3)
    assert not see()


@pytest.mark.parametrize(
    ("answer", "verdict", "mark", "color"),
    [
        (..., "not attempted yet", "○", "#767676"),
        ("A", "not yet", "✗", "#D55E00"),
        ("C", "right", "✓", "#009E73"),
    ],
)
def test_each_verdict_has_its_mark_and_its_color(shown, answer, verdict, mark, color):
    check("1.1", answer)
    [bundle] = shown
    title = f"{mark} Exercise 1.1: {verdict}."
    assert bundle["text/plain"].startswith(f"{title} ")
    assert f"<strong>{title}</strong> " in bundle["text/html"]
    assert f'data-exercise="1.1" data-verdict="{verdict}"' in bundle["text/html"]
    assert f"solid {color}" in bundle["text/html"]
    assert checking._session == {"1.1": verdict}


def test_what_an_answer_holds_cannot_become_markup_and_lines_stay_lines(shown, monkeypatch):
    check("1.1", "<script>")
    assert "<script>" not in shown[0]["text/html"]
    monkeypatch.setattr(checking, "judge", lambda *given: ("right", "one\ntwo < 3"))
    check("1.1", "C")
    assert shown[1]["text/plain"].endswith("one\ntwo < 3")
    assert shown[1]["text/html"].endswith("one<br>two &lt; 3</div>")


def test_check_never_raises(shown):
    check("1.1", answer_1_1="C")
    assert "not yet. Give the answer without answer_1_1=" in shown[-1]["text/plain"]
    for given in [(), (None,), (Odd(), 1), (1.1, "C"), ("9.9",), ("1.1", *"ABC")]:
        check(*given)
    check(number="1.1")
    assert "Received 3 answers, expected 1." in shown[-2]["text/plain"]


def test_an_exercise_that_there_is_not_is_answered_with_those_that_there_are(shown):
    ends = [f"{numbers[0]} to {numbers[-1]}" for numbers in map(exercises, (1, 2, 3))]
    for number, known in (("2.9", ends[1]), ("4.1", ", ".join(ends)), (None, ", ".join(ends))):
        assert judge(number, 1)[1].endswith(f"The exercises are {known}.")
    with pytest.raises(ValueError, match=re.escape(f"The exercises are {ends[0]}.")):
        solution("1.0")
    assert solution(1.2) == solution("1.2")  # %load drops the quotes


def test_a_solution_is_what_stands_above_the_line():
    for notebook in (1, 2, 3):
        for number in exercises(notebook):
            assert f'\ncheck("{number}", ' in solution(number)
            assert "CHECK" not in solution(number)
            assert solution(number).endswith("\n")


def test_a_missing_answer_is_asked_for():
    assert judge("3.1", "B")[1] == "answer_3_1 is right. Now filters_3_1, which is still empty."
    assert judge("3.1", ..., ...) == judge("3.1") == judge("1.1")
    assert judge("3.4", ..., lambda kernel, stride: True)[1].startswith("Now count_contributions")


def test_what_is_still_empty_is_not_attempted_and_told_what_to_do():
    def dots(images, reconstructions):
        """Return what is asked for."""
        ...

    def emptied(images, reconstructions):
        """Return what is asked for."""
        pass

    assert judge("1.3", dots)[1].startswith("Replace the three dots")
    assert judge("1.3", emptied)[1] == "Write the function and run the cell again."
    assert judge("1.3", emptied)[0] == "not attempted yet"
    assert judge("1.3", lambda images, reconstructions: (1, 2))[0] == "not yet"
    assert judge("1.3", lambda images, reconstructions: None)[0] == "not attempted yet"


def test_a_check_that_trains_says_so_first(shown):
    check("2.5", lambda codes, units: 1 / 0)
    assert shown[0]["text/plain"].startswith("Exercise 2.5: your function trains, about 5 s.")
    assert "✗ Exercise 2.5: not yet. " in shown[1]["text/plain"]
    check("2.5", ...)
    assert "○" in shown[2]["text/plain"]


def test_marks_are_those_of_the_last_answers_and_right_ones_are_counted(shown):
    check("1.2", load("1.2").known["answer_1_2"])
    for number, answer in (("1.1", "A"), ("1.2", 7), ("1.3", ...), ("1.1", "C")):
        check(number, answer)
    show_verdicts(1)
    assert shown[-1]["text/plain"] == (
        "✓ 1.1  ✗ 1.2  ○ 1.3  · 1.4  · 1.5  · 1.6\n1 of 6 exercises of notebook 1 are right in "
        "this session (✓ right, ✗ not yet, ○ not attempted yet, · not run)."
    )
    assert "<strong>✓ 1.1  ✗ 1.2" in shown[-1]["text/html"]
    with pytest.raises(ValueError, match="expected 1, 2 or 3"):
        show_verdicts(4)


def test_a_console_that_is_not_utf_8_shows_the_verdict(monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    check("1.1", "C")
    show_verdicts(1)
    console.flush()
    assert b"? Exercise 1.1: right." in console.buffer.getvalue()
