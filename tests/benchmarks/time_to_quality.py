"""Time the course's training against the original tutorial's, to the same quality.

Usage:  python tests/benchmarks/time_to_quality.py [--runs 3] [--save]

Trains the tutorial's three models with its own settings (Adadelta at its old rate 1.0, relu output
for the convolutional one, all of it as NumPy arrays), notes the final test figure of each, and then
trains the course's, with the notebooks' settings, until it is as good. It is all one run, so the
ratios hold even where a machine is slow. The tutorial's models are trained once, the course's
several times with different seeds; medians are printed. Each training has a process of its own,
whose peak memory is noted. `--save` writes what the README quotes. Takes a quarter of an hour on
two cores.
"""

import argparse
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
import numpy as np

from aeutils import load_mnist, to_images, to_vectors

RESULTS = Path(__file__).with_name("results.json")
(IMAGES, LABELS), (TEST_IMAGES, TEST_LABELS) = load_mnist()
ONE_HOT, TEST_ONE_HOT = (keras.utils.to_categorical(y, 10) for y in (LABELS, TEST_LABELS))


def dense(units, activation, n_in):
    return [keras.Input((n_in,)), keras.layers.Dense(units, activation=activation)]


def fit(model, x, y, epochs, batch_size=256):
    model.fit(x, y, batch_size=batch_size, epochs=epochs, validation_split=0.1, verbose=0)


# The tutorial's models, with the tutorial's settings. Each returns its final test figure.


def original_simple():
    x, x_test = to_vectors(IMAGES), to_vectors(TEST_IMAGES)
    model = keras.Sequential([*dense(32, "relu", 784), *dense(784, "sigmoid", 32)[1:]])
    model.compile(keras.optimizers.Adadelta(1.0), "binary_crossentropy")
    fit(model, x, x, 50)
    return model.evaluate(x_test, x_test, verbose=0)


def original_stacked():
    x, x_test = to_vectors(IMAGES), to_vectors(TEST_IMAGES)
    weights, codes = [], x
    stages = [(128, "sigmoid", "binary_crossentropy"), (64, "linear", "mean_squared_error")]
    for units, output, loss in stages:
        size = codes.shape[1]
        encoder = keras.Sequential(dense(units, "relu", size))
        model = keras.Sequential([encoder, keras.layers.Dense(size, activation=output)])
        model.compile("rmsprop", loss)
        fit(model, codes, codes, 50)
        weights += encoder.get_weights()
        codes = encoder.predict(codes, verbose=0)
    softmax = keras.Sequential(dense(10, "softmax", 64))
    softmax.compile("rmsprop", "categorical_crossentropy")
    fit(softmax, codes, ONE_HOT, 50)
    model = classifier()
    model.set_weights(weights + softmax.get_weights())
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    fit(model, x, ONE_HOT, 50)
    return model.evaluate(x_test, TEST_ONE_HOT, verbose=0)[1]


def classifier():
    layers = [keras.Input((784,)), keras.layers.Dense(128, "relu"), keras.layers.Dense(64, "relu")]
    return keras.Sequential([*layers, keras.layers.Dense(10, "softmax")])


def convolutional(output):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.UpSampling2D(2),
            layers.Conv2D(1, 3, padding="same", activation=output),
        ]
    )


def original_convolutional():
    x, x_test = to_images(IMAGES), to_images(TEST_IMAGES)
    model = convolutional("relu")
    model.compile("rmsprop", "binary_crossentropy")
    fit(model, x, x, 10)
    return model.evaluate(x_test, x_test, verbose=0)


# The course's training, with the notebooks' settings. Each is a generator that yields the model
# after every part of its training; the clock stands still while the test figure is taken.

FAST = {"steps_per_execution": 50}


def falling(rate, steps):
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps))


def tensor(x):
    return keras.ops.convert_to_tensor(x)


def course_simple():
    x = tensor(to_vectors(IMAGES[:54_000]))
    model = keras.Sequential([*dense(32, "relu", 784), *dense(784, "sigmoid", 32)[1:]])
    model.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", **FAST)
    for _ in range(20):
        model.fit(x, x, batch_size=256, verbose=0)
        yield model


