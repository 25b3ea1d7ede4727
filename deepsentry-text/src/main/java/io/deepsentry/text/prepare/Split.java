package io.deepsentry.text.prepare;

import java.util.Locale;

/** The three parts of a prepared data set. */
public enum Split {
    /** What the models learn from. */
    TRAIN,
    /** What tells when they have learnt enough, and where normal ends. */
    VAL,
    /** What they are judged on. */
    TEST;

    /** {@return the beginning of the names of this part's files} */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return the name of the file of masked messages} */
    public String textFile() {
        return key() + ".txt";
    }

    /** {@return the name of the file that says where each message came from} */
    public String indexFile() {
        return key() + "_index.jsonl.gz";
    }

    /** The name of the file of origins once unpacked, which is how earlier versions wrote it. */
    String unpackedIndexFile() {
        return key() + "_index.jsonl";
    }

    /** {@return the name of the file of the values of each message} */
    public String valuesFile() {
        return key() + "_values.bin";
    }

    /** {@return the name of the file of vectors} */
    public String encodedFile() {
        return key() + "_encoded.pkl";
    }
}
