package io.deepsentry.live.internal.identify;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.internal.detector.EncoderMatch;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.encode.CachedEncoder;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The two models that live needs, opened together and found to fit each other. */
final class LoadedModels implements AutoCloseable {
    private final TextEncoderHandle encoder;
    private final CachedEncoder cached;
    private final RecentIdentities identities;
    /** For the thread that reads ahead. */
    private final RecentIdentities identitiesAhead;

    private final SessionScorer scorer;
    private final AlertId ids;
    private final @Nullable SessionKey sessionKey;

    private LoadedModels(
            TextEncoderHandle encoder, SessionScorer scorer, AlertId ids, @Nullable SessionKey sessionKey) {
        this.encoder = encoder;
        this.cached = new CachedEncoder(encoder);
        this.identities = new RecentIdentities(encoder.identity(), scorer.needsValues());
        this.identitiesAhead = new RecentIdentities(encoder.identity(), scorer.needsValues());
        this.scorer = scorer;
        this.ids = ids;
        this.sessionKey = sessionKey;
    }

    /**
     * Opens both.
     *
     * @throws MissingDataException if one is missing
     * @throws ModelException if one is corrupt, or the detector was not trained on the encoder's vectors
     */
    static LoadedModels open(ModelFiles files) {
        Path encoderFile = inside(files.textEncoder(), "encoder.h5");
        Path detectorFile = inside(files.anomalyModel(), "detector.h5");
        TextEncoderHandle encoder =
                TextEncoderHandle.open(encoderFile, files.vocabulary(), files.device(), files.runtime());
        SessionScorer scorer = null;
        boolean fit = false;
        try {
            scorer = SessionScorer.open(detectorFile, files.device(), files.runtime(), files.kinds());
            EncoderMatch.requireDimension(encoderFile, encoder.dimension(), detectorFile, scorer.dimension());
            Path folder = Objects.requireNonNull(detectorFile.toAbsolutePath().getParent(), "a file lies in a folder");
            JsonNode metadata = ModelDirectory.read(folder);
            EncoderMatch.require(encoderFile, detectorFile);
            AlertId ids = AlertId.of(encoderFile, detectorFile);
            String key = metadata.path("session_key").asText("");
            SessionKey sessionKey = scorer.scoresSessions() && !key.isEmpty() ? SessionKey.of(key) : null;
            fit = true;
            return new LoadedModels(encoder, scorer, ids, sessionKey);
        } finally {
            if (!fit) {
                if (scorer != null) {
                    scorer.close();
                }
                encoder.close();
            }
        }
    }

    private static Path inside(Path model, String name) {
        return Files.isDirectory(model) ? model.resolve(name) : model;
    }

    /** What says which message an event is, as the models were trained. */
    MessageIdentity identity() {
        return encoder.identity();
    }

    /** The message that an event is, with its values where they are judged. */
    IdentifiedMessage identify(LogEvent event) {
        return identities.of(event, null);
    }

    /** The same of an event in which a redaction looked for secrets; null where it replaced some. */
    IdentifiedMessage identify(LogEvent event, @Nullable Redaction by) {
        return identities.of(event, by);
    }

    /** The same for the thread that reads ahead, beside the one that judges. */
    IdentifiedMessage identifyAhead(LogEvent event, @Nullable Redaction by) {
        return identitiesAhead.of(event, by);
    }

    /** The vectors of messages, in their order; each distinct one is encoded once. */
    List<float[]> encode(List<IdentifiedMessage> messages) {
        return cached.vectors(messages.stream().map(IdentifiedMessage::text).toList());
    }

    double cacheHitRatio() {
        return cached.hitRatio();
    }

    /** The encoder is asked past its cache, whose figures are those of the log. */
    void warmUp() {
        float[] vector = encoder.encode("warm up");
        double unused = scorer.scoresSessions()
                ? scorer.score(List.of(vector)).value()
                : scorer.beginStream().add(vector);
    }

    /** The session key that the detector was trained with; null if it was trained on streams. */
    @Nullable
    SessionKey sessionKey() {
        return sessionKey;
    }

    SessionScorer scorer() {
        return scorer;
    }

    AlertId ids() {
        return ids;
    }

    @Override
    public void close() {
        scorer.close();
        encoder.close();
    }
}
