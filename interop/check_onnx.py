"""Checks ONNX files that DeepSentry wrote: onnx.checker passes, and Python's onnxruntime gives the numbers that DeepSentry's gave.

    python check_onnx.py MODEL.onnx ...

Beside each MODEL.onnx lie MODEL_input.npy and MODEL_output.npy: what DeepSentry was given and what it predicted. Floats agree to 1e-5 x max(1, |y|), models in eight
bits to 1e-4 x max(1, |y|): a last bit can tip a rounding, and versions of onnxruntime differ in last bits.
"""

import sys

import numpy as np
import onnx
import onnxruntime

from results import Results


def check(path, model, precision):
    stem = path[: -len(".onnx")]
    onnx.checker.check_model(model, full_check=True)
    inputs, expected = np.load(stem + "_input.npy"), np.load(stem + "_output.npy")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    node = session.get_inputs()[0]
    found = session.run(None, {node.name: inputs.astype("int32" if "int32" in node.type else "float32")})[0]
    assert found.shape == expected.shape, f"gives {found.shape} instead of {expected.shape}"
    off = float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))
    assert off <= (1e-5 if precision == "float32" else 1e-4), f"is off by {off}"
    return off


def main(paths):
    results = {}
    for path in paths:
        model = onnx.load(path)
        precision = {entry.key: entry.value for entry in model.metadata_props}["deepsentry.precision"]
        if precision not in results:
            results[precision] = Results(f".onnx of DeepSentry, {precision}", f"onnxruntime {onnxruntime.__version__}")
        results[precision].run(path, lambda: check(path, model, precision))
    return all([each.write() for each in results.values()])


if __name__ == "__main__":
    assert sys.argv[1:], "name the models"
    sys.exit(0 if main(sys.argv[1:]) else 1)
