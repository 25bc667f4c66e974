import Listener

/// The fields of a `multipart/form-data` body (RFC 7578). Parts with a file name are files and no
/// fields, as in Go.
struct MultipartForm {
    /// Why a body cannot be read.
    struct Failure: Error {
        let text: String
    }

    private(set) var fields: [ServerRequest.QueryItem] = []

    private static let maximumParts = 1_000
    /// RFC 2046, section 5.1.1.
    private static let maximumBoundaryBytes = 70

    /// nil if the content type is another one.
    init?(_ body: [UInt8], contentType: String) throws(Failure) {
        let parameters = HeaderParameters(contentType)
        guard parameters.value == "multipart/form-data" else { return nil }
        let boundary = Array((parameters["boundary"] ?? "").utf8)
        guard (1...Self.maximumBoundaryBytes).contains(boundary.count) else {
            throw Failure(text: "no multipart boundary param in Content-Type")
        }
        let delimiter = Array("\r\n--".utf8) + boundary
        // The first delimiter may stand at the very start.
        var rest = (Array("\r\n".utf8) + body)[...]
        guard let start = Self.range(of: delimiter, in: rest) else {
            throw Failure(text: "multipart: NextPart: EOF")
        }
        rest = rest[start.upperBound...]
        for _ in 0..<Self.maximumParts {
            if rest.starts(with: "--".utf8) { return }
            guard let line = Self.range(of: Array("\r\n".utf8), in: rest),
                rest[..<line.lowerBound].allSatisfy({ $0 == 0x20 || $0 == 0x09 }),
                let end = Self.range(of: delimiter, in: rest)
            else { throw Failure(text: "multipart: NextPart: EOF") }
            // The line break belongs to the headers: a part may have none.
            try add(rest[line.lowerBound..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        throw Failure(text: "multipart: more than \(Self.maximumParts) parts")
    }

    private mutating func add(_ part: ArraySlice<UInt8>) throws(Failure) {
        guard let end = Self.range(of: Array("\r\n\r\n".utf8), in: part) else {
            throw Failure(text: "multipart: a part without an empty line after its headers")
        }
        let lines = String(decoding: part[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        let name = "content-disposition:"
        guard let line = lines.first(where: { $0.lowercased().hasPrefix(name) }) else { return }
        let disposition = HeaderParameters(String(line.dropFirst(name.count)))
        guard disposition.value == "form-data", disposition["filename"] == nil,
            let field = disposition["name"], !field.isEmpty
        else { return }
        let value = String(decoding: part[end.upperBound...], as: UTF8.self)
        fields.append(ServerRequest.QueryItem(name: field, value: value))
    }

    private static func range(
        of pattern: [UInt8],
        in bytes: ArraySlice<UInt8>
    ) -> Range<Int>? {
        var start = bytes.startIndex
        while let found = bytes[start...].firstIndex(of: pattern[0]) {
            if bytes[found...].starts(with: pattern) { return found..<found + pattern.count }
            start = found + 1
        }
        return nil
    }
}

/// A header value with parameters: `form-data; name="query"`.
struct HeaderParameters {
    /// The part before the first semicolon, in lower case.
    let value: String
    private var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = Substring(text)
        value = Self.trimmed(rest.prefix { $0 != ";" }).lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.popFirst() != nil {
            let name = Self.trimmed(rest.prefix { $0 != "=" && $0 != ";" }).lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            let value = Self.value(&rest)
            if parameters[name] == nil { parameters[name] = value }
            rest = rest.drop { $0 != ";" }
        }
    }

    subscript(name: String) -> String? { parameters[name] }

    /// A token or a quoted string.
    private static func value(_ rest: inout Substring) -> String {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard rest.first == "\"" else {
            defer { rest = rest.drop { $0 != ";" } }
            return String(trimmed(rest.prefix { $0 != ";" }))
        }
        rest.removeFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { start[...$0] } ?? ""
    }
}
