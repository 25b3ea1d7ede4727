package io.deepsentry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DeepSentryExceptionTest {
    @Test
    void carriesTheExitCodeOfItsKind() {
        assertThat(new DeepSentryException("x").exitCode()).isEqualTo(1);
        assertThat(new ConfigException("x").exitCode()).isEqualTo(2);
        assertThat(new DataException("x").exitCode()).isEqualTo(1);
        assertThat(new MissingDataException("x").exitCode()).isEqualTo(3);
        assertThat(new ModelException("x").exitCode()).isEqualTo(1);
        assertThat(new TrainingException("x").exitCode()).isEqualTo(1);
        assertThat(new CancelledException("x").exitCode()).isEqualTo(130);
    }

    @Test
    void stopsATaskOnceItsSwitchIsThrown() {
        Cancellation cancellation = Cancellation.none();
        assertThatCode(cancellation::check).doesNotThrowAnyException();
        cancellation.cancel();
        assertThat(cancellation.isCancelled()).isTrue();
        assertThatThrownBy(cancellation::check).isInstanceOf(CancelledException.class);
        assertThat(RunContext.quiet().cancellation().isCancelled()).isFalse();
    }
}
