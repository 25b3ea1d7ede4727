"""Writes the fixtures that the Java tests read: small models of every supported layer, made and run by real Keras.

    python keras_fixtures.py OUTPUT_FOLDER
    python keras_fixtures.py --saved-models OUTPUT_FOLDER

Each model NAME becomes kerasN_NAME.h5 with kerasN_NAME_input.npy and kerasN_NAME_output.npy (kerasN_NAME_output_1.npy for a second output),
where N is the major version of the Keras that runs this.
"""

import os
import shutil
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import keras
from keras import layers

STEPS, FEATURES = 6, 5
MAJOR = int(keras.__version__.split(".")[0])


def ids(rows=4, steps=STEPS, words=11):
    drawn = np.random.RandomState(3).randint(1, words, (rows, steps)).astype("int32")
    for row, length in enumerate((steps, 3, 1, 4)):
        drawn[row, length:] = 0
    drawn[3, 1] = 0  # padding in the middle too
    return drawn


def values(rows=4, steps=STEPS, features=FEATURES):
    return np.random.RandomState(5).normal(size=(rows, steps, features)).astype("float32")


def padded():
    drawn = values()
    drawn[1, 3:] = 0
    drawn[2, 0] = 0
    drawn[3, :] = 0
    return drawn


def sequential(*parts):
    return keras.Sequential(list(parts))


def bidirectional(mode, sequences):
    return sequential(
        keras.Input((STEPS, FEATURES)),
        layers.Masking(0.0),
        layers.Bidirectional(layers.LSTM(3, return_sequences=sequences), merge_mode=mode),
    )


def detector():
    window = keras.Input((STEPS, FEATURES), name="window")
    forward, backward = layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode=None)(window)
    before = layers.ZeroPadding1D((1, 0))(layers.Cropping1D((0, 1))(forward))
    after = layers.ZeroPadding1D((0, 1))(layers.Cropping1D((1, 0))(backward))
    return keras.Model(window, layers.Dense(FEATURES)(layers.Concatenate()([before, after])))


def autoencoder():
    words = keras.Input((STEPS,), dtype="int32", name="ids")
    embedded = layers.Embedding(11, 5, mask_zero=True)(words)
    encoded = layers.Dense(4, activation="tanh")(layers.LSTM(6)(layers.Dropout(0.2)(embedded)))
    decoded = layers.LSTM(6, return_sequences=True)(layers.RepeatVector(STEPS)(encoded))
    return keras.Model(words, layers.TimeDistributed(layers.Dense(11, activation="softmax"))(decoded))


def two_outputs():
    window = keras.Input((STEPS, FEATURES), name="window")
    return keras.Model(window, layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode=None)(window))


MODELS = {
    "dense": lambda: (
        sequential(
            keras.Input((FEATURES,)),
            layers.Dense(7, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(3, activation="softmax", use_bias=False),
        ),
        values()[:, 0],
    ),
    "masked_lstm": lambda: (
        sequential(
            keras.Input((STEPS,), dtype="int32"),
            layers.Embedding(11, 5, mask_zero=True),
            layers.LSTM(4, return_sequences=True),
            layers.LSTM(3),
        ),
        ids(),
    ),
    "masked_sequence": lambda: (
        sequential(
            keras.Input((STEPS,), dtype="int32"),
            layers.Embedding(11, 5, mask_zero=True),
            layers.LSTM(4, return_sequences=True),
            layers.TimeDistributed(layers.Dense(3, activation="sigmoid")),
            layers.LSTM(3, return_sequences=True, go_backwards=True),
        ),
        ids(),
    ),
    "backwards": lambda: (
        sequential(
            keras.Input((STEPS, FEATURES)),
            layers.LSTM(
                4,
                return_sequences=True,
                go_backwards=True,
                use_bias=False,
                activation="relu",
                recurrent_activation="hard_sigmoid",
            ),
        ),
        values(),
    ),
    "concat": lambda: (bidirectional("concat", True), padded()),
    "sum": lambda: (bidirectional("sum", True), padded()),
    "mul": lambda: (bidirectional("mul", False), padded()),
    "ave": lambda: (bidirectional("ave", False), padded()),
    "two_outputs": lambda: (two_outputs(), values()),
    "detector": lambda: (detector(), values()),
    "autoencoder": lambda: (autoencoder(), ids()),
    "unsupported": lambda: (
        sequential(
            keras.Input((STEPS, FEATURES)),
            layers.Conv1D(3, 2, name="convolved"),
            layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True), name="both_ways"),
            layers.GlobalMaxPooling1D(name="pooled"),
        ),
        values(),
    ),
    "stateful": lambda: (
        sequential(keras.Input((STEPS, FEATURES), batch_size=4), layers.LSTM(3, stateful=True, name="remembers")),
        values(),
    ),
}


def saved_models(folder):
    """Two SavedModels, packed: Keras 2 writes megabytes of repetition."""
    ids_type = "int32" if MAJOR >= 3 else None  # Keras 2 takes ids as floats where no type is named
    words = keras.Input((6,), dtype=ids_type, name="ids")
    hidden = layers.LSTM(3)(layers.Embedding(11, 5, mask_zero=True)(words))
    window = keras.Input((5, 4), name="window")
    both = layers.Bidirectional(layers.GRU(3, return_sequences=True))(window)
    for name, model, inputs in (
        ("encoder", keras.Model(words, layers.Dense(4, activation="tanh")(hidden)), ids()),
        ("detector", keras.Model(window, layers.Dense(4)(both)), values(steps=5, features=4)),
    ):
        path = os.path.join(folder, f"keras{MAJOR}_savedmodel_{name}")
        if MAJOR >= 3:
            model.export(path, verbose=False)
        else:
            model.save(path)
        np.save(path + "_input.npy", inputs.astype("float32"))
        np.save(path + "_output.npy", model.predict(inputs, verbose=0))
        shutil.make_archive(path, "zip", path)
        shutil.rmtree(path)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    for name, make in MODELS.items():
        keras.utils.set_random_seed(7)
        model, inputs = make()
        # Biases and masks hide behind zeros: give every weight some value.
        random = np.random.RandomState(11)
        model.set_weights([w + random.normal(scale=0.2, size=w.shape).astype("float32") for w in model.get_weights()])
        outputs = model.predict(inputs, verbose=0)
        path = os.path.join(folder, f"keras{MAJOR}_{name}")
        model.save(path + ".h5")
        np.save(path + "_input.npy", inputs.astype("float32"))  # ids too: the readers know float32 only
        for place, output in enumerate(outputs if isinstance(outputs, (list, tuple)) else [outputs]):
            np.save(path + ("_output.npy" if place == 0 else f"_output_{place}.npy"), output)
        print(name, inputs.shape, os.path.getsize(path + ".h5"), "bytes")


if __name__ == "__main__":
    if sys.argv[1] == "--saved-models":
        saved_models(sys.argv[2])
    else:
        main(sys.argv[1])
