package io.deepsentry.live.internal.identify;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.live.alert.Alert;
import java.util.Objects;

/** An anomaly that was found, explained only if somebody asks while it is handed on. For one thread. */
public final class FoundAlert {
    private final boolean isNew;
    private final Occurrence occurrence;
    private final Supplier<Alert> alert;
    private boolean lasts;

    FoundAlert(boolean isNew, Occurrence occurrence, Supplier<Alert> alert) {
        this.isNew = isNew;
        this.occurrence = occurrence;
        this.alert = Suppliers.memoize(alert);
    }

    /** Says whether it lasts until {@link IdentifierListener#over} says that it is over. */
    FoundAlert lasting(boolean until) {
        lasts = until;
        return this;
    }

    /** Whether it lasts until {@link IdentifierListener#over} says that it is over. */
    boolean lasts() {
        return lasts;
    }

    /** Whether it is the first of its session, or in its run of anomalous lines. */
    public boolean isNew() {
        return isNew;
    }

    /** The anomaly without its explanation. */
    Occurrence occurrence() {
        return occurrence;
    }

    /** The anomaly with its explanation. */
    Occurrence explained() {
        Explanation why = alert().explanation();
        return why == null ? occurrence : occurrence.explainedBy(why);
    }

    /** The alert that it is by itself. */
    public Alert alert() {
        return Objects.requireNonNull(alert.get());
    }
}
