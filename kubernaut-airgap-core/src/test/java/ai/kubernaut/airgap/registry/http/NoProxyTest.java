package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The entries of NO_PROXY mean what they mean to Go programs such as docker and kubelet. */
final class NoProxyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // A domain, with and without what is below it.
        "corp.example        | corp.example     | 443  | true",
        "corp.example        | a.corp.example   | 443  | true",
        "corp.example        | b.a.corp.example | 443  | true",
        "corp.example        | notcorp.example  | 443  | false",
        "corp.example        | corp.example.org | 443  | false",
        "CORP.Example        | A.corp.EXAMPLE   | 443  | true",
        ".corp.example       | corp.example     | 443  | false",
        ".corp.example       | a.corp.example   | 443  | true",
        "*.corp.example      | corp.example     | 443  | false",
        "*.corp.example      | a.corp.example   | 443  | true",
        "example             | corp.example     | 443  | true",
        // Ports.
        "corp.example:5000   | corp.example     | 5000 | true",
        "corp.example:5000   | a.corp.example   | 5000 | true",
        "corp.example:5000   | corp.example     | 443  | false",
        ".corp.example:5000  | a.corp.example   | 5000 | true",
        "*.corp.example:5000 | a.corp.example   | 443  | false",
        // Addresses, which no name is resolved for.
        "10.0.0.1            | 10.0.0.1         | 443  | true",
        "10.0.0.1            | 10.0.0.10        | 443  | false",
        "10.0.0.1            | 110.0.0.1        | 443  | false",
        "10.0.0.1:5000       | 10.0.0.1         | 5000 | true",
        "10.0.0.1:5000       | 10.0.0.1         | 443  | false",
        "10.0.0.0/8          | 10.200.3.4       | 443  | true",
        "10.0.0.0/8          | 11.0.0.1         | 443  | false",
        "10.96.0.0/12        | 10.111.255.255   | 443  | true",
        "10.96.0.0/12        | 10.112.0.0       | 443  | false",
        "10.0.0.5/32         | 10.0.0.5         | 443  | true",
        "0.0.0.0/0           | 192.0.2.1        | 443  | true",
        "0.0.0.0/0           | corp.example     | 443  | false",
        "10.0.0.0/33         | 10.0.0.1         | 443  | false",
        "10.0.0.256          | 10.0.0.1         | 443  | false",
        "2001:db8::/32       | [2001:db8::7]    | 443  | true",
        "2001:db8::/32       | 10.0.0.1         | 443  | false",
        "2001:db8::7         | [2001:DB8:0::7]  | 443  | true",
        "[2001:db8::7]:5000  | 2001:db8::7      | 5000 | true",
        "[2001:db8::7]:5000  | 2001:db8::7      | 443  | false",
        "::ffff:10.0.0.1     | 10.0.0.1         | 443  | true",
        // Everything, and nothing.
        "*                   | corp.example     | 443  | true",
        "a.example, * ,b     | 192.0.2.1        | 443  | true",
        "*:5000              | corp.example     | 5000 | false",
        "''                  | corp.example     | 443  | false",
        "' , ,'              | corp.example     | 443  | false",
        ":5000               | corp.example     | 5000 | false",
        "' a.example , corp.example ' | corp.example | 443 | true",
        // Loopback addresses have no proxy.
        "''                  | localhost        | 443  | true",
        "''                  | 127.0.0.1        | 443  | true",
        "''                  | 127.9.9.9        | 443  | true",
        "''                  | [::1]            | 443  | true",
        "''                  | localhost.corp   | 443  | false"
      })
  void anEntryMatches(String entries, String host, int port, boolean expected) {
    assertThat(new NoProxy(entries).matches(host, port)).isEqualTo(expected);
  }
}
