"""Time the course's trainings against the original tutorial's, to the same quality.

Usage:  python tests/benchmarks/time_to_quality.py [--save]

README.md says what is compared. The tutorial's models are trained once, the course's three times
with different seeds; medians are printed. Each training has a process of its own, whose peak
memory is noted. `--save` writes what the table of results quotes. Takes a quarter of an hour on
two cores.
"""

import json
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from aeutils import cosine_adam, load_mnist, to_images, to_vectors

RESULTS = Path(__file__).with_name("results.json")
(IMAGES, LABELS), (TEST_IMAGES, TEST_LABELS) = load_mnist()
ONE_HOT = keras.utils.to_categorical(LABELS, 10)
FAST = {"steps_per_execution": 50}
STEPS = 211  # batches of 256 in 54,000 images


class Clock(keras.callbacks.Callback):
    """Note the validation figure after every epoch; stop when it is as good as a target."""

    def __init__(self, figure, target=None):
        super().__init__()
        self.figure, self.target = figure, target
        self.start, self.track = time.perf_counter(), []

    def on_epoch_end(self, epoch, logs=None):
        self.track.append((time.perf_counter() - self.start, logs[self.figure]))
        if self.target is not None and self.reached(self.target) < float("inf"):
            self.model.stop_training = True

    def reached(self, target):
        """The seconds until the figure was first as good as the target; infinite if it was not."""
        sign = 1 if "accuracy" in self.figure else -1
        good = (seconds for seconds, figure in self.track if sign * figure >= sign * target)
        return next(good, float("inf"))


def dense(*units, output):
    """A chain of dense layers; `units`: of the input and of each layer."""
    *hiddens, last = units[1:]
    layers = [keras.layers.Dense(n, "relu") for n in hiddens]
    return keras.Sequential([keras.Input(units[:1]), *layers, keras.layers.Dense(last, output)])


def convolutional(output):
    layers, same = keras.layers, {"padding": "same", "activation": "relu"}
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(32, 3, **same), layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, **same), layers.UpSampling2D(2),
        layers.Conv2D(1, 3, padding="same", activation=output),
    ])  # fmt: skip


def autoencoder(size, units, output):  # one stage of the stack
    encoder = dense(size, units, output="relu")
    return encoder, keras.Sequential([encoder, keras.layers.Dense(size, activation=output)])


def fit(model, x, y, epochs, *clock, batch_size=256, **validation):
    validation = validation or {"validation_split": 0.1}  # as the tutorial does
    model.fit(x, y, batch_size, epochs, verbose=0, callbacks=[*clock], **validation)
    return model


# The tutorial's trainings, with the tutorial's settings. Each gets a started clock for its last
# stage and returns the trained model.


def original_simple(clock):
    x, model = to_vectors(IMAGES), dense(784, 32, 784, output="sigmoid")
    model.compile(keras.optimizers.Adadelta(1.0), "binary_crossentropy")
    return fit(model, x, x, 50, clock)


def original_stacked(clock):
    x = codes = to_vectors(IMAGES)
    weights = []
    stages = [(128, "sigmoid", "binary_crossentropy"), (64, "linear", "mean_squared_error")]
    for units, output, loss in stages:
        encoder, model = autoencoder(codes.shape[1], units, output)
        model.compile("rmsprop", loss)
        fit(model, codes, codes, 50)
        weights += encoder.get_weights()
        codes = encoder.predict(codes, verbose=0)
    softmax = dense(64, 10, output="softmax")
    softmax.compile("rmsprop", "categorical_crossentropy")
    fit(softmax, codes, ONE_HOT, 50)
    model = dense(784, 128, 64, 10, output="softmax")
    model.set_weights(weights + softmax.get_weights())
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    return fit(model, x, ONE_HOT, 50, clock)


def original_convolutional(clock):
    x, model = to_images(IMAGES), convolutional("relu")
    model.compile("rmsprop", "binary_crossentropy")
    return fit(model, x, x, 10, clock)


# The course's trainings, with the notebooks' settings.


def split(x):
    return keras.ops.convert_to_tensor(x[:54_000]), keras.ops.convert_to_tensor(x[54_000:])


