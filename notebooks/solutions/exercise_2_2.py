def freeze(network, free):
    # Every layer is told, the free ones too: one of them may have been frozen before, and
    # network.trainable = True would not reach it.
    for layer in network.layers:
        layer.trainable = layer in network.layers[-free:]
    # Keras makes the training step from what is trainable when it compiles, so compile comes last.
    network.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
    return network


check("2.2", freeze)
partly_frozen = freeze(classifier(parts), 1)
learning = sum(weights.size for weights in partly_frozen.layers[-1].get_weights())  # 64 x 10 + 10
print(f"{learning} of {partly_frozen.count_params():,} parameters learn")
