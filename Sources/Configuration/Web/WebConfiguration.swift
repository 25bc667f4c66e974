import Files
package import Listener
package import StrictYAML

/// Prometheus' web configuration file, read and checked: who may connect, and how.
package struct WebConfiguration: Sendable {
    /// Nil is plain HTTP.
    package var tls: ServerTLS?
    /// Nil lets everybody in.
    package var authenticator: Authenticator?
    package var headers = HTTPServerConfiguration().defaultHeaders
    package var rateLimit: RateLimit?
    /// The files that it was made of, itself first.
    package var files: [String] = []
    /// What is allowed but worth a look.
    package var warnings: [YAMLIssue] = []

    package init() {}

    package var listener: HTTPServerConfiguration {
        var listener = HTTPServerConfiguration()
        listener.defaultHeaders = headers
        listener.rateLimit = rateLimit
        return listener
    }

    package static func load(_ file: String) throws(ConfigurationError) -> WebConfiguration {
        let text: String
        do {
            text = try TextFile.text(file)
        } catch {
            throw .unreadable(error)
        }
        let reading = WebConfigurationReader.read(text, file: file)
        guard var configuration = reading.value else {
            throw .invalid(reading.issues.filter { $0.severity == .error })
        }
        configuration.files.insert(file, at: 0)
        configuration.warnings = reading.issues
        return configuration
    }
}
