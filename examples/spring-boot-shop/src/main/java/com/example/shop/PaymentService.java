package com.example.shop;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Takes money by a gateway that may be down. */
@Service
class PaymentService {
    private static final Logger LOG = LoggerFactory.getLogger(PaymentService.class);

    private volatile boolean failing;

    void pay(long order, double euros) {
        LOG.info("asking gateway to charge {} EUR for order {}", String.format(Locale.ROOT, "%.2f", euros), order);
        if (failing) {
            LOG.warn("gateway does not answer, giving up order {}", order);
            throw new IllegalStateException("gateway timed out");
        }
        LOG.info("gateway confirmed order {}", order);
    }

    void fail(boolean on) {
        failing = on;
    }
}
