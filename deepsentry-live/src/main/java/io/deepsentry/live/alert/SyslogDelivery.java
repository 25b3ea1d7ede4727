package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Alerts as syslog messages (RFC 5424) over UDP (RFC 5426), TCP with octet counting (RFC 6587) or TLS (RFC 5425).
 * Syslog acknowledges nothing: what a server has lost after it was handed over, or a datagram on its way, nobody learns
 * of.
 */
final class SyslogDelivery implements Delivery {
    /** Facility local0. */
    private static final int FACILITY = 16 * 8;

    private static final int CRITICAL = 2;
    private static final int WARNING = 4;
    private static final int INFORMATIONAL = 6;
    /** The enterprise number that RFC 5612 leaves to everybody. */
    private static final String ELEMENT = "deepsentry@32473";

    private static final int LONGEST_VALUE = 200;
    /** What RFC 5426 asks every receiver to take. */
    private static final int LARGEST_DATAGRAM = 2048;

    private static final Set<String> SCHEMES = Set.of("udp", "tcp", "tls");

    private static final int CONNECT_MILLIS = 5_000;
    /** How long a server may take to refuse our certificate after its own was accepted. */
    private static final int REFUSAL_MILLIS = 300;

    private final URI address;
    private final boolean udp;
    private final String system;
    private final @Nullable SSLSocketFactory tls;
    private final int port;
    private final AlertFormat format;
    private final String host;
    private @Nullable DatagramSocket datagrams;
    private @Nullable Socket connection;

    /**
     * @param files what TLS stands on, where the address asks for it
     * @param system the name of what is watched
     */
    SyslogDelivery(URI address, AlertFormat format, TlsFiles files, String system) {
        this.address = address;
        this.udp = "udp".equalsIgnoreCase(address.getScheme());
        boolean secure = "tls".equalsIgnoreCase(address.getScheme());
        this.tls = secure ? files.context().getSocketFactory() : null;
        this.system = system;
        this.port = address.getPort() >= 0 ? address.getPort() : udp ? 514 : secure ? 6514 : 601;
        this.format = format;
        this.host = hostName();
    }

