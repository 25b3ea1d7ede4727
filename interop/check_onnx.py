"""Checks ONNX files that DeepSentry wrote: onnx.checker passes, and Python's onnxruntime gives the numbers that DeepSentry's gave.

    python check_onnx.py MODEL.onnx ...

Beside each MODEL.onnx lie MODEL_input.npy and MODEL_output.npy: what DeepSentry was given and what it predicted. Floats agree to 1e-5 x max(1, |y|), models in eight
bits to 1e-4 x max(1, |y|): a last bit can tip a rounding, and versions of onnxruntime differ in last bits.
"""

import sys

import numpy as np
import onnx
import onnxruntime


def check(path):
    stem = path[: -len(".onnx")]
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    precision = metadata["deepsentry.precision"]
    inputs, expected = np.load(stem + "_input.npy"), np.load(stem + "_output.npy")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    node = session.get_inputs()[0]
    found = session.run(None, {node.name: inputs.astype("int32" if "int32" in node.type else "float32")})[0]
    off = float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))
    allowed = 1e-5 if precision == "float32" else 1e-4
    assert found.shape == expected.shape and off <= allowed, f"{path}: {found.shape} {expected.shape} off by {off}"
    return precision, off


def main(paths):
    worst = {}
    for path in paths:
        precision, off = check(path)
        worst[precision] = max(off, worst.get(precision, 0.0))
        print(f"{path}: onnx {onnx.__version__} finds it well-formed, onnxruntime {onnxruntime.__version__} agrees to {off:.2g}")
    return worst


if __name__ == "__main__":
    assert sys.argv[1:], "name the models"
    main(sys.argv[1:])
