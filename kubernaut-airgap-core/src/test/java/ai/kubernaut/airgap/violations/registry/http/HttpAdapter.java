package ai.kubernaut.airgap.violations.registry.http;

/** An adapter. */
public final class HttpAdapter {}
