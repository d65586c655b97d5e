/**
 * The values, steps and ports of Kubernaut Airgap. {@link ai.kubernaut.airgap.Airgap} is the entry
 * point.
 */
module ai.kubernaut.airgap.core {
  // Annotations, which nobody needs at run time.
  requires static org.immutables.value.annotations;
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires java.xml;
  requires org.apache.commons.compress;
  requires org.apache.httpcomponents.client5.httpclient5;
  requires org.apache.httpcomponents.core5.httpcore5;
  // What HttpClient needs, which has no module descriptor of its own.
  requires jdk.net;
  requires org.slf4j;
  requires org.snakeyaml.engine;

  exports ai.kubernaut.airgap;
  exports ai.kubernaut.airgap.attestation;
  exports ai.kubernaut.airgap.bundle;
  exports ai.kubernaut.airgap.bundle.archive;
  exports ai.kubernaut.airgap.chart;
  exports ai.kubernaut.airgap.cluster;
  exports ai.kubernaut.airgap.cluster.change;
  exports ai.kubernaut.airgap.cluster.gitops;
  exports ai.kubernaut.airgap.cluster.memory;
  exports ai.kubernaut.airgap.cluster.openshift;
  exports ai.kubernaut.airgap.cluster.rbac;
  exports ai.kubernaut.airgap.cluster.workload;
  exports ai.kubernaut.airgap.common;
  exports ai.kubernaut.airgap.diagnosis;
  exports ai.kubernaut.airgap.image;
  exports ai.kubernaut.airgap.install;
  exports ai.kubernaut.airgap.io;
  exports ai.kubernaut.airgap.kubernaut;
  exports ai.kubernaut.airgap.mirror;
  exports ai.kubernaut.airgap.mirrorrules;
  exports ai.kubernaut.airgap.outcome;
  exports ai.kubernaut.airgap.overlay;
  exports ai.kubernaut.airgap.permissions;
  exports ai.kubernaut.airgap.plan;
  exports ai.kubernaut.airgap.preflight;
  exports ai.kubernaut.airgap.progress;
  exports ai.kubernaut.airgap.prune;
  exports ai.kubernaut.airgap.pullsecret;
  exports ai.kubernaut.airgap.registry;
  exports ai.kubernaut.airgap.registry.http;
  exports ai.kubernaut.airgap.registry.layout;
  exports ai.kubernaut.airgap.registry.memory;
  exports ai.kubernaut.airgap.registry.retry;
  exports ai.kubernaut.airgap.registry.server;
  exports ai.kubernaut.airgap.repair;
  exports ai.kubernaut.airgap.report;
  exports ai.kubernaut.airgap.seal;
  exports ai.kubernaut.airgap.shard;
  exports ai.kubernaut.airgap.support;
  exports ai.kubernaut.airgap.trust;
  exports ai.kubernaut.airgap.verify;
  exports ai.kubernaut.airgap.yaml;
}
