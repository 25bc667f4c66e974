import StrictYAML
import Testing

@testable import Configuration

@Suite("A file among systemd's credentials")
struct CredentialsDirectoryConfigurationTests {
    private static let reference = "${CREDENTIALS_DIRECTORY}"

    /// The variable is not set in tests.
    @Test("is an error with its position outside of a service")
    func configuration() {
        let text = """
            cloud:
              region: cn-north-4
              project_id: 0123456789abcdef0123456789abcdef
              ca_file: ${CREDENTIALS_DIRECTORY}/ca
              credentials:
                token:
                  file: ${CREDENTIALS_DIRECTORY}/token
            alertmanagers:
              - url: https://a.example
                token_file: "${CREDENTIALS_DIRECTORY}/am"
            webhook:
              alerts: [A]
              token_file: ${CREDENTIALS_DIRECTORY}/hook
            """
        let reading = ConfigurationReader.read(text, file: "c.yml", missingSecret: .warning)
        let errors = reading.issues.filter { $0.severity == .error }.map(\.description)
        for position in ["4:12", "7:13", "10:17", "13:15"] {
            #expect(
                errors.contains {
                    $0.hasPrefix("c.yml:\(position): ")
                        && $0.contains("CREDENTIALS_DIRECTORY is not set")
                },
                "\(position) in \(errors)"
            )
        }
        #expect(errors.count == 4, "\(errors)")
    }

    @Test("is an error in the web configuration too")
    func web() {
        let text = """
            tls_server_config:
              cert_file: ${CREDENTIALS_DIRECTORY}/cert
              key_file: ${CREDENTIALS_DIRECTORY}/key
            """
        let issues = WebConfigurationReader.read(text, file: "w.yml").issues.map(\.description)
        #expect(issues.contains { $0.hasPrefix("w.yml:2:14: ") && $0.contains("is not set") })
        #expect(issues.contains { $0.hasPrefix("w.yml:3:13: ") && $0.contains("is not set") })
    }
}
