package io.deepsentry.live.alert;

import com.google.common.base.Throwables;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.tail.LineSplitter;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The HTTP client of the sinks: it follows no redirect, which could carry a secret elsewhere, and gives up in time. */
final class HttpSender {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient client;

    /**
     * A client.
     *
     * @param certificates a PEM file of the authorities to trust, or null for those of the Java runtime
     */
    HttpSender(@Nullable Path certificates) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER);
        if (certificates != null) {
            builder.sslContext(trusting(certificates));
        }
        this.client = builder.build();
    }

    private static SSLContext trusting(Path certificates) {
        try (InputStream in = Files.newInputStream(certificates)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new ConfigException("tls_ca " + certificates + " holds no certificate; name a PEM file");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : found) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (NoSuchFileException e) {
            throw new ConfigException("tls_ca " + certificates + " does not exist", e);
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    "tls_ca " + certificates + " cannot be used: " + IoErrors.describe(e) + "; name a PEM file", e);
        }
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(
                request.timeout(REQUEST_TIMEOUT).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    /** Why a server was not reached, in words; what the JDK says is often nothing. */
    static String describe(IOException e) {
        if (e instanceof HttpConnectTimeoutException) {
            return "no answer within " + CONNECT_TIMEOUT.toSeconds() + " s";
        }
        if (e instanceof HttpTimeoutException) {
            return "no reply within " + REQUEST_TIMEOUT.toSeconds() + " s";
        }
        if (e instanceof ConnectException) {
            return Throwables.getRootCause(e) instanceof UnresolvedAddressException
                    ? "the host is not known"
                    : "the connection was refused";
        }
        if (e instanceof SSLException) {
            return "TLS failed (" + IoErrors.describe(e) + "); tls_ca names the authority to trust";
        }
        String said = IoErrors.describe(e);
        return said.contains("received no bytes")
                ? "it closed the connection without an answer, as a server does that wants https"
                : said;
    }

    /** What {@code Retry-After} asks for, or null. */
    static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String text = response.headers().firstValue("Retry-After").orElse("").strip();
        if (text.isEmpty()) {
            return null;
        }
        try {
            if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Duration.ofSeconds(Long.parseLong(text.substring(0, Math.min(text.length(), 9))));
            }
            Duration left =
                    Duration.between(Instant.now(), ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
            return left.isNegative() ? null : left;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * An address of a server.
     *
     * @param subject the setting it comes from
     * @param secret whether the address must not be shown
     * @throws ConfigException if it is none
     */
    static URI address(String subject, String text, boolean secret) {
        String shown = secret ? "" : ", but was '" + withoutUser(text) + "'";
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new ConfigException(subject + " must be an address such as http://localhost:9200" + shown);
        }
        if (uri.getHost() == null
                || !("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))) {
            throw new ConfigException(subject + " must be an address such as http://localhost:9200" + shown);
        }
        if (uri.getUserInfo() != null) {
            throw new ConfigException(subject + " must hold no user and password" + shown
                    + "; give them in the environment, where no process list shows them");
        }
        return uri;
    }

    private static String withoutUser(String text) {
        return text.replaceFirst("//[^/@]*@", "//...@");
    }

    /** The server of an address, without the path, which may be a secret. */
    static String server(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    static DataException refused(String what, String target, HttpResponse<String> response, String remedy) {
        return new DataException(what + " at " + target + " answers " + response.statusCode() + ": "
                + excerpt(response.body()) + "; " + remedy);
    }

    /** What a server says may be long, and anything. */
    static String excerpt(String body) {
        String line = Escaping.escape(body.strip());
        return line.length() <= 300 ? line : LineSplitter.cut(line, 300) + "...";
    }
}
