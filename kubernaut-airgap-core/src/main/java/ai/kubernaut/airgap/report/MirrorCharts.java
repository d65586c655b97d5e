package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.mirror.MirroredImage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws the traffic and the times of a mirroring as bars in SVG. */
final class MirrorCharts {
  private static final int LABEL = 300;
  private static final int BARS = 560;
  private static final int VALUE = 110;
  private static final int ROW = 22;
  private static final int TOP = 30;
  private static final int LABEL_CHARACTERS = 42;

  private MirrorCharts() {}

  /** Draws how much was sent for each image, the most first. */
  static void traffic(Markup page, List<MirroredImage> images) {
    List<MirroredImage> sorted =
        images.stream()
            .sorted(Comparator.comparingLong(MirroredImage::bytesSent).reversed())
            .toList();
    chart(
        page,
        "Content sent for each image, in MB",
        sorted,
        image -> 0,
        image -> image.bytesSent() / 1e6,
        "MB");
  }

  /** Draws from when to when the run was busy with each image. */
  static void times(Markup page, List<MirroredImage> images) {
    List<MirroredImage> sorted =
        images.stream()
            .filter(image -> image.duration().isPresent())
            .sorted(Comparator.comparing(image -> image.startedAfter().orElse(Duration.ZERO)))
            .toList();
    if (!sorted.isEmpty()) {
      chart(
          page,
          "Time for each image, in seconds after the begin of the run",
          sorted,
          MirrorCharts::start,
          image -> image.duration().map(MirrorCharts::seconds).orElse(0.0),
          "s");
    }
  }

  private static double start(MirroredImage image) {
    return image.startedAfter().map(MirrorCharts::seconds).orElse(0.0);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }

  private static void chart(
      Markup page,
      String title,
      List<MirroredImage> images,
      ToDoubleFunction<MirroredImage> from,
      ToDoubleFunction<MirroredImage> length,
      String unit) {
    double end =
        images.stream()
            .mapToDouble(image -> from.applyAsDouble(image) + length.applyAsDouble(image))
            .max()
            .orElse(0);
    double scale = end > 0 ? BARS / end : 0;
    int width = LABEL + BARS + VALUE;
    int height = TOP + images.size() * ROW + 10;
    String id = "chart-" + unit.toLowerCase(Locale.ROOT);
    page.open("figure").element("figcaption", title);
    page.openDrawing(id, title, title + "; the table below has the numbers", width, height);
    for (int part = 0; part <= 4; part++) {
      double x = LABEL + BARS * part / 4.0;
      page.shape("line", "class", "axis", "x1", x, "x2", x, "y1", TOP - 8, "y2", height - 10);
      page.element(
          "text",
          number(end * part / 4),
          "class",
          "quiet",
          "x",
          x,
          "y",
          14,
          "text-anchor",
          "middle");
    }
    int y = TOP;
    for (MirroredImage image : images) {
      double x = LABEL + from.applyAsDouble(image) * scale;
      double bar = Math.max(1, length.applyAsDouble(image) * scale);
      page.element("text", label(image), "x", LABEL - 8, "y", y + 13, "text-anchor", "end");
      page.shape(
          "rect",
          "class",
          image.failure().isPresent() ? "bar bad" : "bar",
          "x",
          pixel(x),
          "y",
          y,
          "width",
          pixel(bar),
          "height",
          ROW - 6);
      page.element(
          "text",
          number(length.applyAsDouble(image)) + " " + unit,
          "class",
          "quiet",
          "x",
          pixel(x + bar + 6),
          "y",
          y + 13);
      y += ROW;
    }
    page.close().close().end();
  }

  private static String label(MirroredImage image) {
    String name = image.entry().source().toString();
    return name.length() <= LABEL_CHARACTERS
        ? name
        : "…" + name.substring(name.length() - LABEL_CHARACTERS + 1);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 1 ? "%.1f" : "%.2f", value);
  }

  private static String pixel(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
