"""How answers are read and compared, and how a verdict is shown, kept and counted."""

import re
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from aeutils import check, show_verdicts, solution
from aeutils.exercises import exercises, judge, kit, verdicts
from aeutils.exercises.kit import NotYet


@pytest.fixture
def shown(monkeypatch):
    """What `check` and `show_verdicts` display, in a session of its own."""
    bundles = []
    monkeypatch.setattr(verdicts, "_session", {})
    monkeypatch.setattr(verdicts, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def reason(call):
    with pytest.raises(NotYet) as caught:
        call()
    return str(caught.value)


# --- How an answer is read ------------------------------------------------------------------


class Odd:
    @property
    def shape(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("c", "'c' (str)"),
        (7, "7 (int)"),
        (None, "None (NoneType)"),
        (np.float32(0.5), "np.float32(0.5) (float32)"),
        ([1, 2], "a list of length 2"),
        ({3: 4}, "a dict of length 1"),
        (np.zeros((2, 3)), "a ndarray of shape (2, 3)"),
        (Odd(), "a Odd"),
    ],
)
def test_a_value_is_described_by_what_tells_it_apart(value, said):
    assert kit.describe(value) == said
    assert len(kit.describe("a " * 1000)) < 60


@pytest.mark.parametrize("answer", ["B", "b", " B ", "b\n", np.str_("b"), np.array("B"), ["b"]])
def test_a_letter_is_read_in_either_case_and_with_blanks_around_it(answer):
    kit.choice(answer, "B", {"C": "Not C.", "A": "Not A."})
    wrong = {"C": "Not C.", "B": "Not B."}
    assert reason(lambda: kit.choice(answer, "A", wrong)) == "Not B."


@pytest.mark.parametrize("answer", ["E", "AB", "", 1, None, ["A", "B"], float])
def test_what_is_no_letter_is_answered_with_the_letters_in_order(answer):
    said = reason(lambda: kit.choice(answer, "B", {"C": "Not C.", "A": "Not A."}))
    assert said.startswith(f"Received {kit.describe(answer)}, expected one of the letters A, B, C,")


def test_a_function_whose_text_is_a_letter_is_no_letter():
    class Letter:
        def __str__(self):
            return "B"

        def __call__(self):
            return "B"

    assert "expected one of the letters" in reason(lambda: kit.choice(Letter(), "B", {}))


def test_arrays_sets_iterators_and_tensors_are_read_whole():
    import keras

    assert sorted(kit.as_array(set(range(50))).tolist()) == list(range(50))
    assert kit.as_array(iter(range(50))).tolist() == list(range(50))
    assert kit.as_array([[1, 2], [3, 4]], (2, 2)).tolist() == [[1, 2], [3, 4]]
    half = keras.ops.cast([0.5, 2], "bfloat16")
    assert kit.as_array(half).tolist() == [0.5, 2]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "Received None as codes. Is a 'return' missing?"),
        ([1, 2, 3], "Received shape (3,) as codes, expected (2, 2)."),
        ([1, np.nan], "Received codes with NaN or infinity in it, expected finite numbers. "
         "It is a list of length 2."),
        ("a", "Received codes of dtype <U1, expected numbers. It is 'a' (str)."),
    ],
)  # fmt: skip
def test_what_is_no_such_array_is_said_with_what_was_expected(value, said):
    assert reason(lambda: kit.as_array(value, (2, 2), "codes")) == said


def test_one_number_is_an_int_or_a_float_alone_or_in_an_array():
    assert kit.as_number(np.int64(3)) == 3
    assert isinstance(kit.as_number(np.array(0.5)), float)
    assert kit.as_number(np.full((1, 1), 3)) == kit.as_number(np.array([3.0])) == 3
    for wrong in ([3], np.ones(2), []):
        assert "expected one number" in reason(lambda wrong=wrong: kit.as_number(wrong))


def test_two_parts_are_two():
    assert kit.pair((1, 2), "first and second") == (1, 2)
    assert kit.pair([1, 2], "first and second") == (1, 2)
    for wrong in ((1,), (1, 2, 3), 5, None):
        said = reason(lambda wrong=wrong: kit.pair(wrong, "first and second"))
        assert said == f"Received {kit.describe(wrong)}, expected a pair: first and second."
    assert kit.coders((len, max)) == (len, max)
    assert reason(lambda: kit.coders((len, 3))).startswith(
        "Received a builtin_function_or_method and 3 (int), expected encoder and decoder"
    )


# --- How a function is called ---------------------------------------------------------------


def test_a_function_gets_copies_and_is_told_which_of_them_it_changed():
    first, second = np.zeros(3), np.ones(3)

    def spoil(a, b):
        b += 1
        return a

    said = reason(lambda: kit.call(spoil, first, second))
    assert said.startswith("Your function changed its argument number 2.")
    assert second.tolist() == [1, 1, 1]
    seen = []
    kit.call(lambda a, b: seen.extend([a, b]) or 1, first, second)
    assert not np.shares_memory(seen[0], first)
    assert not np.shares_memory(seen[1], second)


