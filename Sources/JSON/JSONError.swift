/// Why a document could not be read, decoded or written, and where.
package struct JSONError: Error, Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        /// The number of bytes before the fault; the document's length when it ends too early.
        case offset(Int)
        /// `$.graphs[3].status`; `$` is the whole document.
        case path(String)
    }

    package let place: Place
    package let message: String

    package init(place: Place, message: String) {
        self.place = place
        self.message = message
    }

    package init(offset: Int, message: String) {
        self.init(place: .offset(offset), message: message)
    }

    package init(path: String, message: String) {
        self.init(place: .path(path), message: message)
    }

    /// Set when the bytes are no acceptable JSON.
    package var offset: Int? {
        guard case .offset(let offset) = place else { return nil }
        return offset
    }

    /// Set when the JSON does not fit the type (or the value cannot be written as JSON).
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
