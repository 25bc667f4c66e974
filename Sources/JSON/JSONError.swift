import GoText

/// Why a document could not be parsed, decoded or encoded, and where.
package struct JSONError: Error, Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        /// The number of bytes before the error; the length of the document if it ends too early.
        case offset(Int)
        /// A path such as `$.graphs[3].status`; `$` is the whole document.
        case path(String)
    }

    package let place: Place
    package let message: String

    /// What is longer is cut: names of the document are part of paths and messages.
    private static let longestText = 1_000

    package init(place: Place, message: String) {
        self.place =
            switch place {
            case .offset: place
            case .path(let path): .path(path.cut(atMost: Self.longestText))
            }
        self.message = message.cut(atMost: Self.longestText)
    }

    package init(offset: Int, message: String) {
        self.init(place: .offset(offset), message: message)
    }

    package init(path: String, message: String) {
        self.init(place: .path(path), message: message)
    }

    /// The error of a part of a document, as one of the whole document.
    package func moved(under path: String) -> JSONError {
        guard case .path(let own) = place, own.hasPrefix("$") else { return self }
        return JSONError(path: path + own.dropFirst(), message: message)
    }

    /// Set if the bytes are not acceptable JSON.
    package var offset: Int? {
        guard case .offset(let offset) = place else { return nil }
        return offset
    }

    /// Set if the JSON does not match the type, or if a value cannot be represented in JSON.
    package var path: String? {
        guard case .path(let path) = place else { return nil }
        return path
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch place {
        case .offset(let offset): "JSON, byte \(offset): \(message)"
        case .path(let path): "JSON, \(path): \(message)"
        }
    }
}
