package io.deepsentry.live;

/** The score of one session, whose messages come one after the other. */
interface SessionScoring {
    /** The score with one more message, by what is known of the session so far. */
    double add(float[] vector);

    /** The score if the session ended here. It may still go on. */
    double ended();
}
