package io.deepsentry.cli.output;

import io.deepsentry.core.Progress;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;

/** A stage as a bar that redraws itself; the finished one is replaced by the plain line that says how long it took. */
final class BarStage implements Progress.Stage {
    private static final int REDRAW_MILLIS = 200;

    private final Console console;
    private final LineStage summary;
    private final ProgressBar bar;
    private boolean closed;

    BarStage(Console console, String what, long total, String unit) {
        this.console = console;
        summary = new LineStage(console, what, total, unit);
        bar = ProgressBar.builder()
                .setTaskName(what)
                .setInitialMax(total)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setConsumer(new DelegatingProgressBarConsumer(
                        this::draw, console.screen().columns() - 1))
                .build();
    }

    private void draw(String line) {
        console.show(line);
    }

    @Override
    public void advance(long n) {
        summary.count(n);
        bar.stepBy(n);
    }

    @Override
    public void note(String text) {
        summary.note(text);
        bar.setExtraMessage(" " + text);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            bar.close();
            console.clearTransient();
            summary.close();
        }
    }
}
