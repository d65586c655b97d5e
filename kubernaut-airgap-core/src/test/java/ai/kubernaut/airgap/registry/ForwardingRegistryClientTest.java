package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client that forwards everything keeps the contract, and forwards each method of the port. */
final class ForwardingRegistryClientTest extends RegistryClientContract {
  private static final byte[] CONTENT = {1, 2, 3};
  private static final Manifest MANIFEST =
      Manifest.of(
          Manifest.OCI_INDEX,
          ("{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_INDEX + "\",\"manifests\":[]}")
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
  private static final Map<Class<?>, Object> VALUES =
      new HashMap<>(
          Map.ofEntries(
              Map.entry(String.class, "harbor.corp"),
              Map.entry(ImageRef.class, ImageRef.parse("harbor.corp/app:v1")),
              Map.entry(Repository.class, Repository.parse("harbor.corp/app")),
              Map.entry(Digest.class, Digest.sha256(CONTENT)),
              Map.entry(Manifest.class, MANIFEST),
              Map.entry(Descriptor.class, Descriptor.of("text/plain", Digest.sha256(CONTENT), 3)),
              Map.entry(InputStream.class, InputStream.nullInputStream()),
              Map.entry(CredentialProvider.class, CredentialProvider.none()),
              Map.entry(OptionalLong.class, OptionalLong.of(7)),
              Map.entry(Optional.class, Optional.of("an answer")),
              Map.entry(List.class, List.of("a tag")),
              Map.entry(Set.class, Set.of("a digest")),
              Map.entry(long.class, 7L),
              // No default of the port.
              Map.entry(boolean.class, false)));

  private static final class Client extends ForwardingRegistryClient {
    Client(RegistryClient client) {
      super(client);
    }
  }

  private static final class Upload extends ForwardingBlobUpload {
    Upload(BlobUpload upload) {
      super(upload);
    }
  }

  @Override
  protected Subject open() {
    return new Subject(new Client(MemoryRegistryClient.create()), "harbor.corp:5000");
  }

  static Stream<Method> methodsOfThePort() {
    return methods(RegistryClient.class);
  }

  static Stream<Method> methodsOfUploads() {
    return methods(BlobUpload.class);
  }

  private static Stream<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }

  @ParameterizedTest
  @MethodSource("methodsOfThePort")
  void everyMethodOfThePortIsForwarded(Method method) throws Exception {
    List<Object> calls = new ArrayList<>();

    forwards(method, new Client(recorder(RegistryClient.class, calls)), calls);
  }

  @ParameterizedTest
  @MethodSource("methodsOfUploads")
  void everyMethodOfAnUploadIsForwarded(Method method) throws Exception {
    List<Object> calls = new ArrayList<>();

    forwards(method, new Upload(recorder(BlobUpload.class, calls)), calls);
  }

  private static void forwards(Method method, Object forwarding, List<Object> calls)
      throws Exception {
    Object[] arguments =
        Arrays.stream(method.getParameterTypes())
            .map(ForwardingRegistryClientTest::value)
            .toArray();

    Object result = method.invoke(forwarding, arguments);

    assertThat(calls).containsExactly(List.of(method, Arrays.asList(arguments)));
    if (method.getReturnType() != void.class) {
      assertThat(result).isEqualTo(value(method.getReturnType()));
    }
  }

  private static Object value(Class<?> type) {
    Object value = VALUES.get(type);
    assertThat(value).as("a value of %s for this test", type).isNotNull();
    return value;
  }

  private static <T> T recorder(Class<T> type, List<Object> calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              calls.add(
                  List.of(
                      method,
                      arguments == null ? Collections.emptyList() : Arrays.asList(arguments)));
              return method.getReturnType() == void.class ? null : value(method.getReturnType());
            }));
  }

  @Test
  void aSubclassChangesOneMethodAndKeepsTheRest() {
    try (RegistryClient memory = MemoryRegistryClient.create();
        RegistryClient renamed =
            new ForwardingRegistryClient(memory) {
              @Override
              public List<String> tags(Repository repository) {
                return super.tags(repository).stream().filter(tag -> !tag.contains("-rc")).toList();
              }
            }) {
      renamed.writeManifest(ImageRef.parse("harbor.corp/app:v1"), MANIFEST);
      renamed.writeManifest(ImageRef.parse("harbor.corp/app:v2-rc1"), MANIFEST);

      assertThat(renamed.tags(Repository.parse("harbor.corp/app"))).containsExactly("v1");
      assertThat(renamed.beginUpload(Repository.parse("harbor.corp/app"))).isPresent();
    }
  }
}
