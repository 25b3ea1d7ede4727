package io.deepsentry.live.alert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Key pairs for servers of tests, made by the runtime's own {@code keytool}. */
final class Certificates {
    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "http";

    private Certificates() {}

    /**
     * A new key pair with its certificate.
     *
     * @param names for which it holds, such as {@code ip:127.0.0.1,dns:localhost}
     */
    static KeyStore selfSigned(Path file, String names) throws IOException, GeneralSecurityException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "RSA",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=" + names,
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (made.onExit().join().exitValue() != 0) {
            throw new IOException("keytool: " + said);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    /** Writes the certificate, PEM. */
    static Path write(Path file, KeyStore keys) throws IOException, GeneralSecurityException {
        return Files.writeString(
                file, pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
    }

    /** Writes the private key, PEM. */
    static Path writeKey(Path file, KeyStore keys) throws IOException, GeneralSecurityException {
        return Files.writeString(
                file,
                pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
    }

    /** What a server that shows the certificate is made with. */
    static SSLContext server(KeyStore keys) throws GeneralSecurityException {
        return context(keys, null);
    }

    /** What a server that shows one certificate and takes another is made with. */
    static SSLContext server(KeyStore keys, KeyStore taken) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(ALIAS, taken.getCertificate(ALIAS));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return context(keys, trust.getTrustManagers());
    }

    private static SSLContext context(KeyStore keys, TrustManager @Nullable [] trust) throws GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust, null);
        return context;
    }
}
