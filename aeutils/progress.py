"""A progress line while a model trains, gone when it is done."""

import gc
import time

import keras
from IPython.display import TextDisplayObject, clear_output, display


class _Line(TextDisplayObject):
    """One line of text that a notebook shows without quotes."""

    def __repr__(self):
        return self.data


class Progress(keras.callbacks.Callback):
    """Show how far a `fit` or a `predict` has come; leave nothing behind when it ends.

    Use it as `model.fit(..., verbose=0, callbacks=[Progress("Adam")])`. It shows epoch, loss and
    time left, and clears the cell's output at the end: print and plot after `fit`, not before.

    `label`: a few words that say what is going on.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = keras.ops.ones((4, 2))
    >>> history = model.fit(x, x[:, 0], verbose=0, callbacks=[Progress("one neuron")])
    one neuron: starting
    """

    def __init__(self, label="training"):
        super().__init__()
        self.label = str(label)

    def on_train_begin(self, logs=None):
        # A model that was replaced lies in reference cycles: without this, memory grows from
        # training to training until Python happens to look.
        gc.collect()
        self._epoch = 0
        self._start = self._last = time.monotonic()
        self._line = display(_Line(f"{self.label}: starting"), display_id=True)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        epochs = self.params["epochs"]
        self._show(batch, f": epoch {self._epoch + 1} of {epochs}, loss {logs['loss']:.4f}")

    def on_predict_batch_end(self, batch, logs=None):
        self._show(batch)

    def on_train_end(self, logs=None):
        if self._line is not None:
            clear_output()

    on_predict_begin = on_train_begin
    on_predict_end = on_train_end

    def _show(self, batch, details=""):
        now = time.monotonic()
        if now - self._last < 0.3 or self._line is None:
            return
        self._last = now
        text, steps = f"{self.label}{details}", self.params["steps"]
        if steps:
            done = (self._epoch + min((batch + 1) / steps, 1)) / (self.params["epochs"] or 1)
            left = (now - self._start) * (1 - done) / done
            blocks = round(20 * done)
            text = f"{'█' * blocks}{'░' * (20 - blocks)} {text}, about {left:.0f} s left"
        self._line.update(_Line(text))
