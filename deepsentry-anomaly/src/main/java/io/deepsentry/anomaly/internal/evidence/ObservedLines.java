package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.util.List;

/** Goes through the lines of prepared data as the kinds of evidence see them. */
public final class ObservedLines {
    private ObservedLines() {}

    /** Takes a line. */
    public interface Visitor {
        /** @param origin where it came from; lines of one input follow each other */
        void visit(IndexRow origin, Observation line);
    }

    /**
     * Hands over the lines of a part in their order.
     *
     * @param doing what the progress says
     * @throws DataException if messages, index and values do not belong together
     */
    public static void forEach(PreparedData prepared, Split split, String doing, RunContext context, Visitor visitor) {
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(split);
                PreparedData.Rows<String> messages = prepared.messages(split);
                PreparedData.Rows<List<MessageValue>> values = prepared.values(split);
                Progress.Stage stage = context.progress().begin(doing, prepared.rows(split), "rows")) {
            long row = 0;
            for (IndexRow origin = origins.next(); origin != null; origin = origins.next()) {
                String message = messages.next();
                List<MessageValue> of = values.next();
                if (message == null || of == null) {
                    throw new DataException(prepared.index(split) + " has more rows than there are "
                            + (message == null ? "messages" : "values") + "; run prepare again");
                }
                if ((row++ & 0xFFF) == 0) {
                    context.cancellation().check();
                }
                visitor.visit(origin, Observation.of(origin, message, of));
                stage.advance(1);
            }
        }
    }
}
