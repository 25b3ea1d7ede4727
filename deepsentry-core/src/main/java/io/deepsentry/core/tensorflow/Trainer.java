package io.deepsentry.core.tensorflow;

import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.TrainingException;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.EpochLog;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.TrainingData;
import io.deepsentry.core.nn.TrainingSettings;
import io.deepsentry.core.nn.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Trains models with Adam (Kingma and Ba, 2015) and keeps the weights of the best epoch. The norm of all gradients
 * together is bounded.
 *
 * <pre>{@code
 * Model untrained = Model.initialise(network, 7);
 * TrainingResult result = Trainer.fit(untrained, train, validation, loss, settings, RunContext.quiet());
 * KerasFile.write(Path.of("model.h5"), result.best(), Map.of());
 * }</pre>
 *
 * <p>The same model, data, settings and number of threads give the same weights, to the bit. Safe for use by several
 * threads; each call has a session of its own.
 */
public final class Trainer {
    private Trainer() {}

    /**
     * Trains a model of one output, see {@link #fit(Model, TrainingData, TrainingData, TrainingData, Loss,
     * TrainingSettings, RunContext)}.
     *
     * @param model the model
     * @param train the data to learn from
     * @param validation decides which epoch is best and when to stop; if null, the training loss decides
     * @param loss what is minimised
     * @param settings how to train
     * @param context takes reports of progress, and may cancel
     * @return the trained model, and the log of its training
     */
    public static TrainingResult fit(
            Model model,
            TrainingData train,
            @Nullable TrainingData validation,
            Loss loss,
            TrainingSettings settings,
            RunContext context) {
        return fit(model, train, validation, null, loss, settings, context);
    }

