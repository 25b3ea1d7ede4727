package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The models that judge.
 *
 * @param textEncoder the encoder's file, or its folder
 * @param vocabulary of an encoder that does not carry its own, or null
 * @param anomalyModel the detector's file, or its folder
 * @param sequenceLength the window that the detector must have been trained with, or null for whatever it has
 * @param kinds the kinds of evidence that are heard
 * @param device where they compute
 * @param runtime what computes
 */
public record ModelFiles(
        Path textEncoder,
        @Nullable Path vocabulary,
        Path anomalyModel,
        @Nullable Integer sequenceLength,
        Set<EvidenceKind> kinds,
        Device device,
        ModelRuntime runtime) {}
