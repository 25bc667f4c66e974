import GES
import StrictYAML

/// Reads the section `alertmanagers`.
struct AlertmanagersReader {
    let paths: FilePaths

    var alertmanagers: YAMLType<[YAMLLocated<AlertmanagerConfiguration>]> {
        .list(of: .located(alertmanager), count: 0...20)
    }

    /// One that is listed twice would get everything twice.
    static func checkURLs(
        _ alertmanagers: [YAMLLocated<AlertmanagerConfiguration>],
        _ reader: YAMLMappingReader
    ) {
        var seen: Set<Endpoint> = []
        for alertmanager in alertmanagers where !seen.insert(alertmanager.value.url).inserted {
            reader.context.report(
                "alertmanagers: \(alertmanager.value.url) is listed twice",
                at: alertmanager.mark
            )
        }
    }

    private var alertmanager: YAMLType<AlertmanagerConfiguration> {
        .mapping { reader in
            var alertmanager = AlertmanagerConfiguration(
                url: reader.required("url", CloudReader.endpoint)
            )
            alertmanager.certificateAuthorityFile = reader.optional(
                "ca_file",
                paths.certificateAuthorityFile
            )
            alertmanager.timeout = reader.value(
                "timeout",
                .duration(in: .milliseconds(10)...(.seconds(60))),
                default: alertmanager.timeout
            )
            alertmanager.credentials = credentials(reader)
            let url = alertmanager.url
            if alertmanager.credentials != nil, url.scheme == .http, !url.isLoopback {
                reader.report(
                    "credentials are sent to \(url) over plain http; use https",
                    at: "url",
                    severity: .warning
                )
            }
            return alertmanager
        }
    }

    private func credentials(_ reader: YAMLMappingReader) -> AlertmanagerCredentials? {
        let token = reader.optional("token_file", paths.secretFile)
        let user = reader.optional("user", .nonEmptyString)
        let password = reader.optional("password_file", paths.secretFile)
        if reader.has("user") != reader.has("password_file") {
            reader.report("user and password_file need each other")
        }
        if reader.has("token_file"), reader.has("user") {
            reader.report("only one of token_file and user may be set", at: "user")
        }
        if user?.contains(":") ?? false {
            reader.report("the user must not contain a colon", at: "user")
        }
        if let token { return .token(file: token) }
        if let user, let password { return .password(user: user, passwordFile: password) }
        return nil
    }
}
