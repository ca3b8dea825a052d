import ipywidgets


def make_detector(autoencoder, known, share):
    def measure(images):
        images = np.asarray(images)
        errors = np.mean((images - np.asarray(autoencoder(images))) ** 2, axis=1)
        return errors, np.mean(images, axis=1)

    # Fixed once, from images known to be ordinary. Thresholds taken from the images under test
    # would call the same share of anything strange.
    errors, ink = measure(known)
    middle = np.median(ink)
    thin_threshold = np.quantile(errors[ink <= middle], 1 - share)
    bold_threshold = np.quantile(errors[ink > middle], 1 - share)

    def detector(images):
        errors, ink = measure(images)
        return errors > np.where(ink > middle, bold_threshold, thin_threshold)

    return detector


check("1.6", make_detector)


# On test digits the halves come out nearer to each other, though not equal: the validation digits,
# from which the thresholds are taken, are a little harder to reconstruct.
def false_alarms(share):
    ordinary, known = np.asarray(x_test), np.asarray(x_val)
    bold = ordinary.mean(axis=1) > np.median(known.mean(axis=1))
    fair = make_detector(autoencoder, known, share)(ordinary)
    known_errors = np.mean((known - np.asarray(autoencoder(known))) ** 2, axis=1)
    errors = np.mean((ordinary - np.asarray(autoencoder(ordinary))) ** 2, axis=1)
    single = errors > np.quantile(known_errors, 1 - share)
    for name, strange in {"one threshold": single, "two thresholds": fair}.items():
        print(f"{name:14}  thin {strange[~bold].mean():.1%}  bold {strange[bold].mean():.1%}")


ipywidgets.interact(
    false_alarms,
    share=ipywidgets.FloatSlider(0.05, min=0.01, max=0.3, step=0.01, continuous_update=False),
)
