"""Hypothesis as these tests use it: the same cases every time, and no limit on a busy machine."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "course", max_examples=9, deadline=None, derandomize=True, database=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller example would take minutes to find
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
settings.load_profile("course")
