"""Opens models that DeepSentry wrote in real Keras and TensorFlow and compares.

    python check_models.py [--train-every N] [--without .keras] MODEL ...

A MODEL is a .h5 or .keras file or a SavedModel folder; several may be named by a folder that holds them. Beside it lie MODEL_input.npy and
MODEL_output.npy (without the extension): what DeepSentry was given and what it predicted. The model must load, predict the same (to 1e-5 x max(1, |y|))
and, if it is a Keras file, train on: one step of fit changes its weights. Every N-th is trained, by default each. Ends with status 1 if one fails.
"""

import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf

MAJOR = int(keras.__version__.split(".")[0])


def models(paths, without):
    for path in found(paths):
        if not (without and path.endswith(without)):
            yield path


def found(paths):
    for path in paths:
        if os.path.isdir(path) and not os.path.exists(os.path.join(path, "saved_model.pb")):
            for name in sorted(os.listdir(path)):
                inner = os.path.join(path, name)
                if name.endswith((".h5", ".keras")) or os.path.exists(os.path.join(inner, "saved_model.pb")):
                    yield inner
        else:
            yield path


def served(path, inputs):
    """What the signature of a SavedModel gives; Keras 3 opens it as a layer, too."""
    if MAJOR >= 3:
        layer = keras.layers.TFSMLayer(path, call_endpoint="serving_default")
        return np.asarray(layer(inputs)["output_0"])
    loaded = tf.saved_model.load(path)
    function = loaded.signatures["serving_default"]
    [name] = function.structured_input_signature[1]
    return function(**{name: tf.constant(inputs)})["output_0"].numpy()


def check(path, train):
    stem, extension = os.path.splitext(path)
    inputs, expected = np.load(stem + "_input.npy"), np.load(stem + "_output.npy")
    model = None
    if extension:
        model = keras.models.load_model(path, compile=False)
        found = model(inputs, training=False)
        found = np.asarray(found[0] if isinstance(found, (list, tuple)) else found)
    else:
        with open(stem + "_type.txt") as file:
            found = served(path, inputs.astype(file.read().strip()))
    assert found.shape == expected.shape, f"gives {found.shape} instead of {expected.shape}"
    off = float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected)), initial=0))
    assert off <= 1e-5, f"is off by {off}"
    if model is not None and train and model.trainable_weights:
        before = [w.copy() for w in model.get_weights()]
        model.compile("adam", "mse")
        model.fit(inputs, expected + 0.5, epochs=1, verbose=0)
        assert any((a != b).any() for a, b in zip(before, model.get_weights())), "fit changed nothing"
        return off, True
    return off, False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--train-every", type=int, default=1)
    parser.add_argument("--without", help="an extension to pass over, such as .keras, which is written for Keras 3")
    arguments = parser.parse_args()
    worst, count, trained, failed = 0.0, 0, 0, 0
    for number, path in enumerate(models(arguments.models, arguments.without)):
        keras.backend.clear_session()
        try:
            off, fitted = check(path, number % arguments.train_every == 0)
            worst, count, trained = max(worst, off), count + 1, trained + fitted
        except Exception as problem:  # whatever Keras raises is what is reported here
            failed += 1
            print(f"FAILED {path}: {type(problem).__name__}: {str(problem)[:500]}")
    print(f"Keras {keras.__version__}: {count} models agree to {worst:.2g}, {trained} of them trained on; {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