def course_simple(clock):
    (x, x_val), model = split(to_vectors(IMAGES)), dense(784, 32, 784, output="sigmoid")
    model.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", **FAST)
    return fit(model, x, x, 20, clock, validation_data=(x_val, x_val))


def course_stacked(clock):
    x, x_val = split(to_vectors(IMAGES))
    y, y_val = LABELS[:54_000], LABELS[54_000:]
    weights, codes = [], x
    stages = [(128, "sigmoid", "binary_crossentropy", 3e-3, 6), (64, "linear", "mse", 5e-4, 15)]
    for units, output, loss, rate, epochs in stages:
        encoder, model = autoencoder(codes.shape[1], units, output)
        model.compile(cosine_adam(rate, epochs * STEPS), loss, **FAST)
        model.fit(codes, codes, 256, epochs, verbose=0)
        codes = encoder.predict(codes, batch_size=1000, verbose=0)
        spread = codes.std()
        weights += [values / spread for values in encoder.get_weights()]
        codes = keras.ops.convert_to_tensor(codes / spread)
    loss = "sparse_categorical_crossentropy"
    softmax = dense(64, 10, output="softmax")
    softmax.compile(cosine_adam(1e-2, 5 * STEPS), loss, **FAST)
    softmax.fit(codes, y, 256, 5, verbose=0)
    model = dense(784, 128, 64, 10, output="softmax")
    model.set_weights(weights + softmax.get_weights())
    model.compile(cosine_adam(4e-3, 10 * STEPS), loss, metrics=["accuracy"], **FAST)
    return fit(model, x, y, 10, clock, validation_data=(x_val, y_val))


def course_convolutional(clock):
    (x, x_val), model = split(to_images(IMAGES)), convolutional("sigmoid")
    model.compile(cosine_adam(0.01, 625), "binary_crossentropy")
    small, validation = x[:4_000], (x_val, x_val)
    return fit(model, small, small, 5, clock, batch_size=32, validation_data=validation)


# name: both trainings, the validation figure that is watched, the form of the images
MODELS = {
    "simple": (original_simple, course_simple, "val_loss", to_vectors),
    "stacked": (original_stacked, course_stacked, "val_accuracy", to_vectors),
    "convolutional": (original_convolutional, course_convolutional, "val_loss", to_images),
}


def measure(name, seed, target=None):
    """Train as the tutorial does, or as the course does until the target is reached.

    Returns the test figure, the seconds until the target (by default the last validation figure)
    was first reached, the peak memory in GB, and the target.
    """
    original, course, figure, as_input = MODELS[name]
    keras.utils.set_random_seed(seed)
    clock = Clock(figure, target)
    model = (original if target is None else course)(clock)
    unit = 1024 if sys.platform == "linux" else 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
    target = clock.track[-1][1] if target is None else target
    x = as_input(TEST_IMAGES)
    if figure == "val_accuracy":
        answers = model.predict(x, batch_size=1000, verbose=0)
        on_test = float((answers.argmax(axis=1) == TEST_LABELS).mean())
    else:
        model.compile(loss="binary_crossentropy")
        on_test = model.evaluate(x, x, batch_size=500, verbose=0)
    return on_test, clock.reached(target), memory, target


def main(save):
    results = {"machine": f"{os.cpu_count()} cores, {platform.system()}, Python "
               f"{platform.python_version()}, Keras {keras.__version__}"}  # fmt: skip
    # A fresh process for each training, so that its memory is its own.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn, max_tasks_per_child=1) as pool:
        for name in MODELS:
            *tutorial, target = pool.submit(measure, name, 0).result()
            runs = [pool.submit(measure, name, seed, target).result()[:3] for seed in (1, 2, 3)]
            course = [statistics.median(values) for values in zip(*runs, strict=True)]
            keys = ("figure", "seconds", "memory")
            results[name] = {"target": target, "tutorial": dict(zip(keys, tutorial, strict=True))}
            results[name]["course"] = dict(zip(keys, course, strict=True))
            print(name, json.dumps(results[name], indent=1), "runs:", runs, flush=True)
    if save:
        RESULTS.write_text(json.dumps(results) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main("--save" in sys.argv)
