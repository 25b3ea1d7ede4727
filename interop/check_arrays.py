"""Checks arrays that DeepSentry wrote, or writes some to be read. Run it once with numpy 1 and once with numpy 2.

    python check_arrays.py read FOLDER     opens every .pkl, .npy and .npz in the folder and compares it with the others of the same stem
    python check_arrays.py write FOLDER    writes one matrix in every way that DeepSentry reads
"""

import pickle
import sys
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("error")


def load(path):
    if path.suffix == ".pkl":
        with open(path, "rb") as file:
            return pickle.load(file)
    loaded = np.load(path)
    return {name: loaded[name] for name in loaded.files} if path.suffix == ".npz" else loaded


def single(value):
    if isinstance(value, dict):
        assert len(value) == 1, value.keys()
        value = next(iter(value.values()))
    assert isinstance(value, np.ndarray) and value.dtype == np.float32, type(value)
    return value


def read(folder):
    stems = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".pkl", ".npy", ".npz"):
            stems.setdefault(path.stem, {})[path.suffix] = single(load(path))
    assert stems, f"nothing to read in {folder}"
    for stem, forms in stems.items():
        first = next(iter(forms.values()))
        assert all(np.array_equal(first, other) for other in forms.values()), stem
        print(f"numpy {np.__version__} reads {stem} {first.shape} from {' '.join(forms)}, all alike")


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    matrix = np.random.RandomState(7).normal(size=(50, 8)).astype("float32")
    kinds = {"float32": matrix, "float64": matrix.astype("f8"), "big": matrix.astype(">f4"), "fortran": np.asfortranarray(matrix)}
    for name, array in kinds.items():
        np.save(folder / f"{name}.npy", array)
        np.savez(folder / f"{name}.npz", array)
        for protocol in range(6):
            for form, value in (("array", array), ("list", list(array)), ("dict", {"vectors": array})):
                with open(folder / f"{name}_{form}_p{protocol}.pkl", "wb") as file:
                    pickle.dump(value, file, protocol=protocol)
    np.savez_compressed(folder / "compressed.npz", matrix)
    print(f"numpy {np.__version__} wrote {len(list(folder.iterdir()))} files")


if __name__ == "__main__":
    {"read": read, "write": write}[sys.argv[1]](Path(sys.argv[2]))
