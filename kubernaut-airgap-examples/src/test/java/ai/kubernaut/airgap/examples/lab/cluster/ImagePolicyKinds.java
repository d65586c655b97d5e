package ai.kubernaut.airgap.examples.lab.cluster;

import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The kinds of image policies in a cluster, with the fields and limits of those of OpenShift 4.20.
 * A cluster that has them already keeps its own.
 */
final class ImagePolicyKinds implements AutoCloseable {
  private static final String HOST = "[A-Za-z0-9-]+(\\\\.[A-Za-z0-9-]+)+";
  private static final String PATH = "(/[a-z0-9]+([._-]+[a-z0-9]+)*)";

  /** A registry with a port needs a path, because its port would be a tag; localhost does not. */
  private static final String PREFIX =
      "^(%1$s|%1$s(:[0-9]+)?%2$s+|localhost(:[0-9]+)?%2$s*)$".formatted(HOST, PATH);

  private static final String SCOPE =
      "^(%1$s|localhost)(:[0-9]+)?%2$s*(:[A-Za-z0-9_.-]+)?(@sha256:[0-9a-f]{64})?$"
          .formatted(HOST, PATH);

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: PLURAL.config.openshift.io}
      spec:
        group: config.openshift.io
        scope: LEVEL
        names: {plural: PLURAL, singular: SINGULAR, kind: KIND, listKind: KINDList}
        versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              required: [spec]
              properties:
                apiVersion: {type: string}
                kind: {type: string}
                metadata: {type: object}
                spec:
                  type: object
                  required: [policy, scopes]
                  properties:
                    scopes:
                      type: array
                      maxItems: 256
                      items: {type: string, maxLength: 512, pattern: "SCOPE"}
                    policy:
                      type: object
                      required: [rootOfTrust]
                      properties:
                        rootOfTrust:
                          type: object
                          required: [policyType]
                          oneOf:
                          - {required: [publicKey], properties: {policyType: {enum: [PublicKey]}}}
                          - {required: [fulcioCAWithRekor], properties: {policyType: {enum: [FulcioCAWithRekor]}}}
                          - {required: [pki], properties: {policyType: {enum: [PKI]}}}
                          properties:
                            policyType: {type: string}
                            publicKey:
                              type: object
                              required: [keyData]
                              properties:
                                keyData: {type: string, format: byte, maxLength: 8192}
                                rekorKeyData: {type: string, format: byte, maxLength: 8192}
                            fulcioCAWithRekor:
                              type: object
                              required: [fulcioCAData, fulcioSubject, rekorKeyData]
                              properties:
                                fulcioCAData: {type: string, format: byte, maxLength: 8192}
                                rekorKeyData: {type: string, format: byte, maxLength: 8192}
                                fulcioSubject:
                                  type: object
                                  required: [oidcIssuer, signedEmail]
                                  properties:
                                    oidcIssuer: {type: string, pattern: "^[a-z]+://."}
                                    signedEmail: {type: string, pattern: "^[^ ]+@[^ ]+$"}
                            pki:
                              type: object
                              required: [caRootsData, pkiCertificateSubject]
                              properties:
                                caRootsData: {type: string, format: byte, maxLength: 8192}
                                caIntermediatesData: {type: string, format: byte, maxLength: 8192}
                                pkiCertificateSubject:
                                  type: object
                                  minProperties: 1
                                  properties:
                                    email: {type: string, maxLength: 320, pattern: "^[^ ]+@[^ ]+$"}
                                    hostname: {type: string, maxLength: 253}
                        signedIdentity:
                          type: object
                          required: [matchPolicy]
                          properties:
                            matchPolicy:
                              type: string
                              enum: [MatchRepoDigestOrExact, MatchRepository, ExactRepository, RemapIdentity]
                            exactRepository:
                              type: object
                              required: [repository]
                              properties:
                                repository: {type: string, maxLength: 512, pattern: "PREFIX"}
                            remapIdentity:
                              type: object
                              required: [prefix, signedPrefix]
                              properties:
                                prefix: {type: string, maxLength: 512, pattern: "PREFIX"}
                                signedPrefix: {type: string, maxLength: 512, pattern: "PREFIX"}
      """;

  private final List<Resource<CustomResourceDefinition>> created = new ArrayList<>();

  /** Creates the kinds that the cluster lacks. */
  ImagePolicyKinds(KubernetesClient client) {
    for (String yaml : List.of(definition("ClusterImagePolicy"), definition("ImagePolicy"))) {
      Resource<CustomResourceDefinition> definition =
          client.resource(Serialization.unmarshal(yaml, CustomResourceDefinition.class));
      if (definition.get() == null) {
        definition.create();
        created.add(definition);
      }
    }
  }

  private static String definition(String kind) {
    boolean isCluster = kind.startsWith("Cluster");
    return DEFINITION
        .replace("LEVEL", isCluster ? "Cluster" : "Namespaced")
        .replace("PLURAL", isCluster ? "clusterimagepolicies" : "imagepolicies")
        .replace("SINGULAR", kind.toLowerCase(Locale.ROOT))
        .replace("KIND", kind)
        .replace("SCOPE", SCOPE)
        .replace("PREFIX", PREFIX);
  }

  /** Returns what the schema does not accept in a policy, fields that it does not know included. */
  static Set<String> violations(String policy) {
    JsonNode definition =
        Json.parse(
            Serialization.asJson(Serialization.unmarshal(definition("ImagePolicy"), Object.class))
                .getBytes(StandardCharsets.UTF_8));
    JsonNode schema = definition.at("/spec/versions/0/schema/openAPIV3Schema");
    close(schema.at("/properties/spec"));
    String json =
        Serialization.asJson(Yaml.readMapping("policy", policy, Yaml.DuplicateKeys.REFUSED));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(schema.toString())
        .validate(json, InputFormat.JSON)
        .stream()
        .map(ValidationMessage::getMessage)
        .collect(Collectors.toSet());
  }

  private static void close(JsonNode schema) {
    if (schema.path("properties").isObject() && schema instanceof ObjectNode object) {
      object.put("additionalProperties", false);
      schema.path("properties").forEach(ImagePolicyKinds::close);
    }
  }

  /** Removes what was created. */
  @Override
  public void close() {
    created.forEach(Resource::delete);
  }
}
