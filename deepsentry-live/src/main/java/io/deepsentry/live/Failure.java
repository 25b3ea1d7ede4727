package io.deepsentry.live;

/** What a failure of the system says, in words. */
final class Failure {
    private Failure() {}

    static String describe(Exception failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
