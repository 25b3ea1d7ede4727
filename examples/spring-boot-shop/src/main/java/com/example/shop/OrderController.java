package com.example.shop;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Takes orders, and can be made to fail. */
@RestController
class OrderController {
    private static final Logger LOG = LoggerFactory.getLogger(OrderController.class);

    private final AtomicLong number = new AtomicLong(1000);
    private final PaymentService payments;

    OrderController(PaymentService payments) {
        this.payments = payments;
    }

    @PostMapping("/orders")
    ResponseEntity<String> order(@RequestParam(defaultValue = "1") int items) {
        long order = number.incrementAndGet();
        LOG.info("order {} received with {} items", order, items);
        try {
            payments.pay(order, 19.90 * items);
        } catch (IllegalStateException e) {
            LOG.error("order {} not paid", order, e);
            return ResponseEntity.status(HttpStatus.BAD_GATEWAY).body("order " + order + " not paid\n");
        }
        LOG.info("order {} handed to parcel service", order);
        return ResponseEntity.ok("order " + order + "\n");
    }

    /** Switches the fault on or off, silently: the log is to tell of it by what it does. */
    @PostMapping("/fault")
    String fault(@RequestParam(defaultValue = "true") boolean on) {
        payments.fail(on);
        return "the gateway is " + (on ? "down\n" : "up\n");
    }
}
