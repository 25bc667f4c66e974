/// The source of a secret. Read again for every use, so that a rotated secret takes effect at once.
package struct SecretSource: Sendable {
    package let read: @Sendable () throws(SecretError) -> Secret

    package init(read: @escaping @Sendable () throws(SecretError) -> Secret) {
        self.read = read
    }

    /// A secret that never changes.
    package static func constant(_ secret: Secret) -> SecretSource {
        SecretSource { () throws(SecretError) in secret }
    }

    /// The content of a file without its trailing line break. Read again after the file changes.
    package static func file(_ path: String) -> SecretSource {
        let file = SecretFile(path: path)
        return SecretSource { () throws(SecretError) in try file.secret() }
    }
}

/// Why a secret could not be read. Never contains any part of it.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    package var description: String { "\(path): \(message)" }
}
