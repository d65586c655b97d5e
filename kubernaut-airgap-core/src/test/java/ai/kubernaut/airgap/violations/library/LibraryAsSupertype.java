package ai.kubernaut.airgap.violations.library;

import com.fasterxml.jackson.databind.module.SimpleModule;

/** A class that extends the class of a library. */
public final class LibraryAsSupertype extends SimpleModule {
  private static final long serialVersionUID = 1L;
}
