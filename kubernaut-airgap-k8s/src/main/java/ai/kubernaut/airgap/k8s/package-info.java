/** The cluster port on the fabric8 client. */
@NullMarked
package ai.kubernaut.airgap.k8s;

import org.jspecify.annotations.NullMarked;
