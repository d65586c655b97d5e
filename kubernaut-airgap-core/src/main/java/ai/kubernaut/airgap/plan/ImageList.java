package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/** A list of images, one in a line, as the guide's script for step 1 is meant to print it. */
public final class ImageList {
  private ImageList() {}

  /**
   * Writes the sources of a plan.
   *
   * @param plan the plan
   * @return one reference in a line, each line ended by a line feed
   */
  public static String write(MirrorPlan plan) {
    return plan.entries().stream()
        .map(entry -> entry.source() + "\n")
        .collect(Collectors.joining());
  }

  /**
   * Reads a list. Empty lines, and what follows a {@code #}, do not count; an image that stands
   * there twice counts once.
   *
   * @param file the file, in UTF-8
   * @return the images in the file's order
   * @throws InvalidPlanException when the file cannot be read, or a line is no legal reference; the
   *     message names the line
   */
  public static List<ImageRef> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new InvalidPlanException("the image list " + file + " cannot be read: " + e, e);
    }
    LinkedHashSet<ImageRef> images = new LinkedHashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int comment = line.indexOf('#');
      String text = (comment < 0 ? line : line.substring(0, comment)).trim();
      if (!text.isEmpty()) {
        try {
          images.add(ImageRef.parse(text));
        } catch (InvalidReferenceException e) {
          throw new InvalidPlanException(
              "line " + (i + 1) + " of the image list " + file + ": " + e.getMessage(), e);
        }
      }
    }
    return new ArrayList<>(images);
  }
}
