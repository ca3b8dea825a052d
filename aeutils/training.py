"""What trainings share: a progress line, snapshots, Adam with a falling rate, a start anew."""

import gc
import time

import keras
import numpy as np
from IPython import get_ipython
from IPython.display import TextDisplayObject, display

from aeutils.arrays import as_labels, expect
from aeutils.explorables.live import COUNT, REPLAYED, digits_of
from aeutils.explorables.models import answer


class _Text(TextDisplayObject):
    """Text that a notebook shows without quotes, and not at all once it is empty."""

    def __repr__(self):
        return self.data

    def _repr_html_(self):
        return None if self.data else ""


class Progress(keras.callbacks.Callback):
    """Show in a notebook how far a `fit` has come: epoch, loss and time left, in one line.

    Use it as `model.fit(..., verbose=0, callbacks=[Progress("Adam")])`. `label`: a few words that
    say what is going on. All trainings of a cell share the line; nothing is left of it when they
    end or are stopped, and whatever else the cell shows stays.
    """

    _line = None  # of the cell that runs

    def __init__(self, label="training"):
        super().__init__()
        self.label = label

    def on_train_begin(self, logs=None):
        self._start = self._last = time.monotonic()
        if Progress._line is None and get_ipython():
            Progress._line = display(_Text(""), display_id=True)
            get_ipython().events.register("post_run_cell", _end_line)
        self._show(f"{self.label}: starting")

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (now := time.monotonic()) - self._last < 0.3:
            return
        self._last = now
        epochs, steps = self.params["epochs"], self.params["steps"]
        text = f"{self.label}: epoch {self._epoch + 1} of {epochs}, loss {logs['loss']:.4f}"
        if steps:
            done = (self._epoch + min((batch + 1) / steps, 1)) / epochs
            left, blocks = (now - self._start) * (1 - done) / done, round(20 * done)
            text = f"{'█' * blocks}{'░' * (20 - blocks)} {text}, about {left:.0f} s left"
        self._show(text)

    def on_train_end(self, logs=None):
        self._show("")

    def _show(self, text):
        if Progress._line is not None:
            Progress._line.update(_Text(text))


def _end_line(result):
    """Empty the line at the end of a cell, also where a training was stopped or failed."""
    get_ipython().events.unregister("post_run_cell", _end_line)
    Progress._line.update(_Text(""))
    Progress._line = None
    gc.collect()  # trainings that are over refer to themselves, and would keep their memory


class Snapshots(keras.callbacks.Callback):
    """Keep what an autoencoder makes of some digits, before, during and after a training.

    `encoder`, `decoder`: parts of the model that is trained. `x`: images from 0 to 1 in the
    encoder's shape, of which the first 200 are encoded and 8 shown. `labels`: theirs, or None.
    Early steps change more than late ones: the distance between snapshots grows by a third.
    """

    def __init__(self, encoder, decoder, x, labels=None):
        super().__init__()
        self.labels = None if labels is None else as_labels(labels, len(x))[:COUNT]
        self.digits, self.images = digits_of(x)
        self.encoder, self.decoder = encoder, decoder
        self._begin(0)  # here too: what is wrong with the models is said before the training

    def _begin(self, first):
        self._first, self._now = first, 0
        self.steps, self.codes, self.outputs, self.errors = [], [], [], []
        self._look()

    def on_train_begin(self, logs=None):
        self._begin(int(self.model.optimizer.iterations))

    def on_train_batch_end(self, batch, logs=None):
        self._now = int(self.model.optimizer.iterations) - self._first
        if self._now >= 1.35 * self.steps[-1]:
            self._look()

    def on_train_end(self, logs=None):
        if self._now > self.steps[-1]:
            self._look()

    def _look(self):
        codes = answer(self.encoder, self.images, "encoder", "codes")
        outputs = answer(self.decoder, codes, "decoder", "images").reshape(-1, 28, 28)
        self.steps.append(self._now)
        self.codes.append(codes)
        self.outputs.append(np.uint8(np.round(255 * np.clip(outputs[:REPLAYED], 0, 1))))
        self.errors.append(float(np.mean((outputs - self.images) ** 2)))


def cosine_adam(rate, steps):
    """Return Adam with a learning rate that falls from `rate` to 0 along a cosine.

    `steps`: the training steps that it takes to get there, epochs x batches of an epoch; from then
    on nothing is learned. Source: Loshchilov and Hutter, SGDR, 2017, arXiv:1608.03983. Raises
    `ValueError` for a rate that is not above 0 and for less than one step.
    """
    expect(rate > 0, f"rate={rate!r:.20}", "a number above 0")
    expect(steps >= 1, f"steps={steps!r:.20}", "a number from 1")
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))


def reset(model, weights):
    """Let a compiled model start anew: with these weights, and an optimizer that remembers nothing.

    `weights`: arrays as `model.get_weights()` returns them. One compiled network can so serve many
    short trainings; each compile would cost a second. Raises `ValueError` for a model that is not
    compiled, and for weights of other shapes.
    """
    optimizer = getattr(model, "optimizer", None)
    expect(optimizer, "a model that is not compiled", "a compiled one: call model.compile first")
    model.set_weights(weights)
    if optimizer.built:
        fresh = type(optimizer).from_config(optimizer.get_config())
        fresh.build(model.trainable_variables)
        for variable, start in zip(optimizer.variables, fresh.variables, strict=True):
            variable.assign(start)
