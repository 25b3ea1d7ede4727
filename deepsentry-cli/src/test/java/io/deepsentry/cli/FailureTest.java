package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureTest {
    /** A SIGTERM while models are loaded: the runtime's library then may not register what it does at the end. */
    @Test
    void whoStopsTheProgramWhileItStartsIsNotAskedToReportThat() {
        Failure failure =
                Failure.of(new ExceptionInInitializerError(new IllegalStateException("Shutdown in progress")));
        assertThat(failure.message()).isEqualTo("stopped while it was starting");
        assertThat(failure.expected()).isTrue();
        assertThat(Failure.of(new IllegalStateException("other")).message()).contains("internal error");
    }
}
