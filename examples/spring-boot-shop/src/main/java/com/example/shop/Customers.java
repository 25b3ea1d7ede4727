package com.example.shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Normal traffic to learn from: with {@code --shop.orders=600} the shop sends itself so many orders, and ends. */
@Component
@ConditionalOnProperty("shop.orders")
class Customers {
    private final int orders;
    private final ConfigurableApplicationContext context;

    Customers(@Value("${shop.orders}") int orders, ConfigurableApplicationContext context) {
        this.orders = orders;
        this.context = context;
    }

    @EventListener
    void shop(ServletWebServerInitializedEvent started) {
        int port = started.getWebServer().getPort();
        new Thread(() -> order(port), "customers").start();
    }

    private void order(int port) {
        HttpClient client = HttpClient.newHttpClient();
        Random random = new Random(1);
        try {
            for (int i = 0; i < orders; i++) {
                URI uri = URI.create("http://localhost:" + port + "/orders?items=" + (1 + random.nextInt(5)));
                client.send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());
                Thread.sleep(random.nextInt(10));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.close();
    }
}
