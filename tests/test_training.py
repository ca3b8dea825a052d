"""The reader sees a training while it lasts and nothing of it afterwards; and it can begin anew."""

import keras
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from aeutils import Progress, cosine_adam, reset


def neuron(optimizer="sgd"):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def train(model, epochs=2, **settings):
    x = np.linspace(0, 1, 16, dtype="float32").reshape(8, 2)
    settings = {"batch_size": 4, "verbose": 0, "shuffle": False} | settings
    return model.fit(x, x[:, :1], epochs=epochs, **settings)


class Line(list):
    """In place of a line in a notebook: all its texts."""

    def update(self, text):
        self.append(repr(text))


@pytest.mark.parametrize(("seconds", "count"), [(0.5, 4), (0.11, 1)])
def test_epoch_loss_and_time_left_are_shown_every_third_of_a_second(seconds, count, monkeypatch):
    clock = iter(np.arange(0, 1000, seconds))
    monkeypatch.setattr("aeutils.training.time.monotonic", lambda: next(clock))
    monkeypatch.setattr(Progress, "_line", Line())
    history = train(neuron(), callbacks=[Progress("small")])
    first, *lines, last = Progress._line
    assert (first, last, len(lines)) == ("small: starting", "", count)
    if count == 4:  # half a second a step: after the first of four steps, three steps are left
        assert lines[0].startswith("█" * 5 + "░" * 15 + " small: epoch 1 of 2, loss ")
        assert lines[0].endswith("about 2 s left")
        loss = history.history["loss"][1]
        assert lines[3] == f"{'█' * 20} small: epoch 2 of 2, loss {loss:.4f}, about 0 s left"


CELLS = [
    """
import keras, numpy as np
from aeutils import Progress
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.ones((40, 2))
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt
def fit(*more):
    model.fit(x, x[:, :1], verbose=0, callbacks=[Progress("a neuron"), *more])
""",
    "fit(); print('between'); fit()",
    "fit(Stop())",
    "print('after')",
]


def test_nothing_is_left_of_the_line_in_a_notebook_also_where_a_training_is_stopped():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    NotebookClient(notebook, timeout=300, allow_errors=True).execute()
    _, twice, stopped, after = [cell.outputs for cell in notebook.cells]
    empty = {"text/plain": "", "text/html": ""}
    assert [output.get("data", output.get("text")) for output in twice] == [empty, "between\n"]
    assert stopped[0].data == empty
    assert (len(stopped), stopped[1].ename) == (2, "KeyboardInterrupt")
    assert [output.text for output in after] == ["after\n"]


def test_the_rate_falls_from_its_start_to_nothing_along_a_cosine():
    schedule = cosine_adam(0.02, 100)._learning_rate
    rates = [float(schedule(step)) for step in (0, 25, 50, 75, 100, 1000)]
    expected = [0.02 * (1 + np.cos(np.pi * part)) / 2 for part in (0, 0.25, 0.5, 0.75, 1, 1)]
    assert rates == pytest.approx(expected, abs=1e-8)
    for rate, steps, named in ((0, 10, "rate=0"), (-1, 10, "rate=-1"), (0.1, 0.5, "steps=0.5")):
        with pytest.raises(ValueError, match=f"Received {named}, expected a number"):
            cosine_adam(rate, steps)


@pytest.mark.parametrize("make", [
    lambda: keras.optimizers.Adagrad(0.1),  # whose state does not begin with zeros
    lambda: cosine_adam(0.1, 8),
])  # fmt: skip
def test_after_a_reset_a_training_goes_as_it_went_the_first_time(make):
    model = neuron(make())
    start = model.get_weights()
    first = train(model).history["loss"]
    reset(model, start)
    assert all(map(np.array_equal, model.get_weights(), start))
    assert int(model.optimizer.iterations) == 0
    assert train(model).history["loss"] == first
    assert train(model).history["loss"] != first  # without a reset it does not


def test_a_reset_needs_a_compiled_model_and_fitting_weights():
    with pytest.raises(ValueError, match=r"call model\.compile first"):
        reset(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), [])
    with pytest.raises(ValueError, match="shape"):
        reset(neuron(), [np.zeros(3), np.zeros(1)])
