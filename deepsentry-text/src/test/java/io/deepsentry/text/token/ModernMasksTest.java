package io.deepsentry.text.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModernMasksTest {
    private final MessageNormalizer normalizer = MessageNormalizer.defaults();

    private String mask(String message) {
        return normalizer.normalize(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /orders?id=7 200 3ms; POST /login 201 8 ms -",
                "probe of mail.acme.fr; probe of a.b.acme.dev; probe of cart.shop.svc.cluster.local",
                "connected to cache-main:6379; connected to localhost:6379; connected to db.acme.nl:5432",
                "saved notes.docx; saved backup.tgz; saved photo-12.jpeg",
                "pod web-5c6f7d8b9c-q7w2z up; pod fluentd-zxqwk up; pod redis-0 up",
                "commit cafebabe pushed; commit 1a2b3c4 pushed; commit 1234567 pushed",
                "elapsed 15 ms; elapsed 2m3.5s; elapsed 2 weeks; elapsed 01:02:03; elapsed PT1H30M",
                "running v2.0.1; running 2.0.1-beta.3; running 2023.10; running 5.4.0-42-generic",
                "pay 3.50 USD; pay 12,345.00 USD; pay $9 USD",
                "heat 20C; heat 21°C; heat 21.5 °C",
                "used 13%; used 57%; used 4.5%",
                "user carol logged in; user dave.miller logged in; user eve-2 logged in",
                "find \"green door\" now; find 'old house' now; find \"an open window\" now",
                "key Zm9vIGJhciBiYXogcXV1eA== gone; key QWxhZGRpbjpvcGVuIHNlc2FtZQ== gone; key QkpTxWvLmRzYhGdNcFbK gone",
                "arn arn:aws:s3:::a/b read; arn arn:aws:lambda:eu-west-1:123456789012:function:f read; arn urn:x:y read",
                "image sha256:0123456789abcdef0123 ok; image sha256:ffffffffffffffffffff ok; image deadbeefdeadbeef ok",
                "from [::1]:80 in; from [fe80::1%eth0]:443 in; from 10.1.2.3:99 in",
                "order 200 not paid; order 404 not paid; order 1234 not paid",
                "order 201 created; order 202 created; order 7 created",
                "order 503 accepted; order 202 accepted; order 7 accepted",
            })
    void valuesOfAKindAreTheSameMessage(String lines) {
        Set<String> messages = new HashSet<>();
        for (String line : Splitter.on("; ").split(lines)) {
            messages.add(mask(line).replace("POST", "GET").replace(" -", ""));
        }
        assertThat(messages).as(lines).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /a 200 3ms; GET /a 404 3ms; GET /a 429 3ms; GET /a 500 3ms; GET /a 503 3ms",
                "\"GET /a HTTP/1.1\" 200 5; \"GET /a HTTP/1.1\" 301 5; \"GET /a HTTP/1.1\" 502 5 UF",
                "http_status=200; http_status=302; http_status=500",
                "upstream said 404 Not Found; upstream said 502 Bad Gateway; upstream said 200 OK",
                "got 404 not found; got 503 service unavailable; got 7 not found",
                "exit code 0; exit code 1; exit code 255",
                "killed by signal 6; killed by signal 11; killed by signal 15",
                "errno=2; errno=13; errno=110",
                "ORA-01555: x; ORA-00060: x; ORA-12541: x",
                "SQLSTATE[42P01]: x; SQLSTATE[40001]: x; SQLSTATE[57014]: x",
                "%LINK-3-UPDOWN: x; %OSPF-5-ADJCHG: x; %SYS-5-RESTART: x",
                "error 0x80070005 seen; error 0x80004005 seen; error 0xc0000005 seen",
                "Event 4624 seen; Event 7036 seen; Event ID: 41 seen",
                "ready is 0 of 4; ready is 2 of 4",
                "0/4 nodes ready; 2/4 nodes ready",
                "full 0%; full 40%; full 100%",
                "SSLv3 used; TLSv1.1 used; TLSv1.3 used",
                "upstream said 502 Bad Gateway; upstream said 504 Gateway Timeout; upstream said 200 OK",
            })
    void statesAreDifferentMessages(String lines) {
        List<String> messages =
                Splitter.on("; ").splitToStream(lines).map(this::mask).toList();
        assertThat(messages).as(lines).doesNotHaveDuplicates();
        assertThat(messages).allSatisfy(message -> assertThat(mask(message)).isEqualTo(message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "block of size 67108864; block of size 3",
                "code 4111111111; code 4222222222",
                "zip_code 10115; zip_code 80331",
                "status 200; status 204",
                "event 7 of batch; event 8 of batch",
                "card 4111 1111 1111 1111; card 5500 0000 0000 0004",
            })
    void numbersThatNameNoStateAreValues(String lines) {
        assertThat(Splitter.on("; ").splitToStream(lines).map(this::mask).distinct())
                .hasSize(1);
    }

    @Test
    void wordsThatLookAlikeStay() {
        for (String message : List.of(
                "com.acme.shop.Cart started",
                "Foo.java compiled",
                "server.port missing",
                "user not found",
                "user session opened",
                "foo-https up",
                "AbstractSingletonProxyFactoryBean made")) {
            assertThat(mask(message)).isEqualTo(message);
        }
    }

    @Test
    void codesAndQuotedTextsAreCandidates() {
        MaskedMessage masked = normalizer.mask("PAY-3: write failed, error=\"no space left on device\"");
        assertThat(masked.text()).isEqualTo("<id> write failed error <text>");
        assertThat(masked.kept(0)).containsExactly("PAY-3");
        assertThat(masked.kept(4)).containsExactly("no", "space", "left", "on", "device");
        assertThat(masked.kept(1)).isEmpty();
    }

    /** A hundred lines of many kinds, masked twice like once. */
    @Test
    void theLinesOfASampleAreStable() throws IOException {
        String data = System.getenv("DEEPSENTRY_TEST_DATA");
        assumeTrue(data != null, "DEEPSENTRY_TEST_DATA is not set: real logs are not checked");
        Path lines = Path.of(data).resolve("field/parse/43-modern-masks/lines.txt");
        assumeTrue(Files.exists(lines), lines + " is not there");
        List<String> messages =
                Files.readAllLines(lines).stream().map(this::mask).toList();
        assertThat(messages).allSatisfy(message -> assertThat(mask(message)).isEqualTo(message));
        assertThat(new HashSet<>(messages)).hasSizeBetween(60, 70);
    }
}
