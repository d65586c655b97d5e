package ai.kubernaut.airgap.registry.http;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How TLS connections to a host are made.
 *
 * @param authorities trusted in addition to those of the JVM
 * @param certificate authenticates the client, if the server asks for it
 * @param context what the application has prepared; nothing else counts then
 */
record TlsSettings(
    List<X509Certificate> authorities,
    @Nullable ClientCertificate certificate,
    @Nullable SSLContext context) {}
