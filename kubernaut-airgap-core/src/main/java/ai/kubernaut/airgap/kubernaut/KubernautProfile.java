package ai.kubernaut.airgap.kubernaut;

/** All that this library knows about Kubernaut beyond its chart (the guide, steps 4 and 5). */
public final class KubernautProfile {
  /** The name of the release in the guide. */
  public static final String RELEASE = "kubernaut";

  /** The namespace of the release in the guide. */
  public static final String NAMESPACE = "kubernaut-system";

  /** The last part of the path of the value with the SDK configuration; versions move the value. */
  public static final String SDK_CONFIG_VALUE = "sdkConfigContent";

  private KubernautProfile() {}

  /** {@return the profile of Kubernaut} */
  public static ProductProfile profile() {
    return ProductProfile.builder()
        .addSecrets(
            SecretTemplate.builder()
                .name("postgresql-secret")
                .nameValue("postgresql.auth.existingSecret")
                .component("postgresql")
                .putContent("POSTGRES_USER", "{postgresql.auth.username=slm_user}")
                .putContent("POSTGRES_PASSWORD", "{password}")
                .putContent("POSTGRES_DB", "{postgresql.auth.database=action_history}")
                .putContent(
                    "db-secrets.yaml",
                    "username: {postgresql.auth.username=slm_user}\npassword: {password}")
                .server("postgresql")
                // The images of Red Hat set the password of the role at each start, those of the
                // PostgreSQL project at the initialization of the volume only.
                .addPasswordVariables("POSTGRESQL_PASSWORD")
                .passwordCommand(
                    "kubectl exec -it -n {namespace} deployment/postgresql -- psql -U {postgresql.auth.username=slm_user} -d {postgresql.auth.database=action_history} -c '\\password {postgresql.auth.username=slm_user}'")
                .build(),
            SecretTemplate.builder()
                .name("valkey-secret")
                .nameValue("valkey.existingSecret")
                .component("valkey")
                .putContent("valkey-secrets.yaml", "password: {password}")
                .server("valkey")
                .passwordCommand(
                    "kubectl exec -i -n {namespace} deployment/valkey -- valkey-cli -x CONFIG SET requirepass < FILE")
                .build(),
            SecretTemplate.builder()
                .name("llm-credentials")
                .nameValue("credentialsSecretName")
                .build())
        .addPublicDomains(
            "openai.com",
            "openai.azure.com",
            "anthropic.com",
            "googleapis.com",
            "amazonaws.com",
            "mistral.ai",
            "cohere.com",
            "groq.com",
            "deepseek.com",
            "openrouter.ai",
            "huggingface.co")
        .addLlmConfigKeys("sdk-config.yaml")
        .migrationJob("migration")
        .hooks("its hooks create certificates and migrate the database")
        .build();
  }
}
