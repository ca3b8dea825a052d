"""A training as the reader can scrub through it: snapshots while it runs, and their live figure."""

import keras
import numpy as np

from aeutils.arrays import as_labels, expect
from aeutils.explorables.live import COUNT, digits_of, middle
from aeutils.explorables.models import answer
from aeutils.explorables.page import live_figure
from aeutils.figures import digit_figure

DIGITS, GROWTH = 8, 1.35


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
        if self._now >= GROWTH * self.steps[-1]:
            self._look()

    def on_train_end(self, logs=None):
        if self._now > self.steps[-1]:
            self._look()

    def _look(self):
        codes = answer(self.encoder, self.images, "encoder", "codes")
        outputs = answer(self.decoder, codes, "decoder", "images").reshape(-1, 28, 28)
        self.steps.append(self._now)
        self.codes.append(codes)
        self.outputs.append(np.uint8(np.round(255 * np.clip(outputs[:DIGITS], 0, 1))))
        self.errors.append(float(np.mean((outputs - self.images) ** 2)))


def in_plane(codes):
    """Project codes (snapshots, n, k) on the two main axes of the last ones: (snapshots, n, 2).

    Codes of two numbers stay as they are; those of one lie on the first axis.
    """
    if codes.shape[2] > 2:
        codes = codes - codes[-1].mean(axis=0)
        codes = codes @ np.linalg.svd(codes[-1], full_matrices=False)[2][:2].T
    return np.pad(codes, ((0, 0), (0, 0), (0, 2 - codes.shape[2])))


@live_figure("replay", "Replay the training")
def replay(snapshots):
    """Scrub through a training; see reconstructions, the codes in the plane and the error fall.

    `snapshots`: a `Snapshots` that has been among the callbacks of a training. Codes of more than
    two numbers are shown along the two main axes of the last ones.
    """
    seen = isinstance(snapshots, Snapshots) and len(snapshots.steps) > 1
    wanted = "Snapshots that have seen a training: fit(..., callbacks=[snapshots]) comes first"
    expect(seen, type(snapshots).__name__, wanted)
    points = in_plane(np.stack(snapshots.codes))
    digits = snapshots.digits[:DIGITS]
    first, *_, last = snapshots.outputs
    sent = {"digits": np.concatenate([digits, *snapshots.outputs])}
    return dict(
        advice="Try: go to the first snapshots. What does the network learn before single digits?",
        still=digit_figure({"digits": digits, "before training": first, "at the end": last}),
        models={},
        rows=sent | {"points": points.reshape(len(points), -1)},
        few=len(sent["digits"]),
        start={"snapshot": len(snapshots.steps) - 1},
        range=middle(points[-1]),
        steps=snapshots.steps,
        errors=snapshots.errors,
        labels=None if snapshots.labels is None else snapshots.labels.tolist(),
    )