def test_what_is_no_function_and_what_returns_nothing_is_said():
    assert "expected the function itself" in reason(lambda: kit.call(3))
    assert "returned None" in reason(lambda: kit.call(lambda: None))
    assert "three dots" in reason(lambda: kit.call(lambda: ...))
    assert kit.call(lambda a: a + 1, 2) == 3


def double(x):
    return 2 * x


def compared(function, cases=((1,), (2,), (3,)), mistakes=None, **more):
    kit.compare(function, double, cases, mistakes or {}, **more)


def test_a_comparison_allows_a_thousandth_and_no_more_whatever_the_size():
    compared(lambda x: 2 * x + 0.0009)
    assert reason(lambda: compared(lambda x: 2 * x + 0.0011))
    assert reason(lambda: compared(lambda x: 2 * x * (1 + 1e-6), cases=[(10_000,)]))


def test_the_first_case_that_is_wrong_is_told_with_what_came_and_what_was_expected():
    def wrong_from_2_on(x):
        return 2.0 * x if x < 2 else x + 0.1234

    assert (
        reason(lambda: compared(wrong_from_2_on))
        == "For (2,): Received 2.123 as your answer, expected 4."
    )
    cases = [(np.arange(3),)]  # too long to be told
    said = reason(lambda: compared(lambda x: x, cases))
    assert said == "Received [0 1 2] as your answer, expected [0 2 4]."
    said = reason(lambda: compared(lambda x: x[:2], cases))
    assert said == "Received shape (2,) as your answer, expected (3,)."
    told = {"explain": lambda given, received, expected: f"{given} {received} {expected}"}
    assert reason(lambda: compared(wrong_from_2_on, **told)) == "(2,) 2.1234 4"


def test_what_a_function_returns_is_read_as_asked():
    compared(lambda x: str(2 * x), read=lambda received: np.array(int(received)))
    assert "expected numbers" in reason(lambda: compared(lambda x: str(2 * x)))


def test_a_mistake_is_named_only_if_it_explains_every_case():
    mistakes = {"You squared.": lambda x: x**2, "You added 1.": lambda x: x + 1}
    assert reason(lambda: compared(lambda x: x**2, mistakes=mistakes)) == "You squared."
    assert reason(lambda: compared(lambda x: x + 1, mistakes=mistakes)) == "You added 1."
    said = reason(lambda: compared(lambda x: x**2 if x < 3 else 0, mistakes=mistakes))
    assert said == "For (1,): Received 1 as your answer, expected 2."


def test_an_error_after_right_answers_is_told_and_a_wrong_answer_before_it_first():
    def late(right):
        return lambda x: 1 / 0 if x == 3 else 2 * x if right else 0

    assert "ZeroDivisionError" in reason(lambda: compared(late(True)))
    assert (
        reason(lambda: compared(late(False))) == "For (1,): Received 0 as your answer, expected 2."
    )


# --- How an error is told -------------------------------------------------------------------


def raised(error):
    def inner():
        raise error

    def outer():
        inner()

    line = inner.__code__.co_firstlineno + 1
    try:
        outer()
    except BaseException as caught:
        return kit.blame(caught), line


def test_an_error_is_told_by_its_first_sentence_and_the_innermost_line():
    said, line = raised(ValueError("Shapes differ. So it goes.\nMore."))
    told = f"Your code raised ValueError: Shapes differ. It was line {line}:  raise error"
    assert said == told
    assert raised(KeyError())[0] == f"Your code raised KeyError. It was line {line}:  raise error"
    assert len(raised(ValueError("very " * 99))[0]) < 300


def test_of_a_whole_image_in_an_error_what_was_expected_remains():
    text = f"Invalid shape for {np.zeros((1, 90))}. Expected (None, 20), not [20]. More."
    said = "raised ValueError: Invalid shape for [[...]]. Expected (None, 20), not [20]. It was"
    assert said in raised(ValueError(text))[0]


def test_what_keras_says_around_an_error_is_left_out():
    around = "Exception encountered when calling Dense.call()."
    text = f"{around}\n\n\x1b[1mNo such shape [Op:MatMul]\x1b[0m"
    assert raised(ValueError(text))[0].startswith("Your code raised ValueError: No such shape")


# --- How a verdict is shown and kept --------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "verdict", "mark", "colour"),
    [
        (..., "not attempted yet", "○", "#767676"),
        ("A", "not yet", "✗", "#D55E00"),
        ("C", "right", "✓", "#009E73"),
    ],
)
def test_each_verdict_has_its_mark_and_its_colour(shown, answer, verdict, mark, colour):
    check("1.1", answer)
    [bundle] = shown
    title = f"{mark} Exercise 1.1: {verdict}."
    assert bundle["text/plain"].startswith(f"{title} ")
    assert f"<strong>{title}</strong> " in bundle["text/html"]
    assert f'data-exercise="1.1" data-verdict="{verdict}"' in bundle["text/html"]
    assert f"solid {colour}" in bundle["text/html"]
    assert verdicts._session == {"1.1": verdict}


