package ai.kubernaut.airgap.examples.lab;

import java.util.Objects;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a {@link Lab} for the tests of a class, which get it as a parameter, and closes it after
 * them. An extension for JUnit 5 and 6.
 *
 * <pre>
 * final class MirroringTest {
 *   {@literal @}RegisterExtension
 *   static final LabExtension LAB = LabExtension.of(Lab.builder().flavour(Flavour.KUBERNETES));
 *
 *   {@literal @}Test
 *   void everyImageIsMirrored(Lab lab) {
 *     …
 *   }
 * }
 * </pre>
 *
 * <p>With a static field, or with {@code @ExtendWith(LabExtension.class)}, all tests of the class
 * and of its nested classes share one lab, which is started before the first of them. With a field
 * that is not static, each test that has the parameter gets a lab of its own. Constructors and
 * methods that run before or after tests can have the parameter as well.
 *
 * <p>Thread-safe, if no other code changes the builder.
 */
public final class LabExtension implements BeforeAllCallback, ParameterResolver {
  private final Namespace namespace = Namespace.create(this);
  private final Lab.Builder lab;

  private LabExtension(Lab.Builder lab) {
    this.lab = lab;
  }

  /** Creates an extension that starts whole labs with an OpenShift cluster. */
  public LabExtension() {
    this(Lab.builder());
  }

  /**
   * Creates an extension.
   *
   * @param lab how each lab is built
   * @return the extension
   */
  public static LabExtension of(Lab.Builder lab) {
    return new LabExtension(lab);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    labOf(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Lab.class;
  }

  @Override
  public Lab resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return labOf(context);
  }

  /** Returns the lab of the context or of one around it; JUnit closes it with that context. */
  @SuppressWarnings("deprecation") // what JUnit 6 has instead is not in JUnit 5
  private Lab labOf(ExtensionContext context) {
    return Objects.requireNonNull(
            context
                .getStore(namespace)
                .getOrComputeIfAbsent(
                    OpenLab.class, key -> new OpenLab(lab.start()), OpenLab.class))
        .lab();
  }

  /** JUnit before 5.13 closes values of this type only. */
  @SuppressWarnings("deprecation")
  private record OpenLab(Lab lab) implements ExtensionContext.Store.CloseableResource {
    @Override
    public void close() {
      lab.close();
    }
  }
}
