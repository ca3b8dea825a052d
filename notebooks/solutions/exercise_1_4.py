def sort_units(codes):
    fires = np.asarray(codes) > 0
    dead = np.flatnonzero(~np.any(fires, axis=0))
    always = np.flatnonzero(np.all(fires, axis=0))
    return dead, always


check("1.4", sort_units)
dead, always = sort_units(encoder(x_train))
print(f"{len(dead)} units are dead, {len(always)} always on, {32 - len(dead) - len(always)} switch")
