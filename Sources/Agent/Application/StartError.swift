package import Configuration

/// Why the agent did not start, and what to do about it.
package enum StartError: Error, CustomStringConvertible {
    /// The configuration, a rule file or the web configuration cannot be used.
    case configuration(ConfigurationError)
    case storage(String)
    case listen(String)
    case client(String)
    /// Orders are enabled without authentication.
    case unauthenticated(String)

    package var description: String {
        switch self {
        case .configuration(let error): "\(error)"
        case .storage(let text), .listen(let text), .client(let text): text
        case .unauthenticated(let cause):
            "--web.enable-admin-api needs authentication, or everybody who reaches the agent could"
                + " give orders; \(cause): name users in the file of --web.config.file"
        }
    }

    /// 2 if a configuration file cannot be used, 1 if the host refused a resource.
    package var exitCode: Int32 {
        switch self {
        case .configuration, .unauthenticated: 2
        case .storage, .listen, .client: 1
        }
    }
}
