"""Writes models of random architectures with what Keras predicts, for DeepSentry to read and to compare with.

    python random_models.py OUTPUT_FOLDER [--count 200] [--seed 1] [--only 17,23] [--saved-models 20]

Model number N becomes kK_N.h5 and kK_N.keras with kK_N_input.npy and kK_N_output.npy, where K is the major version of the Keras that runs this; the
first ones become SavedModel folders kK_N, too. The same count and seed give the same architectures and weights with the same version of Keras. Every option that DeepSentry says it reads is drawn somewhere; the
last line says how often each was.
"""

import argparse
import collections
import os
import random
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
from keras import layers

MAJOR = int(keras.__version__.split(".")[0])
ROWS = 5
# Functions that stay small when a recurrence applies them again and again.
BOUNDED = ["tanh", "sigmoid", "hard_sigmoid", "softsign", "softmax"]
ANY = BOUNDED + ["linear", "relu", "softplus", "elu", "selu", "gelu", "swish", "mish", "exponential"]


class Draw:
    """Draws one model."""

    def __init__(self, seed, used):
        self.random = random.Random(seed)
        self.used = used
        self.names = collections.Counter()

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, *choices):
        return self.random.choice(choices)

    def note(self, what):
        self.used[what] += 1
        return what

    def name(self, kind):
        self.names[kind] += 1
        return f"{kind}_{self.names[kind]}"

    def recurrent(self, kind, units, sequences, backwards=False):
        options = {"use_bias": not self.chance(0.2)}
        if self.chance(0.5):
            options["activation"] = self.random.choice(BOUNDED + ["relu", "elu", "gelu", "swish", "softplus", "linear"])
            options["recurrent_activation"] = self.random.choice(BOUNDED)
            self.note(f"recurrent {options['activation']}")
            self.note(f"gates {options['recurrent_activation']}")
        if kind == "LSTM":
            options["unit_forget_bias"] = not self.chance(0.3)
            self.note(f"unit_forget_bias={options['unit_forget_bias']}")
        else:
            options["reset_after"] = self.chance(0.6)
            self.note(f"reset_after={options['reset_after']}")
        if self.chance(0.2):
            options["dropout"] = options["recurrent_dropout"] = 0.1
        self.note(f"{kind} use_bias={options['use_bias']}")
        made = layers.LSTM if kind == "LSTM" else layers.GRU
        return made(units, return_sequences=sequences, go_backwards=backwards, name=self.name(kind.lower()), **options)

    def bidirectional(self, sequences, modes):
        kind = self.pick("LSTM", "GRU")
        mode = self.random.choice(modes)
        units = self.random.randint(1, 4)
        backwards = self.chance(0.15)
        options = {}
        # Keras 3 makes no backward layer for a forward one that reads backwards.
        if self.chance(0.4) or (backwards and MAJOR == 3):
            other = self.pick("LSTM", "GRU")
            other_units = self.random.randint(1, 4)
            # Keras 3 takes both directions to be of one size.
            if MAJOR == 3 or mode not in ("concat", None):
                other_units = units
            options["backward_layer"] = self.recurrent(other, other_units, sequences, not backwards)
            self.note("backward_layer of its own")
        self.note(f"Bidirectional {mode}")
        return layers.Bidirectional(
            self.recurrent(kind, units, sequences, backwards),
            merge_mode=mode,
            name=self.name("bidirectional"),
            **options,
        )

    def dense(self):
        activation = self.random.choice(ANY)
        self.note(f"dense {activation}")
        return layers.Dense(
            self.random.randint(1, 6), activation=activation, use_bias=not self.chance(0.2), name=self.name("dense")
        )

    def normalization(self):
        self.note("LayerNormalization")
        # A far smaller epsilon than the default 1e-3 magnifies rounding: with 1e-5 over two features, one model in 400 came 3.4e-5 apart.
        return layers.LayerNormalization(
            epsilon=self.pick(1e-3, 1e-2, 0.1),
            center=not self.chance(0.2),
            scale=not self.chance(0.2),
            name=self.name("normalization"),
        )

    def activation(self):
        activation = self.random.choice(ANY)
        self.note(f"Activation {activation}")
        return layers.Activation(activation, name=self.name("activation"))

    def noise(self, sequence):
        kind = self.random.choice(["Dropout", "GaussianDropout", "AlphaDropout", "GaussianNoise"] + ["SpatialDropout1D"] * sequence)
        self.note(kind)
        return getattr(layers, kind)(0.3, name=self.name("noise"))

    def distributed(self):
        inner = self.random.choice([self.dense, self.dense, self.activation, self.normalization])()
        self.note("TimeDistributed")
        return layers.TimeDistributed(inner, name=self.name("distributed"))

    def on_sequence(self, x, sequential):
        """One more layer on a sequence, or a branch that comes together again."""
        steps = x.shape[1]
        choice = self.random.random()
        if choice < 0.25:
            return self.recurrent(
                self.pick("LSTM", "GRU"), self.random.randint(1, 6), True, self.note_if("go_backwards", self.chance(0.25))
            )(x)
        if choice < 0.45:
            modes = ["concat", "sum", "mul", "ave"] + ([] if sequential else [None, None])
            both = self.bidirectional(True, modes)
            if both.merge_mode is not None:
                return both(x)
            first, second = both(x)
            return self.joined([second, first])
        if choice < 0.55:
            return self.dense()(x)
        if choice < 0.62:
            return self.distributed()(x)
        if choice < 0.68:
            return self.noise(True)(x)
        if choice < 0.76:
            return self.normalization()(x)
        if choice < 0.80:
            return self.activation()(x)
        if choice < 0.84 and steps > 2:
            self.note("Cropping1D")
            return layers.Cropping1D(self.pick((1, 0), (0, 1), 1 if steps > 3 else (1, 0)), name=self.name("cropping"))(x)
        if choice < 0.88:
            self.note("ZeroPadding1D")
            return layers.ZeroPadding1D(self.pick((1, 0), (0, 2), 1), name=self.name("padding"))(x)
        if choice < 0.91:
            self.note("Masking later")
            return layers.Masking(0.0, name=self.name("masking"))(x)
        if sequential:
            return self.dense()(x)
        branches = [self.on_sequence(x, True) for _ in range(self.random.randint(1, 2))]
        return self.joined([x] + [branch for branch in branches if branch.shape[1] == steps])

    def note_if(self, what, flag):
        if flag:
            self.note(what)
        return flag

    def joined(self, parts):
        if len(parts) < 2:
            return parts[0]
        if all(tuple(part.shape) == tuple(parts[0].shape) for part in parts) and self.chance(0.6):
            self.note("Add")
            return layers.Add(name=self.name("add"))(parts)
        self.note("Concatenate")
        return layers.Concatenate(axis=self.pick(-1, len(parts[0].shape) - 1), name=self.name("concatenate"))(parts)

    def on_vector(self, x, sequential):
        choice = self.random.random()
        if choice < 0.45:
            return self.dense()(x)
        if choice < 0.6:
            return self.normalization()(x)
        if choice < 0.7:
            return self.noise(False)(x)
        if choice < 0.8:
            return self.activation()(x)
        if sequential:
            return self.dense()(x)
        branch = self.dense()(x)
        return self.joined([x, branch])

    def model(self):
        steps, features = self.random.randint(2, 7), self.random.randint(1, 5)
        kind = self.pick("ids", "ids", "window", "window", "window", "vector")
        sequential = self.chance(0.4)
        if kind == "ids":
            words = self.random.randint(4, 12)
            dtype = self.pick("int32", "float32")
            inputs = keras.Input((steps,), dtype=dtype, name="ids")
            masked = self.chance(0.7)
            self.note(f"Embedding mask_zero={masked}")
            x = layers.Embedding(words, self.random.randint(1, 5), mask_zero=masked, name="embedding")(inputs)
            data = self.ids(steps, words)
        elif kind == "window":
            inputs = keras.Input((steps, features), name="window")
            x = inputs
            if self.chance(0.4):
                value = self.pick(0.0, -1.0)
                self.note("Masking")
                x = layers.Masking(value, name="masking")(x)
                data = self.window(steps, features, value)
            else:
                data = self.window(steps, features, None)
        else:
            inputs = keras.Input((features,), name="vector")
            x = inputs
            data = np.random.RandomState(self.random.randrange(10**6)).normal(size=(ROWS, features)).astype("float32")
        for _ in range(self.random.randint(1, 3)):
            x = self.on_sequence(x, sequential) if len(x.shape) == 3 else self.on_vector(x, sequential)
        if len(x.shape) == 3 and self.chance(0.6):
            if self.chance(0.5):
                x = self.bidirectional(False, ["concat", "sum", "mul", "ave"])(x)
            else:
                x = self.recurrent(self.pick("LSTM", "GRU"), self.random.randint(1, 6), False, self.chance(0.2))(x)
            if self.chance(0.5):
                x = self.on_vector(x, sequential)
        if len(x.shape) == 2 and self.chance(0.4):
            self.note("RepeatVector")
            x = layers.RepeatVector(self.random.randint(1, 5), name="repeat")(x)
            for _ in range(self.random.randint(1, 2)):
                x = self.on_sequence(x, sequential)
        if x is inputs:
            x = self.dense()(x)
        model = keras.Model(inputs, x, name="functional")
        if sequential:
            self.note("Sequential")
            model = keras.Sequential([inputs] + [layer for layer in model.layers if type(layer) in KNOWN], name="sequential")
        else:
            self.note("Functional")
        numbers = np.random.RandomState(self.random.randrange(10**6))
        model.set_weights([w + numbers.normal(scale=0.3, size=w.shape).astype("float32") for w in model.get_weights()])
        return model, data

    def ids(self, steps, words):
        numbers = np.random.RandomState(self.random.randrange(10**6))
        drawn = numbers.randint(1, words, (ROWS, steps)).astype("int32")
        drawn[1, steps // 2 :] = 0  # padded at the end
        drawn[2, : steps // 2] = 0  # at the start
        drawn[3, numbers.rand(steps) < 0.4] = 0  # anywhere
        drawn[4, :] = 0  # nothing but padding
        return drawn

    def window(self, steps, features, padding):
        numbers = np.random.RandomState(self.random.randrange(10**6))
        drawn = numbers.normal(size=(ROWS, steps, features)).astype("float32")
        if padding is not None:
            drawn[1, steps // 2 :] = padding
            drawn[2, : steps // 2] = padding
            drawn[3, numbers.rand(steps) < 0.4] = padding
            drawn[4, :] = padding
        return drawn


# In Keras 3 a functional model with masks lists operations beside its layers.
KNOWN = {
    getattr(layers, name)
    for name in """Embedding LSTM GRU Bidirectional Dense Activation Dropout SpatialDropout1D GaussianDropout AlphaDropout GaussianNoise
        LayerNormalization RepeatVector TimeDistributed Add Concatenate Cropping1D ZeroPadding1D Masking""".split()
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--saved-models", type=int, default=0, help="how many of the first ones to save as SavedModel, too")
    parser.add_argument("--only", help="numbers of models, separated by commas")
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    chosen = {int(number) for number in arguments.only.split(",")} if arguments.only else None
    used = collections.Counter()
    with open(os.path.join(arguments.folder, f"k{MAJOR}_version.txt"), "w") as file:
        file.write(f"Keras {keras.__version__}")
    for number in range(arguments.count):
        if chosen is not None and number not in chosen:
            continue
        keras.backend.clear_session()
        model, data = Draw(zlib.crc32(f"{arguments.seed}/{number}".encode()), used).model()
        # One batch of all rows, run as it is: compiling takes longer than everything else.
        found = np.asarray(model(data, training=False))
        path = os.path.join(arguments.folder, f"k{MAJOR}_{number:03d}")
        model.save(path + ".h5")
        model.save(path + ".keras")
        if number < arguments.saved_models:
            if MAJOR >= 3:
                model.export(path, verbose=False)
            else:
                model.save(path)
        np.save(path + "_input.npy", data.astype("float32"))
        np.save(path + "_output.npy", found)
    print(f"Keras {keras.__version__}: wrote {len(chosen or range(arguments.count))} models to {arguments.folder}")
    print("drawn: " + ", ".join(f"{what} {count}" for what, count in sorted(used.items())))


if __name__ == "__main__":
    main()
