/// One header field. Its descriptions never show a secret value.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Compares names without case (RFC 9110, 5.1).
    package func isNamed(_ other: String) -> Bool {
        name.lowercased() == other.lowercased()
    }

    /// Whether the value is a token, signature, password or cookie. Decided by words in the name,
    /// so that headers of unknown services are covered too.
    package var isSecret: Bool {
        let name = name.lowercased()
        return name.hasPrefix("x-sdk-") || Self.secretWords.contains { name.contains($0) }
    }

    private static let secretWords = [
        "token", "authorization", "cookie", "secret", "password", "signature", "api-key",
        "authenticate",
    ]
}

extension HTTPHeader: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(name): \(shownValue)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror {
        Mirror(self, children: ["name": name, "value": shownValue])
    }

    private var shownValue: String { isSecret ? "<secret>" : value }
}

extension [HTTPHeader] {
    /// The value of the first header of this name.
    package func first(named name: String) -> String? {
        first { $0.isNamed(name) }?.value
    }
}
