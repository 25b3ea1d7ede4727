package io.deepsentry.live.alert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a guarded Elasticsearch is made with: a certificate of its own for 127.0.0.1 and one user who may do everything.
 *
 * @param certificate the certificate, PEM
 * @param user the user's name
 * @param password the user's password
 */
record SearchGuard(Path certificate, String user, String password) {
    private static final int ITERATIONS = 1_000;

    /** Writes the files into the folder of a node's settings, before it is started. */
    static SearchGuard make(Path config, String user, String password) throws IOException, GeneralSecurityException {
        KeyStore keys = Certificates.selfSigned(config.resolve("http.p12"), "ip:127.0.0.1,dns:localhost");
        Certificates.writeKey(config.resolve("http.key"), keys);
        Path certificate = Certificates.write(config.resolve("http.crt"), keys);
        Files.writeString(config.resolve("users"), user + ":" + hash(password) + "\n");
        Files.writeString(config.resolve("users_roles"), "superuser:" + user + "\n");
        return new SearchGuard(certificate, user, password);
    }

    /** The settings that make a node use them. */
    static List<String> settings() {
        return List.of(
                "xpack.security.enabled=true",
                "xpack.security.http.ssl.enabled=true",
                "xpack.security.http.ssl.key=http.key",
                "xpack.security.http.ssl.certificate=http.crt");
    }

    /** A certificate that nobody uses, PEM. */
    static Path otherCertificate(Path folder) throws IOException, GeneralSecurityException {
        KeyStore keys = Certificates.selfSigned(folder.resolve("other.p12"), "ip:127.0.0.1,dns:localhost");
        return Certificates.write(folder.resolve("other.crt"), keys);
    }

    /** As Elasticsearch's file of users holds a password; its own tool would cost the start of a second Java. */
    private static String hash(String password) throws GeneralSecurityException {
        byte[] salt = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2withHMACSHA512")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, 256))
                .getEncoded();
        Base64.Encoder base64 = Base64.getEncoder();
        return "{PBKDF2}" + ITERATIONS + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(key);
    }

    /** Trusts the certificate and nothing else. */
    SSLContext trusting() {
        try (InputStream in = Files.newInputStream(certificate)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "http", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The header by which the user is known. */
    String authorization() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
