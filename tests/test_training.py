"""The reader sees a training while it lasts and nothing of it afterwards; and it can begin anew."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from aeutils import Progress, cosine_adam, reset


class Line:
    def __init__(self, texts, line):
        self.texts, self.line = texts, line

    def update(self, line):
        self.texts.append(repr(line))
        self.line = line


class Texts(list):
    """All texts in order, and the lines that they were written to."""

    def __init__(self):
        super().__init__()
        self.lines = []


@pytest.fixture
def shown(monkeypatch):
    """The texts of the line in order; the clock goes half a second further with each look."""
    texts = Texts()

    def display(line, display_id):
        assert display_id is True  # else it could not be updated in its place
        texts.append(repr(line))
        texts.lines.append(Line(texts, line))
        return texts.lines[-1]

    clock = iter(np.arange(0, 1000, 0.5))
    monkeypatch.setattr("aeutils.training.display", display)
    monkeypatch.setattr("aeutils.training.time.monotonic", lambda: next(clock))
    return texts


def neuron(optimizer="sgd"):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def train(model, epochs=2, **kwargs):
    x = np.linspace(0, 1, 16, dtype="float32").reshape(8, 2)
    settings = {"batch_size": 4, "epochs": epochs, "verbose": 0, "shuffle": False} | kwargs
    return model.fit(x, x[:, :1], **settings)


def test_epoch_loss_and_time_left_are_shown_then_nothing(shown):
    history = train(neuron(), callbacks=[Progress("a small model")])
    assert shown[0] == "a small model: starting"
    assert shown[-1] == ""
    lines = shown[1:-1]
    assert len(lines) == 4
    assert [line.split(",")[0].split(": ")[1] for line in lines] == [
        "epoch 1 of 2",
        "epoch 1 of 2",
        "epoch 2 of 2",
        "epoch 2 of 2",
    ]
    assert f"loss {history.history['loss'][1]:.4f}" in lines[-1]
    # Half a second a step: after the first of four steps, three steps are left.
    assert [line.split(", ")[-1] for line in lines] == [
        f"about {left} s left" for left in (2, 1, 0, 0)
    ]
    assert [line.count("█") for line in lines] == [5, 10, 15, 20]
    assert {len(line.split(" ")[0]) for line in lines} == {20}


def test_only_the_line_itself_is_taken_away(shown):
    train(neuron(), callbacks=[Progress("one")])
    train(neuron(), callbacks=[Progress("two")])
    first, second = shown.lines
    assert first is not second
    data, _ = DisplayFormatter().format(second.line)
    assert data == {"text/plain": "", "text/html": ""}


def test_trainings_of_one_cell_share_a_line_and_those_of_another_have_their_own(shown, monkeypatch):
    for count in (7, 7, 7, 8):
        shell = SimpleNamespace(execution_count=count)
        monkeypatch.setattr("aeutils.training.get_ipython", lambda shell=shell: shell)
        train(neuron(), epochs=1, callbacks=[Progress(f"in cell {count}")])
    assert len(shown.lines) == 2
    starts = [text for text in shown if "starting" in text]
    assert starts == ["in cell 7: starting"] * 3 + ["in cell 8: starting"]
    assert shown.count("") == 4


def test_the_line_is_text_while_there_is_some(shown):
    Progress("five % & more").on_train_begin()
    line = shown.lines[-1].line
    assert DisplayFormatter().format(line)[0] == {"text/plain": "five % & more: starting"}


def test_a_quick_training_is_not_shown_at_every_step(shown, monkeypatch):
    clock = iter(np.arange(0, 1000, 0.11))
    monkeypatch.setattr("aeutils.training.time.monotonic", lambda: next(clock))
    train(neuron(), epochs=3, callbacks=[Progress()])
    # Every third of six looks is 0.33 s after the last one that was shown: 0.3 s are waited.
    assert len(shown) == 2 + 2
    assert shown[0] == "training: starting"


def test_training_works_where_nothing_can_be_displayed():
    train(neuron(), callbacks=[Progress()])


def test_the_rate_falls_from_its_start_to_nothing_along_a_cosine():
    schedule = cosine_adam(0.02, 100)._learning_rate
    rates = [float(schedule(step)) for step in (0, 25, 50, 75, 100, 1000)]
    expected = [0.02 * (1 + np.cos(np.pi * share)) / 2 for share in (0, 0.25, 0.5, 0.75, 1, 1)]
    assert rates == pytest.approx(expected, abs=1e-8)
    assert isinstance(cosine_adam(0.02, 1), keras.optimizers.Adam)


@pytest.mark.parametrize("wrong", [0, -1, np.nan, np.inf, "1", None, True])
def test_a_rate_or_a_number_of_steps_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"Received rate=.*, expected a number above 0"):
        cosine_adam(wrong, 10)
    with pytest.raises(ValueError, match=r"Received steps=.*, expected a number from 1"):
        cosine_adam(0.1, wrong)
    with pytest.raises(ValueError, match=r"steps=0\.5"):
        cosine_adam(0.1, 0.5)


@pytest.mark.parametrize("make", [
    lambda: keras.optimizers.Adagrad(0.1),  # whose state does not begin with zeros
    lambda: cosine_adam(0.1, 8),
])  # fmt: skip
def test_after_a_reset_a_training_goes_as_it_went_the_first_time(make):
    model = neuron(make())
    start = model.get_weights()
    first = train(model).history["loss"]
    learned = model.get_weights()
    assert not np.allclose(learned[0], start[0])
    reset(model, start)
    assert all(map(np.array_equal, model.get_weights(), start))
    assert int(model.optimizer.iterations) == 0
    assert train(model).history["loss"] == first
    assert all(map(np.array_equal, model.get_weights(), learned))
    without = train(model).history["loss"]  # the control: without a reset it does not
    assert without != first


def test_layers_that_do_not_learn_are_reset_too():
    model = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization(),
                              keras.layers.Dense(1)])  # fmt: skip
    model.compile("adam", "mse", run_eagerly=True)
    start = model.get_weights()
    train(model, epochs=1)
    reset(model, start)
    assert all(map(np.array_equal, model.get_weights(), start))
    assert int(model.optimizer.iterations) == 0


def test_a_reset_before_any_training_sets_the_weights_only():
    model = neuron("adam")
    weights = [np.array([[1.0], [2.0]]), np.array([3.0])]
    reset(model, weights)
    assert model.get_weights()[0].tolist() == [[1], [2]]
    assert model.get_weights()[1].tolist() == [3]


def test_what_cannot_be_reset_is_refused_by_name():
    with pytest.raises(ValueError, match="expected a compiled Keras model: call compile first"):
        reset(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), [])
    with pytest.raises(ValueError, match=r"weights of shapes \[\(3,\)\], expected \[\(2, 1\), \(1"):
        reset(neuron(), [np.zeros(3)])