    /**
     * Trains a model of one output.
     *
     * @param model the model
     * @param train the data to learn from
     * @param validation decides which epoch is best and when to stop; if null, the training loss decides
     * @param goal with a sparse categorical cross-entropy: training is over once every target of it is the most
     *     probable class, and those of the validation data are, too; if null, all epochs are trained
     * @param loss what is minimised
     * @param settings how to train
     * @param context takes reports of progress, and may cancel
     * @return the trained model; {@code model} is unchanged
     * @throws TrainingException if a loss or a gradient is not a number, naming epoch and step, or the loss does
     *     not fit the network
     * @throws io.deepsentry.core.ModelException if the device is missing
     * @throws io.deepsentry.core.CancelledException if the context is cancelled; checked before each step
     */
    public static TrainingResult fit(
            Model model,
            TrainingData train,
            @Nullable TrainingData validation,
            @Nullable TrainingData goal,
            Loss loss,
            TrainingSettings settings,
            RunContext context) {
        if (model.network().outputs().size() != 1) {
            throw new TrainingException("training needs a network of one output, but \""
                    + model.network().name() + "\" has " + model.network().outputs());
        }
        requireBatches("training", train);
        if (validation != null) {
            requireBatches("validation", validation);
        }
        if (goal != null) {
            requireBatches("goal", goal);
        }
        Engine.load();
        Devices.require(settings.device());
        try (TrainingGraph graph = build(model, loss, settings, train)) {
            return run(graph, model.network(), train, validation, goal, settings, context);
        } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException e) {
            throw new TrainingException(
                    "training network \"" + model.network().name() + "\" failed: " + e.getMessage()
                            + "; if memory ran out, a smaller batch size helps",
                    e);
        }
    }

    /** One at a time: gradients that are defined in Java are found through state of the whole process. */
    private static synchronized TrainingGraph build(
            Model model, Loss loss, TrainingSettings settings, TrainingData train) {
        return new TrainingGraph(model, loss, settings, train.batch(0, 0).size());
    }

    private static TrainingResult run(
            TrainingGraph graph,
            Network network,
            TrainingData train,
            @Nullable TrainingData validation,
            @Nullable TrainingData goal,
            TrainingSettings settings,
            RunContext context) {
        long start = System.nanoTime();
        List<EpochLog> logs = new ArrayList<>();
        @Nullable Weights best = null;
        int bestEpoch = 0;
        double bestLoss = Double.POSITIVE_INFINITY;
        for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
            EpochLog log = epoch(graph, epoch, train, validation, settings, context);
            logs.add(log);
            if (log.decidingLoss() < bestLoss) {
                bestLoss = log.decidingLoss();
                bestEpoch = epoch;
                best = settings.saveBestOnly() ? graph.weights() : null;
            } else if (settings.patience() > 0 && epoch - bestEpoch >= settings.patience()) {
                break;
            }
            if (goal != null
                    && (validation == null || isRight(graph, validation, context))
                    && isRight(graph, goal, context)) {
                break;
            }
        }
        Weights weights = best == null ? graph.weights() : best;
        return new TrainingResult(new Model(network, weights), logs, bestEpoch, seconds(start));
    }

    private static EpochLog epoch(
            TrainingGraph graph,
            int epoch,
            TrainingData train,
            @Nullable TrainingData validation,
            TrainingSettings settings,
            RunContext context) {
        long start = System.nanoTime();
        int batches = train.batchesPerEpoch();
        Mean trainLoss = new Mean();
        @Nullable Double validationLoss = null;
        String what = "epoch " + epoch + "/" + settings.epochs();
        try (Progress.Stage stage = context.progress().begin(what, batches, "steps")) {
            for (int step = 0; step < batches; step++) {
                context.cancellation().check();
                Batch batch = train.batch(epoch - 1, step);
                long stepOfAll = (long) (epoch - 1) * batches + step;
                double rate = settings.learningRateAt(stepOfAll, (long) settings.epochs() * batches);
                TrainingGraph.Step taken = graph.train(batch, (float) rate, stepSeed(settings.seed(), stepOfAll));
                requireFinite(taken, epoch, step + 1, batches, settings);
                trainLoss.add(taken.loss(), graph.weightOf(batch));
                stage.advance(1);
                stage.note(text(trainLoss.value(), null));
            }
            if (validation != null) {
                validationLoss = validationLoss(graph, epoch, validation, context);
                stage.note(text(trainLoss.value(), validationLoss));
            }
        }
        return new EpochLog(epoch, trainLoss.value(), validationLoss, seconds(start));
    }

    private static double validationLoss(TrainingGraph graph, int epoch, TrainingData validation, RunContext context) {
        Mean mean = new Mean();
        for (int index = 0; index < validation.batchesPerEpoch(); index++) {
            context.cancellation().check();
            Batch batch = validation.batch(0, index);
            mean.add(graph.evaluate(batch), graph.weightOf(batch));
        }
        if (!Double.isFinite(mean.value())) {
            throw new TrainingException("training diverged: the validation loss of epoch " + epoch + " is "
                    + mean.value() + "; a lower learning rate, or clipping, may help");
        }
        return mean.value();
    }

    private static boolean isRight(TrainingGraph graph, TrainingData data, RunContext context) {
        for (int index = 0; index < data.batchesPerEpoch(); index++) {
            context.cancellation().check();
            if (!graph.isRight(data.batch(0, index))) {
                return false;
            }
        }
        return true;
    }

    private static void requireFinite(
            TrainingGraph.Step step, int epoch, int index, int batches, TrainingSettings settings) {
        if (!Float.isFinite(step.loss()) || !Float.isFinite(step.gradientNorm())) {
            throw new TrainingException("training diverged: at epoch " + epoch + ", step " + index + " of " + batches
                    + " the loss is " + step.loss() + " and the length of the gradient " + step.gradientNorm()
                    + "; a learning rate below " + settings.learningRate() + " may help, or the data may hold values"
                    + " that are not finite");
        }
    }

    private static void requireBatches(String what, TrainingData data) {
        if (data.batchesPerEpoch() < 1) {
            throw new TrainingException("there is no " + what + " data: no batch in an epoch");
        }
    }

    private static long stepSeed(long seed, long step) {
        return seed * 0x9E3779B97F4A7C15L + step;
    }

    private static String text(double loss, @Nullable Double validationLoss) {
        return validationLoss == null
                ? String.format(Locale.ROOT, "loss %.4f", loss)
                : String.format(Locale.ROOT, "loss %.4f, validation %.4f", loss, validationLoss);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** A weighted mean as it grows. */
    private static final class Mean {
        private double sum;
        private double weight;

        void add(double value, double share) {
            sum += value * share;
            weight += share;
        }

        double value() {
            return weight == 0 ? 0 : sum / weight;
        }
    }
}
