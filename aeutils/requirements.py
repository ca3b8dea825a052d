"""Say in one sentence what an installation lacks, before something fails in forty lines."""

import sys
from importlib import metadata

# TensorFlow goes by another name where it is built for the CPU only.
_ALSO_AS = {"tensorflow": "tensorflow-cpu"}


class RequirementError(ImportError):
    """What is missing or too old; a notebook shows its one sentence and no traceback."""

    def _render_traceback_(self):  # IPython asks an exception for this
        return [f"{self}"]


def require_packages():
    """Raise `RequirementError` if Python or a package that the course needs does not fit."""
    mend = "Run 'pip install -r requirements.txt' in the folder of the course, then restart."
    if sys.version_info < (3, 11):  # noqa: UP036 - a copied folder has no installer to ask
        version = ".".join(map(str, sys.version_info[:2]))
        raise RequirementError(f"This is Python {version}; the course needs 3.11, 3.12 or 3.13.")
    try:
        from packaging.requirements import Requirement

        needed = map(Requirement, metadata.requires("aeutils") or [])
    except (ImportError, metadata.PackageNotFoundError):
        raise RequirementError(f"The course is not installed completely. {mend}") from None
    for package in needed:
        found = _version(package.name)
        if found is None:
            raise RequirementError(f"The package {package.name} is not installed. {mend}")
        if not package.specifier.contains(found, prereleases=True):
            raise RequirementError(
                f"{package.name} {found} is installed; the course needs {package.specifier}. {mend}"
            )


def _version(name):
    for name_here in (name, _ALSO_AS.get(name, name)):
        try:
            return metadata.version(name_here)
        except metadata.PackageNotFoundError:
            continue
    return None
