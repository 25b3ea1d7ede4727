package io.deepsentry.core;

/** The progress that nobody watches. */
enum SilentProgress implements Progress, Progress.Stage {
    INSTANCE;

    @Override
    public Stage begin(String what, long total, String unit) {
        return this;
    }

    @Override
    public void advance(long n) {}

    @Override
    public void note(String text) {}

    @Override
    public void close() {}
}
