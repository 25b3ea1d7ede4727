"""Opens models that DeepSentry wrote in real Keras and TensorFlow, compares, and trains on.

    python check_models.py [--check NAME] MODEL ...

A MODEL is a .h5 or .keras file or a SavedModel folder; several may be named by a folder that holds them. Beside it lie MODEL_input.npy and
MODEL_output.npy (without the extension): what DeepSentry was given and what it predicted. The model must load, predict the same (to 1e-5 x max(1, |y|))
and, if it is a Keras file, train on: a step changes its weights, unless all gradients are 0. A .keras file without a .h5 of the same name means in Keras 2 what it does not mean
in Keras 3, which it is written for; Keras 2 passes over it. Keras 3 passes over a Bidirectional whose layers have different units. Ends with status 1 if one fails.
"""

import argparse
import json
import os
import sys
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import h5py
import keras
import numpy as np
import tensorflow as tf

from results import Results

MAJOR = int(keras.__version__.split(".")[0])
SAVED_MODEL = "SavedModel"


def kind(path):
    if os.path.exists(os.path.join(path, "saved_model.pb")):
        return SAVED_MODEL
    extension = os.path.splitext(path)[1]
    return extension if extension in (".h5", ".keras") else None


def has_unequal_halves(path):
    """Whether a Bidirectional has two layers of different size: Keras 3 takes both for as wide as the first, and loads no such model, not even its own."""
    if path.endswith(".h5"):
        with h5py.File(path) as file:
            config = json.loads(file.attrs["model_config"])
    else:
        with zipfile.ZipFile(path) as file:
            config = json.loads(file.read("config.json"))
    halves = [
        (layer["config"]["layer"], layer["config"].get("backward_layer") or layer["config"]["layer"])
        for layer in config["config"]["layers"]
        if layer["class_name"] == "Bidirectional"
    ]
    return any(forward["config"]["units"] != backward["config"]["units"] for forward, backward in halves)


def found(paths):
    """The models by kind."""
    models = {".h5": [], ".keras": [], SAVED_MODEL: []}
    for path in paths:
        for each in [path] if kind(path) else sorted(os.path.join(path, name) for name in os.listdir(path)):
            if MAJOR == 3 and kind(each) in (".h5", ".keras") and has_unequal_halves(each):
                continue
            if kind(each) == ".keras" and MAJOR == 2 and not os.path.exists(stem(each) + ".h5"):
                continue
            if kind(each):
                models[kind(each)].append(each)
    return {name: each for name, each in models.items() if each}


def stem(path):
    return path if kind(path) == SAVED_MODEL else os.path.splitext(path)[0]


def served(path, inputs):
    """What the signature of a SavedModel gives; Keras 3 opens it as a layer, too."""
    if MAJOR >= 3:
        layer = keras.layers.TFSMLayer(path, call_endpoint="serving_default")
        return np.asarray(layer(inputs)["output_0"])
    loaded = tf.saved_model.load(path)
    function = loaded.signatures["serving_default"]
    [name] = function.structured_input_signature[1]
    return function(**{name: tf.constant(inputs)})["output_0"].numpy()


def check(path):
    keras.backend.clear_session()
    inputs, expected = np.load(stem(path) + "_input.npy"), np.load(stem(path) + "_output.npy")
    if kind(path) == SAVED_MODEL:
        with open(stem(path) + "_type.txt") as file:
            return difference(served(path, inputs.astype(file.read().strip())), expected)
    model = keras.models.load_model(path, compile=False)
    outputs = model(inputs, training=False)
    off = difference(np.asarray(as_list(outputs)[0]), expected)
    if model.trainable_weights:
        train(model, inputs, expected + 0.5)
    return off


def as_list(outputs):
    return outputs if isinstance(outputs, (list, tuple)) else [outputs]


def difference(found, expected):
    assert found.shape == expected.shape, f"gives {found.shape} instead of {expected.shape}"
    off = float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected)), initial=0))
    assert off <= 1e-5, f"is off by {off}"
    return off


def train(model, inputs, targets):
    """One step, run as it is: compiling takes longer than everything else."""
    before = [w.copy() for w in model.get_weights()]
    others = [np.zeros([len(inputs), *output.shape[1:]], "float32") for output in model.outputs[1:]]
    model.compile("adam", "mse", run_eagerly=True)
    model.train_on_batch(inputs, [targets, *others] if others else targets)
    if all((a == b).all() for a, b in zip(before, model.get_weights())):
        # A softmax of one unit is 1 whatever the weights are: then, and only then, there is nothing to change.
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss = tf.reduce_mean((as_list(outputs)[0] - targets) ** 2)
        slopes = tape.gradient(loss, model.trainable_weights)
        assert not any(np.any(tf.convert_to_tensor(slope)) for slope in slopes if slope is not None), "a step of training changed nothing"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--check", default="models", help="what its row is called")
    arguments = parser.parse_args()
    good = True
    for name, paths in found(arguments.models).items():
        results = Results(f"{arguments.check} {name}", f"Keras {keras.__version__}")
        for path in paths:
            results.run(path, lambda path=path: check(path))
        good &= results.write()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
