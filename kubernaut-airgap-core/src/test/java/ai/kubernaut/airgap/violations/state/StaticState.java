package ai.kubernaut.airgap.violations.state;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Static fields whose values change. */
final class StaticState {
  @SuppressWarnings("NonFinalStaticField")
  static int counter;

  static final AtomicInteger ATOMIC = new AtomicInteger();
  static final ConcurrentHashMap<String, String> MAP = new ConcurrentHashMap<>();

  @SuppressWarnings("MutablePublicArray")
  static final int[] ARRAY = {1};

  static final StringBuilder BUILDER = new StringBuilder();
}
