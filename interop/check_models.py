"""Opens models that DeepSentry wrote in real Keras and compares.

    python check_models.py MODEL.h5 ...

Beside each MODEL.h5 lie MODEL_input.npy and MODEL_output.npy: what DeepSentry was given and what it predicted. The model must load, predict the same (to
1e-5 x max(1, |y|)), and train on: one step of fit changes its weights.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np


def check(path):
    stem = path[: -len(".h5")]
    inputs, expected = np.load(stem + "_input.npy"), np.load(stem + "_output.npy")
    model = keras.models.load_model(path, compile=False)
    found = model.predict(inputs, verbose=0)
    found = found[0] if isinstance(found, (list, tuple)) else found
    off = float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))
    assert found.shape == expected.shape and off <= 1e-5, f"{path}: {found.shape} {expected.shape} off by {off}"
    before = [w.copy() for w in model.get_weights()]
    model.compile("adam", "mse")
    model.fit(inputs, expected + 0.5, epochs=1, verbose=0)
    assert any((a != b).any() for a, b in zip(before, model.get_weights())), f"{path}: fit changed nothing"
    print(f"{path}: Keras {keras.__version__} agrees to {off:.2g} and trains on")


for model_path in sys.argv[1:]:
    check(model_path)
