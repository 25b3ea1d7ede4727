package io.deepsentry.live;

/** How the messages of one session are scored, one after the other. */
interface SessionScoring {
    /** A session without messages. */
    Running begin();

    /** The score of a session that goes on. */
    interface Running {
        /** The score with one more message, by what is known of the session so far. */
        double add(float[] vector);

        /** The score if the session ended here. It may still go on. */
        double ended();
    }
}
