package ai.kubernaut.airgap.bundle;

/**
 * A file of a bundle beside its images.
 *
 * @param title its path
 * @param mediaType its media type
 * @param content its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BundleFile(String title, String mediaType, byte[] content) {}
