def freeze(network, free):
    # Every layer is told, the free ones too: one of them may have been frozen before, and
    # network.trainable = True would not reach it.
    for layer in network.layers:
        layer.trainable = layer in network.layers[-free:]
    # A network that was trained before has a training step, made of what was trainable then.
    # Compile drops it.
    network.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
    return network


learning = 64 * 10 + 10  # a weight from each of 64 units to each of 10, and ten biases
check("2.2", freeze, learning)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Number
from aeutils.exercises.reading import call, require


def check_freeze(rng, answer):
    """Call it several times on one network that was trained before, and train a step each time."""
    import keras

    x, y = rng.normal(size=(32, 6)).astype("float32"), np.eye(3, dtype="float32")[np.arange(32) % 3]
    depth = int(rng.integers(4, 6))  # the notebook has three
    layers = [keras.layers.Dense(int(n), "tanh") for n in rng.integers(4, 8, depth - 1)]
    layers.insert(int(rng.integers(1, depth)), keras.layers.Dropout(0))  # it counts as a layer
    layers.append(keras.layers.Dense(3, "softmax"))
    network = keras.Sequential([keras.Input((6,)), *layers])
    # Weights of our own: nothing is saturated, so every layer has a gradient.
    network.set_weights([rng.normal(0, 0.4, w.shape) for w in network.get_weights()])
    network.compile("sgd", "mse")  # not the loss that is asked for
    network.train_on_batch(x, y)  # from here on, a frozen layer needs a new compile
    for free in (1, depth, 2, depth + 1):
        check_call(answer, network, layers, free, x, y)


def check_call(answer, network, layers, free, x, y):
    dense = [layer for layer in layers if layer.weights]
    expected = [layer in layers[-free:] for layer in dense]
    outputs, before = np.asarray(network(x)), [layer.get_weights() for layer in dense]
    same = call(answer, network, free) is network
    require(same, "Expected the network itself that was handed in, no copy and nothing else.")
    require(network.layers == layers, "The network no longer has the layers that it had.")
    learns = [*map(id, network.trainable_variables)]
    told = [[id(w) in learns for w in layer.weights] for layer in dense]
    found = f"Of {len(layers)} layers, number {1 + layers.index(*(set(layers) - set(dense)))} is a "
    found += f"Dropout layer without weights. With free={free}, of the others {[*map(any, told)]} "
    found += f"learn, expected {expected}"
    require(any(map(any, told)), f"{found}: nothing learns. Is the whole network frozen?")
    more = any(any(t) and not e for t, e in zip(told, expected, strict=True))
    require(not more, f"{found}: only the last layers learn.")
    freed = f"{found}. All of the last {free} learn. A layer that was frozen before is freed by "
    freed += "its own trainable, not by the network's."
    require([*map(all, told)] == expected, freed)
    kept = np.allclose(network(x), outputs, atol=1e-5)
    require(kept, "The network no longer answers as it did. Leave its layers as they are.")
    require(network.compiled, "The network is not compiled.")
    # On hard labels other losses have the same value; the least likely ones are far from uniform.
    soft = 0.8 * np.eye(3)[outputs.argmin(axis=1)] + 0.2 / 3
    entropy = -(soft * np.log(outputs)).sum(axis=1).mean()
    try:
        loss = float(network.compute_loss(x=x, y=soft, y_pred=outputs))
    except Exception:  # some losses want other labels
        loss = np.nan
    good = f'Its loss is {loss:.4f}, where "categorical_crossentropy" is {entropy:.4f}. '
    good += 'Compile with "categorical_crossentropy", after setting trainable.'
    require(np.isclose(loss, entropy, rtol=1e-3), good)
    if network.train_function is None:  # it is made when training starts, and so is up to date
        network.run_eagerly = True  # the same, without the time that tracing takes
    call(network.train_on_batch, x, y)
    moved = [not all(map(np.array_equal, old, layer.get_weights()))
             for old, layer in zip(before, dense, strict=True)]  # fmt: skip
    stale = f"With free={free} {moved} moved in training, expected {expected}. Keras reads "
    stale += "trainable when the training step is made: compile after setting it."
    require(moved == expected, stale + " A learning rate of 0 moves nothing." * (not any(moved)))


CHECK = {
    "freeze": check_freeze,
    "learning": Number(
        {
            640: "That counts the weights. The ten biases learn, too.",
            109_386: "Those are the parameters of all three layers. Two of them are frozen.",
        },
        say=lambda received: "Only the weights and the biases of the last layer learn.",
    ),
}
NOTICE = "The frozen layers still pass the signal on; they only get no update."
