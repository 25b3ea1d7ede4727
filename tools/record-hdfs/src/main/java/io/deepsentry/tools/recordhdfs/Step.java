package io.deepsentry.tools.recordhdfs;

/** One thing a client does with its file, after a rest of {@code restMillis}. */
sealed interface Step {

    int restMillis();

    /**
     * Writes {@code bytes} in equal chunks; between chunks the data is flushed to the DataNodes and the client pauses.
     *
     * @param replaces whether the file exists and is written again from its beginning
     * @param readBack whether the file is read in the first pause too
     */
    record Write(int restMillis, boolean replaces, int bytes, int chunks, int pauseMillis, boolean readBack)
            implements Step {
        boolean paced() {
            return chunks > 1;
        }
    }

    /** How much of the file is read. */
    enum Extent {
        WHOLE,
        RANGE,
        BEGINNING
    }

    record Read(int restMillis, Extent extent, double from) implements Step {}

    record Rename(int restMillis, String to) implements Step {}

    record Delete(int restMillis) implements Step {}
}