def test_lines_of_a_message_are_lines_in_the_page(shown, monkeypatch):
    monkeypatch.setattr(verdicts, "judge", lambda *given: (verdicts.RIGHT, "one\ntwo < 3"))
    check("1.1", "C")
    assert shown[0]["text/plain"].endswith("one\ntwo < 3")
    assert shown[0]["text/html"].endswith("one<br>two &lt; 3</div>")


def test_an_exercise_that_there_is_not_is_answered_with_those_that_there_are(shown):
    ends = [f"{k}.1 to {k}.{len(exercises(k))}" for k in (1, 2, 3)]
    for number, known in (("2.9", ends[1]), ("4.1", ", ".join(ends)), (1.1, ", ".join(ends))):
        said = f"There is no exercise {kit.describe(number)}. The exercises are {known}."
        assert judge(number, 1) == ("not yet", said)
    check("2.9", 1)
    show_verdicts(2)
    assert shown[-1]["text/plain"].startswith("· 2.1  · 2.2  · 2.3  · 2.4  · 2.5  · 2.6\n0 of 6")
    with pytest.raises(ValueError, match=re.escape(f"The exercises are {ends[0]}.")):
        solution("1.0")
    with pytest.raises(ValueError, match=r"no exercise '1\.15'"):
        solution("1.15")
    assert solution(1.2) == solution("1.2")  # %load drops the quotes


def test_too_many_answers_are_counted_and_too_few_are_filled_up(monkeypatch):
    assert judge("1.1", "C", "C") == ("not yet", "Received 2 answers, expected 1.")
    assert judge("3.1", 1, 2, 3, 4, 5)[1].startswith("Received 5 answers, expected ")
    assert judge("1.1") == judge("1.1", ...)
    assert judge("1.1")[0] == "not attempted yet"
    monkeypatch.setitem(exercises(1), "1.1", lambda rng, first, second: f"{first} {second}")
    assert judge("1.1", "C") == ("right", "C Ellipsis")
    assert judge("1.1", "C", "D") == ("right", "C D")


def test_marks_are_those_of_the_last_answers_and_right_ones_are_counted(shown):
    for number, answer in (("1.1", "C"), ("1.1", "A"), ("1.2", 7), ("1.3", ...), ("1.1", "C")):
        check(number, answer)
    show_verdicts(1)
    row = "  ".join(["✓ 1.1", "✗ 1.2", "○ 1.3", *(f"· 1.{k}" for k in range(4, 9))])
    count = "1 of 8 exercises of notebook 1 are right in this session"
    legend = "✓ right, ✗ not yet, ○ not attempted yet, · not run"
    assert shown[-1] == {
        "text/plain": f"{row}\n{count} ({legend}).",
        "text/html": f"<p><strong>{row}</strong></p><p>{count} ({legend}).</p>",
    }


def test_a_fault_of_the_check_is_ours_and_an_error_of_the_reader_s_is_not(monkeypatch):
    monkeypatch.setitem(exercises(1), "1.1", lambda rng, answer: answer())
    verdict, said = judge("1.1", lambda: {}["x"])
    assert (verdict, "fault is ours" in said) == ("not yet", False)
    assert said.startswith("Your code raised KeyError")
    monkeypatch.setitem(exercises(1), "1.1", lambda rng, answer: kit.as_number(1, what=1, no=2))
    monkeypatch.setattr(verdicts, "own_line", lambda error: None)
    monkeypatch.setattr(verdicts, "blame", lambda error: "Your answer raised TypeError.")
    assert judge("1.1", 3)[1] == (
        "The check itself failed with TypeError. This fault is ours: please report it."
    )


def test_while_a_check_trains_its_line_counts_the_seconds_and_becomes_the_verdict(monkeypatch):
    texts, waits = [], []

    class Clock:
        """An event that is set after three waits."""

        def wait(self, seconds):
            waits.append(seconds)
            return len(waits) > 3

        def set(self):
            pass

    class Line:
        def update(self, bundle, raw):
            texts.append(f"in its place: {bundle['text/plain']}")

    def display(bundle, raw, display_id=None):
        texts.append(bundle["text/plain"])
        return Line() if display_id else None

    tools = SimpleNamespace(Event=Clock, Thread=threading.Thread)
    monkeypatch.setattr(verdicts, "_session", {})
    monkeypatch.setattr(verdicts, "threading", tools)
    monkeypatch.setattr(verdicts, "display", display)
    check("1.7", lambda: None or 3)
    first, *counted, verdict = texts
    said = "Exercise 1.7: your function trains, {} of about 20 s. You can stop it at any time."
    assert first == said.format(0)
    passed = np.cumsum(waits[:3])
    assert counted == [f"in its place: {said.format(seconds)}" for seconds in passed]
    assert verdict.startswith("in its place: ✗ Exercise 1.7: not yet.")
    texts.clear()
    check("1.7", ...)
    check("1.1", "C")
    assert [text[:14] for text in texts] == ["○ Exercise 1.7", "✓ Exercise 1.1"]
