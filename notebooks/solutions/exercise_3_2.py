def conv_cost(height, width, channels, kernel, filters):
    weights = kernel * kernel * channels * filters  # each kernel reaches through all channels
    # The size of the image does not matter for the parameters: one kernel serves all positions.
    # For the work it does: every weight is used once at each position.
    return weights + filters, height * width * weights


check("3.2", conv_cost)
