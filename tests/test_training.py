"""The reader sees a training run while it lasts, and nothing of it afterwards."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from aeutils import Progress


class Line:
    def __init__(self, texts):
        self.texts = texts

    def update(self, text):
        self.texts.append(repr(text))


@pytest.fixture
def shown(monkeypatch):
    """The texts of the line in order."""
    texts = []

    def display(text, display_id):
        texts.append(repr(text))
        return Line(texts)

    clock = iter(np.arange(0, 1000, 0.5))
    monkeypatch.setattr("aeutils.training.display", display)
    monkeypatch.setattr("aeutils.training.time.monotonic", lambda: next(clock))
    return texts


def train(epochs=2, **kwargs):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.zeros((8, 2), "float32")
    model.fit(x, x[:, :1], batch_size=4, epochs=epochs, verbose=0, **kwargs)


def test_epoch_loss_and_time_left_are_shown_then_cleared(shown):
    train(callbacks=[Progress("a small model")])
    assert shown[0] == "a small model: starting"
    assert shown[-1] == ""
    lines = shown[1:-1]
    assert len(lines) == 4
    assert "a small model: epoch 1 of 2, loss " in lines[0]
    assert "epoch 2 of 2" in lines[-1]
    # Half a second a step: after the first of four steps, three steps are left.
    assert lines[0].endswith("about 2 s left")
    assert lines[-1].endswith("about 0 s left")


def test_prediction_is_shown_too_then_cleared(shown):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    x = np.zeros((8, 2), "float32")
    model.predict(x, batch_size=4, verbose=0, callbacks=[Progress("features")])
    assert shown[0] == "features: starting"
    assert shown[-1] == ""
    assert shown[-2].endswith("features, about 0 s left")


def test_training_works_where_nothing_can_be_displayed():
    train(callbacks=[Progress()])


def test_importing_the_module_does_not_import_tensorflow():
    code = "import sys, aeutils; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
