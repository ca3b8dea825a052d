"""Write the course's address, which pyproject.toml holds, wherever it is needed.

Usage:  python tests/tools/address.py [OWNER/REPOSITORY]
        python tests/tools/address.py --check

With an argument, that becomes the address in pyproject.toml first. --check changes nothing, and
fails with one sentence if a link leads elsewhere, or if the address is still the placeholder while
this runs on GitHub for a public repository (the workflow sets PRIVATE to "false").
"""

import os
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACEHOLDER = "OWNER/REPOSITORY"
NAME = r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+?"
COMMAND = "python tests/tools/address.py OWNER/REPOSITORY"

# Where an address stands: what is before it, and what is after it.
PLACES = [
    (r"git\+https://github\.com/", r"(?=[\"'`\s)]|\\n|\\\"|$)"),
    (r"git clone https://github\.com/", r"(?=\s|`|$)"),
    (r"https://github\.com/", r"(?=/archive/refs/heads/main\.zip)"),
    (r"mybinder\.org/v2/gh/", r"(?=/main)"),
    (r"colab\.research\.google\.com/github/", r"(?=/blob/main/)"),
    (r"(?m:^repository-code: \")https://github\.com/", r"(?=\")"),
    (r"(?m:^Repository = \")https://github\.com/", r"(?=\")"),
]
SITE = re.compile(r"https://[A-Za-z0-9-]+\.github\.io/[A-Za-z0-9._-]+/")  # not in notebooks


def files(root):
    """Every file that holds an address."""
    named = ["README.md", "pyproject.toml", ".github/CITATION.cff"]
    return [root / name for name in named] + sorted(root.glob("notebooks/*.ipynb"))


def address(root=ROOT):
    """The address in pyproject.toml, as OWNER/REPOSITORY."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removeprefix("https://github.com/")


def with_address(path, name):
    """The text of a file, and the same with `name` as every address in it."""
    text = new = path.read_text(encoding="utf-8")
    for before, after in PLACES:
        new = re.sub(f"({before}){NAME}{after}", rf"\g<1>{name}", new)
    if path.suffix != ".ipynb":  # a notebook may cite pages of others
        owner, repository = name.split("/")
        new = SITE.sub(f"https://{owner.lower()}.github.io/{repository}/", new)
    return text, new


def write(name, root=ROOT):
    """Write the address into every file, and return those that changed."""
    changed = []
    for path in files(root):
        text, new = with_address(path, name)
        if new != text:
            path.write_text(new, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def complaint(root=ROOT, environment=os.environ):
    """One sentence about what is wrong with the addresses, or None."""
    name = address(root)
    for path in files(root):
        text, new = with_address(path, name)
        if new != text:
            return (
                f"{path.relative_to(root)} holds another address than pyproject.toml: "
                f"run 'python tests/tools/address.py'."
            )
    public = environment.get("GITHUB_REPOSITORY") and environment.get("PRIVATE") == "false"
    if name == PLACEHOLDER and public:
        here = environment["GITHUB_REPOSITORY"]
        command = COMMAND.replace(PLACEHOLDER, here)
        return f"The links still lead to {PLACEHOLDER}: run '{command}' and commit the result."
    return None


def main(arguments):
    if arguments == ["--check"]:
        return complaint()
    if len(arguments) > 1 or (arguments and not re.fullmatch(NAME, arguments[0])):
        return f"This takes one address, such as {PLACEHOLDER}; {' '.join(arguments)} is none."
    for path in write(arguments[0] if arguments else address()):
        print(f"{path.relative_to(ROOT)}: written")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
