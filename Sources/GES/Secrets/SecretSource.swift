/// Where a secret comes from. Asked again for every use, so that a rotated secret is used at once.
package struct SecretSource: Sendable {
    package let read: @Sendable () throws(SecretError) -> Secret

    package init(read: @escaping @Sendable () throws(SecretError) -> Secret) {
        self.read = read
    }

    /// A secret that never changes.
    package static func constant(_ secret: Secret) -> SecretSource {
        SecretSource { () throws(SecretError) in secret }
    }

    /// The content of a file, without one trailing newline; read again when the file changed.
    package static func file(_ path: String) -> SecretSource {
        let file = SecretFile(path: path)
        return SecretSource { () throws(SecretError) in try file.secret() }
    }
}

/// Why a secret could not be had. Never holds any of it.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    package var description: String { "\(path): \(message)" }
}
