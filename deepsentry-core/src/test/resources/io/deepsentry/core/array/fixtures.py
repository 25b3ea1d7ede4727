"""Writes the files beside it, as Python programs write them. Run once with numpy 1 and once with numpy 2:

    python fixtures.py

The files hold what PickleTest and NpyTest expect; names end in the major version of numpy where that matters.
"""

import collections
import os
import pickle

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
major = np.__version__.split(".")[0]
matrix = np.arange(12, dtype=np.float32).reshape(3, 4) / 8


def dump(name, value, protocol):
    with open(os.path.join(here, name), "wb") as file:
        pickle.dump(value, file, protocol=protocol)


def save(name, array, version=None):
    with open(os.path.join(here, name), "wb") as file:
        np.lib.format.write_array(file, np.asanyarray(array), version=version)


for protocol in range(6):
    dump(f"matrix_p{protocol}_numpy{major}.pkl", matrix, protocol)
    dump(f"double_fortran_p{protocol}_numpy{major}.pkl", np.asfortranarray(matrix.astype(np.float64)), protocol)
    dump(f"words_p{protocol}.pkl", {"<pad>": 0, "<unk>": 1, "block": 2, "gr\u00fc\u00dfe \U0001f600": 300, "x" * 300: 70000}, protocol)
    dump(f"big_endian_p{protocol}_numpy{major}.pkl", matrix.astype(">f4"), protocol)
    dump(f"rows_p{protocol}_numpy{major}.pkl", [row for row in matrix], protocol)
    dump(f"empty_p{protocol}_numpy{major}.pkl", np.zeros((0, 4), np.float32), protocol)

dump(f"numpy_ids_numpy{major}.pkl", {"a": np.int64(0), "b": np.int32(1), "c": np.uint8(200)}, 4)
dump(f"scalars_numpy{major}.pkl", [np.float32(0.5), np.float64(0.25), np.bool_(True), np.uint64(2**64 - 1)], 4)
dump("values.pkl", [1, -1, 2**40, -(2**80), 1.5, True, None, "text", ("tuple", [2]), {"key": 1.0}], 4)
dump("values_p0.pkl", [1, -1, 2**40, -(2**80), 1.5, True, None, "text", ("tuple", [2]), {"key": 1.0}], 0)
dump("cube.pkl", np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)), 4)
dump("vector.pkl", np.arange(5, dtype=np.float32), 4)
dump("python_floats.pkl", [[1.0, 2.0], [3.0, 4.0]], 4)
dump("integers.pkl", np.arange(3), 4)
dump(f"arrays_numpy{major}.pkl", {"a": matrix, "b": np.arange(5, dtype=np.int32)}, 4)
dump("too_wide_integer.pkl", np.array([1, 2**24 + 1]), 4)
dump("objects.pkl", np.array(["a", None], dtype=object), 4)
dump("too_wide.pkl", np.array([1e300]), 4)
dump("ragged.pkl", [np.zeros(2, np.float32), np.zeros(3, np.float32)], 4)
dump("refused_ordered_dict.pkl", collections.OrderedDict(a=1), 4)
dump("refused_set.pkl", {"a"}, 4)


class Command:
    def __reduce__(self):
        return os.system, ("touch /tmp/deepsentry-was-here",)


for protocol in range(6):
    dump(f"refused_command_p{protocol}.pkl", Command(), protocol)

itself = []
itself.append(itself)
dump("contains_itself.pkl", itself, 4)
deep = []
for _ in range(150):
    deep = [deep]
dump("deep.pkl", deep, 4)

save("matrix_v1.npy", matrix, (1, 0))
save("matrix_v2.npy", matrix, (2, 0))
save("matrix_v3.npy", matrix, (3, 0))
save("double_fortran.npy", np.asfortranarray(matrix.astype(np.float64)))
save("big_endian.npy", matrix.astype(">f4"))
save("double_big_endian.npy", matrix.astype(">f8"))
save("vector.npy", np.arange(5, dtype=np.float32))
save("scalar.npy", np.float32(0.5))
save("empty.npy", np.zeros((0, 4), np.float32))
save("cube_fortran.npy", np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)))
save("integers.npy", np.arange(3))
for kind in ("i1", "u1", ">i2", "<u2", ">i4", "u4", "i8", ">u8", "?", "f2", ">f2"):
    save(f"numbers_{kind.replace('>', 'big_').replace('<', '').replace('?', 'bool')}.npy", np.array([0, 1], dtype=kind))
save("halves.npy", np.array([1.5, -2, 0, 65504, 2**-24, 2**-14, np.inf, -np.inf, -0.0], dtype="f2"))
save("negative.npy", np.array([-128, 127], dtype="i1"))
save("unsigned.npy", np.array([255, 128], dtype="u1"))
np.savez(os.path.join(here, f"arrays_numpy{major}.npz"), a=matrix, b=np.arange(5, dtype=np.int32))
np.savez_compressed(os.path.join(here, f"compressed_numpy{major}.npz"), a=np.asfortranarray(matrix.astype(">f8")), b=np.arange(5))
np.savez(os.path.join(here, "one.npz"), matrix)
save("structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<f4")]))
