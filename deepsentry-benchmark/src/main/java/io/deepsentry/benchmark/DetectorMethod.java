package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.detector.FoundEvidence;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.score.SessionState;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.benchmark.internal.WorkFolder;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DeepSentry's own detector, trained and read by the stages that a user runs, with its own recommended threshold. An
 * alarm goes off as it does live: as soon as the running score of a session passes the threshold, or else at the
 * session's end.
 */
final class DetectorMethod implements Method {
    static final String NAME = "detector";

    private final BenchmarkSettings settings;
    private final PreparedData source;
    private final Path folder;
    private final int training;

    /**
     * The detector.
     *
     * @param source the whole data set, prepared
     * @param folder for the files of one training; gone when its judge is closed
     * @param training which of the trainings on the same division, from 0
     */
    DetectorMethod(BenchmarkSettings settings, PreparedData source, Path folder, int training) {
        this.training = training;
        this.settings = settings;
        this.source = source;
        this.folder = folder;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Judge learn(Corpus corpus, Division division, RunContext context) {
        RunContext quiet = new RunContext(Progress.none(), context.cancellation());
        boolean done = false;
        try {
            SplitFolder data = new SplitFolder(folder.resolve("split"), source, corpus);
            data.write(Split.TRAIN, division.train());
            data.write(Split.VAL, division.validation());
            data.complete(division.normalOnly());
            DetectorTrainSettings trained = settings.detectorTraining(data.path(), training);
            DetectorTrainingResult unused = DetectorTraining.run(trained, quiet);
            Path file = trained.outputModelDir().resolve(DetectorTraining.DETECTOR);
            TrainedDetector detector = TrainedDetector.open(file, trained.device(), ModelRuntime.AUTO);
            done = true;
            return new TrainedJudge(detector, file, trained.device(), corpus, quiet);
        } finally {
            if (!done) {
                WorkFolder.delete(folder);
            }
        }
    }

    /** A trained detector. */
    private final class TrainedJudge implements Judge {
        private final TrainedDetector detector;
        private final Path file;
        private final Device device;
        private final Corpus corpus;
        private final RunContext context;
        /** Scores message by message; opened when that is first asked for. */
        private @Nullable SessionScorer live;

        TrainedJudge(TrainedDetector detector, Path file, Device device, Corpus corpus, RunContext context) {
            this.detector = detector;
            this.file = file;
            this.device = device;
            this.corpus = corpus;
            this.context = context;
        }

        @Override
        public double threshold() {
            return detector.threshold().value();
        }

        @Override
        public double[] scores(int[] cases) {
            SplitFolder data = new SplitFolder(folder.resolve("judged"), source, corpus);
            data.write(Split.TEST, new Division.Cases(cases));
            return scores(data);
        }

        @Override
        public double[] scores(List<MessageSequence> sessions) {
            SplitFolder data = new SplitFolder(folder.resolve("judged"), source, corpus);
            data.writeSessions(Split.TEST, sessions);
            return scores(data);
        }

        private double[] scores(SplitFolder data) {
            data.complete(false);
            PreparedData prepared = PreparedData.open(data.prepared());
            try (VectorTable table = new VectorTable(detector.known().dimension());
                    EncodedSessions sessions =
                            EncodedSessions.read(data.encoded(Split.TEST), prepared, Split.TEST, table, context)) {
                double[] scores = detector.views().scoreAll(sessions, table, context);
                double threshold = detector.threshold().value();
                FoundEvidence found = corpus.keyed()
                        ? FoundEvidence.inSessions(detector.evidence(), threshold, prepared, scores, context)
                        : FoundEvidence.find(detector.evidence(), threshold, prepared, scores, context);
                return found.scores();
            }
        }

        @Override
        public int linesAtAlarm(MessageSequence session) {
            SessionScorer scorer = live;
            if (scorer == null) {
                scorer = SessionScorer.open(file, device);
                live = scorer;
            }
            SessionState state = scorer.begin();
            int lines = 0;
            for (int message : session.messages()) {
                lines++;
                if (state.add(corpus.vector(message)) > threshold()) {
                    break;
                }
            }
            return lines;
        }

        @Override
        public void close() {
            detector.close();
            if (live != null) {
                live.close();
            }
            WorkFolder.delete(folder);
        }
    }
}
