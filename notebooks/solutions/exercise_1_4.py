def dead_units(codes):
    # A relu is never negative, so a unit whose largest value is 0 never fired.
    return np.flatnonzero(np.max(codes, axis=0) == 0)


check("1.4", dead_units)
