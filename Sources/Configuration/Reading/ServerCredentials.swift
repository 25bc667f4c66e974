import GES
import StrictYAML

/// The files that contain the credentials for a server that is told something. They are read again
/// when they change.
package enum ServerCredentials: Sendable, Hashable {
    case token(file: String)
    case password(user: String, passwordFile: String)
}

extension ServerCredentials {
    /// Reads `token_file`, or `user` and `password_file`; nil if there are none.
    ///
    /// - Parameter url: where they are sent.
    init?(_ reader: YAMLMappingReader, paths: FilePaths, to url: Endpoint) {
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
        if let token {
            self = .token(file: token)
        } else if let user, let password {
            self = .password(user: user, passwordFile: password)
        } else {
            return nil
        }
        if url.scheme == .http, !url.isLoopback {
            reader.report(
                "credentials are sent to \(url) over plain http; use https",
                at: "url",
                severity: .warning
            )
        }
    }
}
