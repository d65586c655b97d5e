package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.Branch;

/**
 * Where a reference stands in a rendered chart.
 *
 * @param branch the branch of the chart
 * @param template the template
 * @param object which of the template's objects, so that a changed name is still the same place
 * @param path the path in the object
 * @param number which reference of those at this path
 */
record ReferenceLocation(Branch branch, String template, int object, String path, int number) {}
