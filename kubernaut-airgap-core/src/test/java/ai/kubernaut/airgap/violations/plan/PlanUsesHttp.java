package ai.kubernaut.airgap.violations.plan;

import ai.kubernaut.airgap.violations.registry.http.HttpAdapter;

/** A step that depends on an adapter. */
final class PlanUsesHttp {
  HttpAdapter adapter() {
    return new HttpAdapter();
  }
}
