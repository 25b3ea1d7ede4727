package io.deepsentry.parse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeveritiesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"GET /cart HTTP/1.1\" 200 12 | info",
                "\"GET /cart HTTP/1.1\" 304 | info",
                "\"GET /.env HTTP/1.0\" 404 0 \"-\" | warning",
                "shop:443 10.0.0.1 \"POST /api HTTP/2\" 503 UF - \"-\" | error",
                "\"GET /cart HTTP/1.1\" 5030 12 |",
                "\"GET /cart HTTP/1.1\" - 12 |",
                "\"GET /cart HTTP/1.1\" 700 12 |",
                "speaks HTTP/1.1 and 503 times |",
                "\"GET / HTTP/1.1\" |",
                "\"GET / HTTP/ |",
            })
    void theStatusOfARequestIsItsSeverity(String message, String severity) {
        assertThat(Severities.ofRequest(message)).isEqualTo(severity);
    }
}
