package io.deepsentry.live.internal.state;

/** What a failure of the system says, in words. */
public final class IoErrors {
    private IoErrors() {}

    public static String describe(Exception failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
