"""What trainings share: a progress line, Adam with a falling rate, a network to start anew."""

import numbers
import time

import keras
from IPython import get_ipython
from IPython.display import TextDisplayObject, display


class _Line(TextDisplayObject):
    """One line of text that a notebook shows without quotes, and not at all once it is empty."""

    def __repr__(self):
        return self.data

    def _repr_html_(self):
        return None if self.data else ""


class Progress(keras.callbacks.Callback):
    """Show how far a `fit` has come, in a line that is empty when it ends.

    Use it as `model.fit(..., verbose=0, callbacks=[Progress("Adam")])`. It shows epoch, loss and
    time left; whatever else the cell shows stays. All trainings of a cell share one line.

    `label`: a few words that say what is going on.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = keras.ops.ones((4, 2))
    >>> history = model.fit(x, x[:, 0], verbose=0, callbacks=[Progress("one neuron")])
    one neuron: starting
    """

    _cell, _line = None, None  # the cell whose line was made last, and that line

    def __init__(self, label="training"):
        super().__init__()
        self.label = str(label)

    def on_train_begin(self, logs=None):
        self._start = self._last = time.monotonic()
        text, cell = _Line(f"{self.label}: starting"), getattr(get_ipython(), "execution_count", 0)
        if cell and cell == Progress._cell:
            self._line.update(text)
        else:
            Progress._cell, Progress._line = cell, display(text, display_id=True)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        now = time.monotonic()
        if now - self._last < 0.3 or self._line is None:
            return
        self._last = now
        epochs, steps = self.params["epochs"], self.params["steps"]
        text = f"{self.label}: epoch {self._epoch + 1} of {epochs}, loss {logs['loss']:.4f}"
        if steps:
            done = (self._epoch + min((batch + 1) / steps, 1)) / epochs
            left = (now - self._start) * (1 - done) / done
            blocks = round(20 * done)
            text = f"{'█' * blocks}{'░' * (20 - blocks)} {text}, about {left:.0f} s left"
        self._line.update(_Line(text))

    def on_train_end(self, logs=None):
        if self._line is not None:
            self._line.update(_Line(""))


def cosine_adam(rate, steps):
    """Return Adam with a learning rate that falls from `rate` to 0 along a cosine.

    `steps`: the training steps that it takes to get there, epochs x batches of an epoch; from then
    on nothing is learned. Source: Loshchilov and Hutter, SGDR, 2017, arXiv:1608.03983. Raises
    `ValueError` for a rate that is not above 0 and for less than one step.

    >>> float(cosine_adam(0.01, 200).learning_rate)
    0.009999999776482582
    """
    for name, value, least in (("rate", rate, 0), ("steps", steps, 1)):
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not number or not 0 < value < float("inf") or value < least:
            wanted = "a number from 1" if least else "a number above 0"
            raise ValueError(f"Received {name}={value!r:.20}, expected {wanted}.")
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))


def reset(model, weights):
    """Let a compiled model start anew: with these weights, and an optimizer that remembers nothing.

    `weights`: arrays as `model.get_weights()` returns them. One compiled network can so serve many
    short trainings; each compile would cost a second. Raises `ValueError` for a model that is not
    compiled, and for weights of other shapes.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> model.compile("adam", "mse")
    >>> start = model.get_weights()
    >>> history = model.fit(keras.ops.ones((4, 2)), keras.ops.ones((4, 1)), verbose=0)
    >>> reset(model, start)
    >>> int(model.optimizer.iterations)
    0
    """
    if getattr(model, "optimizer", None) is None:
        raise ValueError(
            f"Received {type(model).__name__} as model, expected a compiled Keras model: call "
            "compile first."
        )
    shapes = [tuple(weight.shape) for weight in model.weights]
    received = [getattr(weight, "shape", None) for weight in weights]
    if received != shapes:
        raise ValueError(f"Received weights of shapes {received!s:.200}, expected {shapes!s:.200}.")
    model.set_weights(weights)
    optimizer = model.optimizer
    if optimizer.built:
        fresh = type(optimizer).from_config(optimizer.get_config())
        fresh.build(model.trainable_variables)
        for variable, start in zip(optimizer.variables, fresh.variables, strict=True):
            variable.assign(start)
