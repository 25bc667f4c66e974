package import GES
import StrictYAML

/// The section `otlp`: where metrics are sent, in the protocol of OpenTelemetry.
package struct OTLPConfiguration: Sendable, Hashable {
    /// Such as `https://collector:4318`, or with the whole path.
    package var url: Endpoint
    package var interval = Duration.seconds(60)
    /// Of one request.
    package var timeout = Duration.seconds(10)
    package var compression = Compression.gzip
    /// PEM file of the certificate authorities to trust instead of the system's.
    package var certificateAuthorityFile: String?
    package var credentials: ServerCredentials?
    /// Further attributes of the resource, in the order of the file.
    package var resourceAttributes: [Attribute] = []

    /// Of the bodies of requests.
    package enum Compression: String, Sendable, Hashable, CaseIterable {
        case gzip, none
    }

    package struct Attribute: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    init(url: Endpoint) {
        self.url = url
    }

    /// Where requests go. A receiver that is named without a path has the standard one.
    package var metricsURL: String { "\(url)" + (url.hasPath ? "" : "/v1/metrics") }
}

extension OTLPConfiguration {
    static func type(_ paths: FilePaths) -> YAMLType<OTLPConfiguration?> {
        YAMLType<OTLPConfiguration?>.mapping { reader in
            var otlp = OTLPConfiguration(url: reader.required("url", CloudReader.endpoint))
            otlp.interval = reader.value(
                "interval",
                .duration(in: .seconds(1)...(.seconds(3600))),
                default: otlp.interval
            )
            otlp.timeout = reader.value(
                "timeout",
                .duration(in: .milliseconds(10)...(.seconds(60))),
                default: otlp.timeout
            )
            otlp.compression = reader.value(
                "compression",
                .oneOf(Compression.self),
                default: otlp.compression
            )
            otlp.certificateAuthorityFile = reader.optional(
                "ca_file",
                paths.certificateAuthorityFile
            )
            otlp.credentials = ServerCredentials(reader, paths: paths, to: otlp.url)
            otlp.resourceAttributes = reader.value(
                "resource_attributes",
                .dictionary(of: .string),
                default: []
            )
            .map { Attribute(name: $0.key, value: $0.value) }
            return otlp
        }
    }
}
