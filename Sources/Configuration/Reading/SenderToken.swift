package import GES
package import Listener

/// The bearer token that senders of alerts must present. Read again when its file changes.
package struct SenderToken: Sendable {
    /// A shorter token could be guessed.
    static let minimumBytes = 16

    private let path: String
    private let source: SecretSource

    package init(path: String) {
        self.path = path
        source = .file(path)
    }

    func read() throws(SecretError) -> Secret {
        let secret = try source.read()
        guard secret.byteCount >= Self.minimumBytes else {
            throw SecretError(
                path: path,
                message: "the token is shorter than \(Self.minimumBytes) bytes; create one with"
                    + " `openssl rand -hex 32`"
            )
        }
        return secret
    }

    /// Whether the request presents the token (RFC 6750, section 2.1).
    package func isPresented(by request: ServerRequest) throws(SecretError) -> Bool {
        let token = try read()
        let fields = request.headers.values("Authorization")
        guard fields.count == 1 else { return false }
        let parts = fields[0].split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == "bearer"
            && token.isEqual(to: String(parts[1]))
    }
}
