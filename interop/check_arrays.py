"""Writes arrays for DeepSentry to convert, or checks what it wrote. Run it once with numpy 1 and once with numpy 2.

    python check_arrays.py write FOLDER    writes one matrix in every way that DeepSentry reads, and word ids
    python check_arrays.py read FOLDER     opens every .pkl, .npy and .npz in the folder, which must hold that matrix or those word ids
"""

import pickle
import sys
import warnings
from pathlib import Path

import numpy as np

from results import Results

warnings.simplefilter("error")

MATRIX = np.random.RandomState(7).normal(size=(50, 8)).astype("float32")
WORDS = {"<pad>": 0, "<unk>": 1, "block": 2, "gr\u00fc\u00dfe \U0001f600": 3, "x" * 300: 70000}


def load(path):
    if path.suffix == ".pkl":
        with open(path, "rb") as file:
            return pickle.load(file)
    loaded = np.load(path)
    return {name: loaded[name] for name in loaded.files} if path.suffix == ".npz" else loaded


def check(path):
    value = load(path)
    if path.name.startswith("words"):
        assert value == WORDS and list(value) == list(WORDS), value
        return None
    if isinstance(value, dict):
        assert len(value) == 1, value.keys()
        value = next(iter(value.values()))
    assert isinstance(value, np.ndarray) and value.dtype == np.float32, type(value)
    assert np.array_equal(value, MATRIX), "holds other numbers"
    value += 1  # whoever loads a pickle may write to its array
    return 0.0


def read(folder):
    good = True
    for extension in (".pkl", ".npy", ".npz"):
        results = Results(f"{extension} of DeepSentry", f"numpy {np.__version__}")
        for path in sorted(folder.glob(f"*{extension}")):
            results.run(path, lambda path=path: check(path))
        good &= results.write()
    return good


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "version.txt").write_text(f"numpy {np.__version__}")
    kinds = {
        "float32": MATRIX,
        "float64": MATRIX.astype("f8"),
        "big": MATRIX.astype(">f4"),
        "fortran": np.asfortranarray(MATRIX),
        "big_fortran64": np.asfortranarray(MATRIX.astype(">f8")),
    }
    for name, array in kinds.items():
        np.save(folder / f"{name}.npy", array)
        np.savez(folder / f"{name}.npz", array)
        for protocol in range(6):
            for form, value in (("array", array), ("list", list(array)), ("dict", {"vectors": array})):
                with open(folder / f"{name}_{form}_p{protocol}.pkl", "wb") as file:
                    pickle.dump(value, file, protocol=protocol)
    np.savez_compressed(folder / "compressed.npz", MATRIX)
    for protocol in range(6):
        with open(folder / f"words_p{protocol}.pkl", "wb") as file:
            pickle.dump(WORDS, file, protocol=protocol)
    print(f"numpy {np.__version__} wrote {len(list(folder.iterdir()))} files")
    return True


if __name__ == "__main__":
    sys.exit(0 if {"read": read, "write": write}[sys.argv[1]](Path(sys.argv[2])) else 1)