    /** The server of a setting such as {@code udp://host:514}. */
    static URI address(String text) {
        try {
            URI uri = new URI(text.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && SCHEMES.contains(scheme)) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static ConfigException wrong(String text) {
        return new ConfigException(
                "syslog must be an address such as udp://localhost:514, tcp://localhost:601 or tls://localhost:6514, but was '"
                        + text + "'");
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.matches("[!-~]{1,255}") ? name : "-";
        } catch (UnknownHostException e) {
            return "-";
        }
    }

    @Override
    public int batchSize() {
        return 100;
    }

    @Override
    public String target() {
        return "syslog " + address.getScheme().toLowerCase(Locale.ROOT) + "://" + address.getHost() + ":" + port;
    }

    /** The whole message. The data that tells it from others stands first in it, as UDP may cut its end. */
    @Override
    public String body(Alert alert) {
        Notice notice = Notice.read(AlertFormat.JSON.write(alert), system);
        int severity = notice.ended() ? INFORMATIONAL : notice.critical() ? CRITICAL : WARNING;
        return "<" + (FACILITY + severity) + ">1 " + alert.time().truncatedTo(ChronoUnit.MICROS) + " " + host
                + " deepsentry " + ProcessHandle.current().pid() + " anomaly " + element(notice) + " "
                + format.write(alert);
    }

    /** The structured data of an alert. */
    private static String element(Notice notice) {
        StringBuilder element = new StringBuilder("[").append(ELEMENT);
        parameter(element, "id", notice.id());
        parameter(element, "finding", notice.finding());
        parameter(element, "event", notice.event());
        parameter(element, "level", notice.level());
        parameter(element, "status", notice.status());
        parameter(element, "kind", notice.kind());
        parameter(element, "count", String.valueOf(notice.count()));
        parameter(element, "system", notice.system());
        parameter(element, "host", notice.host());
        parameter(element, "component", notice.component());
        return element.append(']').toString();
    }

    private static void parameter(StringBuilder element, String name, @Nullable String value) {
        if (value != null) {
            String shown = Texts.line(value, LONGEST_VALUE)
                    .replace("\\", "\\\\")
                    .replace("\"", "\\\"")
                    .replace("]", "\\]");
            element.append(' ').append(name).append("=\"").append(shown).append('"');
        }
    }

    @Override
    public @Nullable String check() {
        try {
            if (udp) {
                InetAddress unused = InetAddress.getByName(bareHost());
                return null;
            }
            try (Socket tried = connect()) {
                // A server that wants another certificate of ours says so only after it has shown its own.
                return tls != null && isEnded(tried, REFUSAL_MILLIS)
                        ? "it ends the connection; tls_cert and tls_key may name the certificate it wants"
                        : null;
            }
        } catch (UnknownHostException e) {
            return "the host " + address.getHost() + " is not known";
        } catch (SSLException e) {
            return HttpSender.describe(e);
        } catch (IOException e) {
            return IoErrors.describe(e);
        }
    }

    private String bareHost() {
        String name = address.getHost();
        return name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    }

    @Override
    public Outcome deliver(List<DiskQueue.Entry> entries) {
        int sent = 0;
        try {
            for (DiskQueue.Entry entry : entries) {
                byte[] message = entry.body().getBytes(StandardCharsets.UTF_8);
                if (udp) {
                    datagram(message);
                } else {
                    frame(message);
                }
                sent++;
            }
            return Outcome.delivered();
        } catch (IOException e) {
            close();
            String why = e instanceof SSLException ? HttpSender.describe(e) : IoErrors.describe(e);
            return Outcome.later(entries.subList(sent, entries.size()), why, null);
        }
    }

    private void datagram(byte[] message) throws IOException {
        if (datagrams == null) {
            datagrams = new DatagramSocket();
        }
        datagrams.send(new DatagramPacket(
                message,
                lengthWithin(message, LARGEST_DATAGRAM),
                new InetSocketAddress(InetAddress.getByName(bareHost()), port)));
    }

    /** The longest beginning of a text that ends with a whole character. */
    static int lengthWithin(byte[] utf8, int most) {
        if (utf8.length <= most) {
            return utf8.length;
        }
        int length = most;
        while (length > 0 && (utf8[length] & 0xC0) == 0x80) {
            length--;
        }
        return length;
    }

    private void frame(byte[] message) throws IOException {
        byte[] count = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = Arrays.copyOf(count, count.length + message.length);
        System.arraycopy(message, 0, frame, count.length, message.length);
        OutputStream out = connected().getOutputStream();
        out.write(frame);
        out.flush();
    }

    /**
     * A server that has closed the connection still lets us write into it once, for nothing: so it is looked at before.
     */
    private Socket connected() throws IOException {
        Socket open = connection;
        if (open != null && isEnded(open, 1)) {
            close();
            open = null;
        }
        if (open == null) {
            open = connect();
            connection = open;
        }
        return open;
    }

    private Socket connect() throws IOException {
        Socket plain = new Socket();
        boolean connected = false;
        try {
            plain.connect(new InetSocketAddress(InetAddress.getByName(bareHost()), port), CONNECT_MILLIS);
            if (tls == null) {
                connected = true;
                return plain;
            }
            plain.setSoTimeout(CONNECT_MILLIS);
            SSLSocket secure = (SSLSocket) tls.createSocket(plain, bareHost(), port, true);
            SSLParameters parameters = secure.getSSLParameters();
            // The name in the certificate is compared as for https (RFC 6125), which RFC 5425 asks for too.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            connected = true;
            return secure;
        } finally {
            if (!connected) {
                plain.close();
            }
        }
    }

    /** What a server says is not awaited longer than this, and not looked at. */
    private static boolean isEnded(Socket open, int millis) {
        try {
            open.setSoTimeout(millis);
            byte[] unexpected = new byte[256];
            int read = open.getInputStream().read(unexpected);
            while (read > 0) {
                read = open.getInputStream().read(unexpected);
            }
            return read < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        if (datagrams != null) {
            datagrams.close();
            datagrams = null;
        }
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // A connection that is being left need not end well.
                connection = null;
            }
            connection = null;
        }
    }
}
