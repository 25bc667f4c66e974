/// Hides what may be a secret in a text that people read. The configuration has only names of
/// files, but its comments may have anything, and so may a file that is not valid.
package enum SecretMask {
    /// What Prometheus shows instead of a secret.
    private static let mask = "<secret>"

    package static func masked(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { maskedUsers(in: maskedValues(in: String($0))) }.joined(separator: "\n")
    }

    /// All that follows a key such as `password`, but not `password_file`. A mapping stays, since
    /// its own keys tell what is in it.
    private static func maskedValues(in line: String) -> String {
        line.replacing(
            /(?i)((?:password|passwd|secret|token|credential)s?["']?\s*[:=]\s*)[^\s{#].*/
        ) {
            "\($0.1)\(mask)"
        }
    }

    /// The user and password of a URL.
    private static func maskedUsers(in line: String) -> String {
        line.replacing(/:\/\/[^\s\/"'@]*@/) { _ in "://\(mask)@" }
    }
}
