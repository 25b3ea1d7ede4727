package com.example.shop;

import io.deepsentry.anomaly.Sentry;
import java.nio.file.Path;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A shop that judges its own log. With the argument {@code learn LOG FOLDER} it learns the log, and ends. */
@SpringBootApplication
public class ShopApplication {
    public static void main(String[] args) {
        if (args.length == 3 && args[0].equals("learn")) {
            learn(Path.of(args[1]), Path.of(args[2]));
        } else {
            SpringApplication.run(ShopApplication.class, args);
        }
    }

    private static void learn(Path log, Path folder) {
        // Few passes and a small network do for a log of ten messages; leave both out for one of your own.
        try (Sentry sentry = Sentry.trainOnFiles(log)
                .sessionKey("order (\\d+)")
                .epochs(3)
                .settings(all -> all.detectorTraining(detector -> detector.lstmHiddenSize(32)))
                .into(folder)) {
            System.out.println("learned " + log + ": orders above " + sentry.threshold().value() + " are anomalous");
        }
    }
}
