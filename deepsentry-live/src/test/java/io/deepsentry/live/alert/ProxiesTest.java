package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    private static final URI HOOK = URI.create("https://hooks.example.com/services/T0");

    private static String to(URI server, Map<String, String> environment) {
        Proxies.Via via = new Proxies(environment).to(server);
        return via == null ? "direct" : via.toString();
    }

    @Test
    void takesTheProxyOfTheSchemeInCapitalsOrNot() {
        assertThat(to(HOOK, Map.of())).isEqualTo("direct");
        assertThat(to(HOOK, Map.of("HTTPS_PROXY", "http://proxy:3128"))).isEqualTo("proxy:3128");
        assertThat(to(HOOK, Map.of("https_proxy", "proxy:3128/"))).isEqualTo("proxy:3128");
        assertThat(to(HOOK, Map.of("https_proxy", "http://small", "HTTPS_PROXY", "http://big")))
                .isEqualTo("small:80");
        assertThat(to(HOOK, Map.of("HTTP_PROXY", "http://proxy:3128"))).isEqualTo("direct");
        assertThat(to(URI.create("http://hook.example"), Map.of("HTTP_PROXY", "http://proxy:3128")))
                .isEqualTo("proxy:3128");
    }

    @Test
    void decodesItsUserAndPasswordAndShowsNeither() {
        Proxies.Via via = new Proxies(Map.of("HTTPS_PROXY", "http://me%40corp:p%3Aw%2F@proxy:3128")).to(HOOK);

        assertThat(Objects.requireNonNull(via).authorization()).isEqualTo(Secrets.basic("me@corp", "p:w/"));
        assertThat(via.toString()).isEqualTo("proxy:3128");
    }

    @Test
    void whatTheRuntimeWasToldComesBeforeTheEnvironment() {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://environment:1");
        Map<String, String> told = Map.of(
                "https.proxyHost", "runtime",
                "https.proxyPort", "3129",
                "https.proxyUser", "me",
                "https.proxyPassword", "pw",
                "http.nonProxyHosts", "*.internal");
        told.forEach(System::setProperty);
        try {
            assertThat(to(HOOK, environment)).isEqualTo("runtime:3129");
            assertThat(Objects.requireNonNull(new Proxies(environment).to(HOOK)).authorization())
                    .isEqualTo(Secrets.basic("me", "pw"));
            assertThat(to(URI.create("https://search.internal"), environment))
                    .as("excepted by the runtime")
                    .isEqualTo("direct");
        } finally {
            told.keySet().forEach(System::clearProperty);
        }
        assertThat(to(HOOK, environment)).isEqualTo("environment:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                        | https://hooks.example.com      | direct",
                "example.com              | https://hooks.example.com      | direct",
                ".example.com             | https://hooks.example.com      | direct",
                "*.example.com            | https://hooks.example.com      | direct",
                "EXAMPLE.com              | https://Hooks.Example.com      | direct",
                "other.org, example.com   | https://hooks.example.com      | direct",
                "ple.com                  | https://hooks.example.com      | proxy:1",
                "hooks.example.com:443    | https://hooks.example.com      | direct",
                "hooks.example.com:8443   | https://hooks.example.com      | proxy:1",
                "hooks.example.com:8443   | https://hooks.example.com:8443 | direct",
                "10.1.2.3                 | https://10.1.2.3               | direct",
                "10.0.0.0/8               | https://10.1.2.3               | direct",
                "10.0.0.0/16              | https://10.1.2.3               | proxy:1",
                "fd00::/8                 | https://[fd00::1]:9            | direct",
                "[fd00::1]                | https://[fd00::1]:9            | direct",
                "10.0.0.0/99, 1/x, :, /   | https://10.1.2.3               | proxy:1",
                "nothing                  | https://localhost:9200         | direct",
                "nothing                  | https://127.0.0.9              | direct",
                "nothing                  | https://[::1]:9200             | direct",
            })
    void exceptsWhatNoProxySays(String excepted, URI server, String expected) {
        assertThat(to(server, Map.of("HTTPS_PROXY", "http://proxy:1", "NO_PROXY", excepted)))
                .isEqualTo(expected);
        assertThat(to(server, Map.of("https_proxy", "http://proxy:1", "no_proxy", excepted)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"socks5://user:s3cret@proxy:1080", "https://user:s3cret@proxy", "http://user:s3cret@", ":s3cret"
            })
    void namesTheVariableThatHoldsNoUsableProxyWithoutItsPassword(String value) {
        assertThatThrownBy(() -> new Proxies(Map.of("HTTPS_PROXY", value)).to(HOOK))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("HTTPS_PROXY must be")
                .hasMessageNotContaining("s3cret");
    }
}
