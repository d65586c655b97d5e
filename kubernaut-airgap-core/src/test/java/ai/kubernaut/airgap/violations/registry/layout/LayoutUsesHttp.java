package ai.kubernaut.airgap.violations.registry.layout;

import ai.kubernaut.airgap.violations.registry.http.HttpAdapter;

/** An adapter that depends on another one. */
final class LayoutUsesHttp {
  HttpAdapter adapter() {
    return new HttpAdapter();
  }
}
