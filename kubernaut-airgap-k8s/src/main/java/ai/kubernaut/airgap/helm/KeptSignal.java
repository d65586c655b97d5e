package ai.kubernaut.airgap.helm;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's handler of one signal, while someone else takes its place. A signal that arrives
 * meanwhile is raised again afterwards.
 *
 * <p>Only {@code sun.misc.Signal} reaches handlers. The module jdk.unsupported exports it, but the
 * compiler's warning about it cannot be switched off where it is meant, so it is called by
 * reflection.
 */
final class KeptSignal {
  private static final String SIGNAL = "sun.misc.Signal";
  private static final String HANDLER = "sun.misc.SignalHandler";

  private final @Nullable Object signal;
  private final @Nullable Object handler;
  private final AtomicBoolean arrived;

  private KeptSignal(@Nullable Object signal, @Nullable Object handler, AtomicBoolean arrived) {
    this.signal = signal;
    this.handler = handler;
    this.arrived = arrived;
  }

  static KeptSignal keep(String name) {
    AtomicBoolean arrived = new AtomicBoolean();
    try {
      Class<?> handlerType = Class.forName(HANDLER);
      Object remember =
          Proxy.newProxyInstance(
              KeptSignal.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> {
                arrived.set(arrived.get() || method.getName().equals("handle"));
                return null;
              });
      Object signal = Class.forName(SIGNAL).getConstructor(String.class).newInstance(name);
      return new KeptSignal(signal, handle(signal, remember), arrived);
    } catch (InvocationTargetException notHandled) {
      // With -Xrs the JVM does not handle this signal, so there is no handler to keep.
      return new KeptSignal(null, null, arrived);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this JVM has no module jdk.unsupported, which keeps the host's signal handlers", e);
    }
  }

  void restore() {
    if (signal == null) {
      return;
    }
    try {
      handle(signal, handler);
      if (arrived.get()) {
        signal.getClass().getMethod("raise", signal.getClass()).invoke(null, signal);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "the JVM's handler of " + signal + " could not be put back", e);
    }
  }

  private static @Nullable Object handle(Object signal, @Nullable Object handler)
      throws ReflectiveOperationException {
    return signal
        .getClass()
        .getMethod("handle", signal.getClass(), Class.forName(HANDLER))
        .invoke(null, signal, handler);
  }
}
