import Files
package import Listener
package import StrictYAML

/// The content of a valid web configuration file: TLS, users, headers and rate limit of the
/// listener.
package struct WebConfiguration: Sendable {
    /// nil is plain HTTP.
    package var tls: ServerTLS?
    /// nil requires no authentication.
    package var authenticator: Authenticator?
    package var headers = HTTPServerConfiguration().defaultHeaders
    package var rateLimit: RateLimit?
    /// The files read: the web configuration file itself first, then certificates and keys.
    package var files: [String] = []
    /// Whether the file itself contains password hashes or a private key.
    var holdsSecrets = false
    /// Findings that do not prevent the use of the file.
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
        // Whoever can write the file would choose the users, or the key.
        if configuration.holdsSecrets, let refusal = SecretFileAccess.refusal(file) {
            throw .unreadable(refusal)
        }
        configuration.files.insert(file, at: 0)
        configuration.warnings = reading.issues
        return configuration
    }
}
