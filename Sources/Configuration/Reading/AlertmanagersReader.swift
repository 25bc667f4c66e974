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
            alertmanager.credentials = ServerCredentials(
                reader,
                paths: paths,
                to: alertmanager.url
            )
            return alertmanager
        }
    }
}
