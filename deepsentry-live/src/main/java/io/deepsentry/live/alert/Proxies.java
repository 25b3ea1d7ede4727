package io.deepsentry.live.alert;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import io.deepsentry.core.ConfigException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies to use. What the Java runtime was told ({@code -Dhttps.proxyHost}, {@code -Dhttps.proxyPort},
 * {@code -Dhttp.nonProxyHosts}) counts first; where it was told nothing, the environment does: {@code HTTPS_PROXY},
 * {@code HTTP_PROXY} and {@code NO_PROXY}, in capitals or not. This machine itself is never asked through a proxy of
 * the environment. Immutable.
 */
final class Proxies {
    private static final int USUAL_PORT = 80;

    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * One proxy.
     *
     * @param authorization the value of {@code Proxy-Authorization}, or null
     */
    record Via(String host, int port, @Nullable String authorization) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** The proxy on the way to a server, or null if there is none. */
    @Nullable
    Via to(URI server) {
        String scheme = server.getScheme().toLowerCase(Locale.ROOT);
        ProxySelector runtime = ProxySelector.getDefault();
        for (Proxy proxy : runtime == null ? List.<Proxy>of() : runtime.select(server)) {
            if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
                return new Via(
                        address.getHostString(),
                        address.getPort(),
                        basic(
                                System.getProperty(scheme + ".proxyUser"),
                                System.getProperty(scheme + ".proxyPassword")));
            }
        }
        if (System.getProperty(scheme + ".proxyHost") != null || isExcepted(server)) {
            return null;
        }
        String name = scheme.equals("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
        String address = variable(name);
        return address == null ? null : parse(name, address);
    }

    /** The same as a selector for the client. */
    ProxySelector selector() {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                Via via = to(uri);
                return List.of(
                        via == null
                                ? Proxy.NO_PROXY
                                : new Proxy(Proxy.Type.HTTP, new InetSocketAddress(via.host(), via.port())));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                // The request fails too, and says so.
            }
        };
    }

    private @Nullable String variable(String name) {
        String small =
                environment.getOrDefault(name.toLowerCase(Locale.ROOT), "").strip();
        String value = small.isEmpty() ? environment.getOrDefault(name, "").strip() : small;
        return value.isEmpty() ? null : value;
    }

    private static Via parse(String name, String text) {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
                return new Via(
                        uri.getHost(), uri.getPort() < 0 ? USUAL_PORT : uri.getPort(), credentials(uri.getUserInfo()));
            }
        } catch (URISyntaxException e) {
            throw wrong(name);
        }
        throw wrong(name);
    }

    /** The value is not shown, as it may hold a password. */
    private static ConfigException wrong(String name) {
        return new ConfigException(
                name + " must be an address such as http://proxy:3128 or http://user:password@proxy:3128;"
                        + " other kinds of proxies are not supported; name hosts that need none in NO_PROXY");
    }

    /** As decoded by the address: what stands before the first colon is the user. */
    private static @Nullable String credentials(@Nullable String userInfo) {
        if (userInfo == null) {
            return null;
        }
        int colon = userInfo.indexOf(':');
        return colon < 0 ? basic(userInfo, "") : basic(userInfo.substring(0, colon), userInfo.substring(colon + 1));
    }

    private static @Nullable String basic(@Nullable String user, @Nullable String password) {
        return user == null
                ? null
                : "Basic "
                        + Base64.getEncoder()
                                .encodeToString((user + ":" + (password == null ? "" : password))
                                        .getBytes(StandardCharsets.UTF_8));
    }

    private boolean isExcepted(URI server) {
        String host = bare(server.getHost());
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        InetAddress address = InetAddresses.isInetAddress(host) ? InetAddresses.forString(host) : null;
        if (address != null && address.isLoopbackAddress()) {
            return true;
        }
        String excepted = variable("NO_PROXY");
        if (excepted == null) {
            return false;
        }
        int port = server.getPort() >= 0 ? server.getPort() : server.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        for (String entry :
                Splitter.on(',').trimResults().omitEmptyStrings().split(excepted.toLowerCase(Locale.ROOT))) {
            if (entry.equals("*") || fits(entry, host, port, address)) {
                return true;
            }
        }
        return false;
    }

    private static String bare(String host) {
        return (host.startsWith("[") ? host.substring(1, host.length() - 1) : host).toLowerCase(Locale.ROOT);
    }

    private static boolean fits(String entry, String host, int port, @Nullable InetAddress address) {
        if (entry.contains("/")) {
            return address != null && inNetwork(entry, address);
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        if ((colon > 0 && entry.indexOf(':') == colon) || entry.contains("]:")) {
            if (!entry.substring(colon + 1).equals(String.valueOf(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        name = bare(name);
        if (InetAddresses.isInetAddress(name)) {
            return InetAddresses.forString(name).equals(address);
        }
        String domain = name.startsWith("*.") ? name.substring(1) : name;
        return domain.startsWith(".")
                ? host.endsWith(domain) || host.equals(domain.substring(1))
                : host.equals(domain) || host.endsWith("." + domain);
    }

    private static boolean inNetwork(String entry, InetAddress address) {
        int slash = entry.indexOf('/');
        String network = bare(entry.substring(0, slash));
        String bits = entry.substring(slash + 1);
        if (!InetAddresses.isInetAddress(network) || !bits.matches("\\d{1,3}")) {
            return false;
        }
        byte[] of = InetAddresses.forString(network).getAddress();
        byte[] here = address.getAddress();
        int shift = of.length * 8 - Integer.parseInt(bits);
        return of.length == here.length
                && shift >= 0
                && new BigInteger(1, of).shiftRight(shift).equals(new BigInteger(1, here).shiftRight(shift));
    }
}
