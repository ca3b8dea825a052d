import ipywidgets


def walk_code(encoder, decoder, stops, t):
    codes = encoder(stops)
    first = min(int(t), len(stops) - 2)  # the last stop has no next one
    part = t - first
    return decoder((1 - part) * codes[first : first + 1] + part * codes[first + 1 : first + 2])


check("1.5", walk_code)
stops = to_vectors(test_images[[4, 6, 7, 0]])
ipywidgets.interact(
    lambda t: show_digits(walk_code(encoder, decoder, stops, t)),
    t=ipywidgets.FloatSlider(1.5, min=0, max=3, step=0.05),
)
