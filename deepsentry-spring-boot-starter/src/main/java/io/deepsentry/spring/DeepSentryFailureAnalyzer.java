package io.deepsentry.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says why DeepSentry keeps an application from starting, and what to do about it. */
final class DeepSentryFailureAnalyzer extends AbstractFailureAnalyzer<DeepSentryStartException> {
    @Override
    protected FailureAnalysis analyze(Throwable root, DeepSentryStartException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