def course_stacked():
    x, digits = tensor(to_vectors(IMAGES[:54_000])), LABELS[:54_000]
    weights, codes = [], x
    stages = [
        (128, "sigmoid", "binary_crossentropy", 3e-3, 270, 4),
        (64, "linear", "mse", 1e-3, 120, 5),
    ]
    for units, output, loss, rate, batch_size, epochs in stages:
        size = codes.shape[1]
        encoder = keras.Sequential(dense(units, "relu", size))
        model = keras.Sequential([encoder, keras.layers.Dense(size, activation=output)])
        model.compile(falling(rate, epochs * 54_000 // batch_size), loss, **FAST)
        model.fit(codes, codes, batch_size=batch_size, epochs=epochs, verbose=0)
        codes = encoder.predict(codes, batch_size=1000, verbose=0)
        spread = codes.std()
        weights += [values / spread for values in encoder.get_weights()]
        codes = tensor(codes / spread)
    softmax = keras.Sequential(dense(10, "softmax", 64))
    softmax.compile(falling(3e-3, 6 * 200), "categorical_crossentropy", **FAST)
    softmax.fit(codes, tensor(ONE_HOT[:54_000]), batch_size=270, epochs=6, verbose=0)
    model = classifier()
    model.set_weights(weights + softmax.get_weights())
    model.compile(falling(4e-3, 14 * 200), "sparse_categorical_crossentropy", **FAST)
    for _ in range(14):
        model.fit(x, digits, batch_size=270, verbose=0)
        yield model


def course_convolutional():
    x = tensor(to_images(IMAGES[:20_000]))
    model = convolutional("sigmoid")
    model.compile(falling(0.01, 625), "binary_crossentropy")
    for part in range(5):
        few = x[part * 4000 : (part + 1) * 4000]
        model.fit(few, few, batch_size=32, verbose=0)
        yield model


def bce(model, x):
    loss = keras.losses.binary_crossentropy(x, model.predict(x, batch_size=500, verbose=0))
    return float(np.mean(loss))


def accuracy(model):
    predicted = model.predict(to_vectors(TEST_IMAGES), batch_size=1000, verbose=0).argmax(axis=1)
    return float(np.mean(predicted == TEST_LABELS))


# name: the tutorial's training, the course's, how both are measured, what counts as better
MODELS = {
    "simple": (
        original_simple,
        course_simple,
        lambda model: bce(model, to_vectors(TEST_IMAGES)),
        float.__le__,
    ),
    "stacked": (original_stacked, course_stacked, accuracy, float.__ge__),
    "convolutional": (
        original_convolutional,
        course_convolutional,
        lambda model: bce(model, to_images(TEST_IMAGES)),
        float.__le__,
    ),
}


def peak_memory():
    """The most memory that this process has used so far, in GB."""
    unit = 1024 if sys.platform == "linux" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def time_original(name):
    """Train as the tutorial does; return its test figure, the seconds and the peak memory."""
    keras.utils.set_random_seed(0)
    start = time.perf_counter()
    figure = float(MODELS[name][0]())
    return figure, time.perf_counter() - start, peak_memory()


def time_course(name, seed, target):
    """The same for the course's training, which stops as soon as it is as good as the target."""
    _, course, measure, compare = MODELS[name]
    keras.utils.set_random_seed(seed)
    spent, start = 0.0, time.perf_counter()
    for model in course():
        spent += time.perf_counter() - start
        reached = measure(model)
        if compare(reached, target):
            return reached, spent, peak_memory()
        start = time.perf_counter()
    return reached, float("inf"), peak_memory()


def alone(function, *arguments):
    """Call a function in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of the course's trainings")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    results = {"machine": f"{os.cpu_count()} cores, {platform.system()}, Python "
               f"{platform.python_version()}, Keras {keras.__version__}"}  # fmt: skip
    for name in MODELS:
        target, seconds, memory = alone(time_original, name)
        runs = [alone(time_course, name, i + 1, target) for i in range(max(3, arguments.runs))]
        figure, spent, most = (statistics.median(values) for values in zip(*runs, strict=True))
        results[name] = {
            "tutorial": {"figure": target, "seconds": seconds, "memory": memory},
            "course": {"figure": figure, "seconds": spent, "memory": most},
        }
        print(
            f"{name}: tutorial {target:.4f} in {seconds:.0f} s and {memory:.1f} GB, course "
            f"{figure:.4f} in {spent:.1f} s and {most:.1f} GB, {seconds / spent:.1f} times faster",
            flush=True,
        )
        print("  runs:", [f"{reached:.4f} {took:.1f} s" for reached, took, _ in runs], flush=True)
    if arguments.save:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
