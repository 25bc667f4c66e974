import Cycle
import GES
import Remediation
import StrictYAML

/// Reads the section `webhook`.
struct WebhookReader {
    let paths: FilePaths

    var webhook: YAMLType<WebhookConfiguration> {
        .mapping { reader in
            var webhook = WebhookConfiguration(
                terms: WebhookTerms(alertnames: Set(reader.required("alerts", Self.alertnames))),
                // An invalid token file is reported already; do not report it as missing too.
                tokenFile: reader.has("token_file")
                    ? reader.value("token_file", tokenFile, default: "") : nil
            )
            webhook.terms.expireAfter = reader.value(
                "expire_after",
                .duration(in: .seconds(1)...Self.longestExpiry),
                default: webhook.terms.expireAfter
            )
            return webhook
        }
    }

    /// Below the ten days for which the ledger keeps an alert after it was last received.
    private static let longestExpiry = Duration.seconds(7 * 86_400)

    private static var alertnames: YAMLType<[String]> {
        .list(of: alertname, count: 1...1_000)
    }

    private static var alertname: YAMLType<String> {
        .nonEmptyString.checked { name in
            name.utf8.count > IncomingAlert.longestValue
                ? "longer than \(IncomingAlert.longestValue) bytes" : nil
        }
    }

    private var tokenFile: YAMLType<String> {
        paths.file { path in
            do throws(SecretError) {
                _ = try SenderToken(path: path).read()
                return FilePaths.finding(aboutSecret: path)
            } catch {
                return (.error, "\(error)")
            }
        }
    }

    /// Requires a token in mode `auto`: without one, anyone who can connect could cause restarts.
    static func checkToken(_ configuration: Configuration, _ reader: YAMLMappingReader) {
        guard let webhook = configuration.webhook, webhook.tokenFile == nil else { return }
        let remedy = "write a random token to a file and set webhook.token_file"
        if configuration.graphs.contains(where: { $0.policy.mode == .auto }) {
            reader.report(
                "webhook without token_file and graphs with mode: auto: anyone who can connect"
                    + " could cause restarts; \(remedy)",
                at: "webhook"
            )
        } else {
            reader.report(
                "webhook without token_file: anyone who can connect can send alerts; \(remedy)",
                at: "webhook",
                severity: .warning
            )
        }
    }
}
