import JSON
import Time

/// A JSON object of a service, read leniently: API reference, examples and SDKs disagree about
/// names, and about whether numbers and booleans are strings. A member is looked up under all its
/// names, v2 names first. A null, blank or mistyped member counts as absent.
struct WireObject {
    private let members: [String: JSONValue]

    /// Returns nil if the value is not an object. Of duplicate members the first counts.
    init?(_ value: JSONValue?) {
        guard let members = value?.objectValue else { return nil }
        self.members = Dictionary(
            members.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func contains(_ name: String) -> Bool { members[name] != nil }

    func text(_ names: String...) -> String? { first(names, WireScalar.text) }

    func bool(_ names: String...) -> Bool? { first(names, WireScalar.bool) }

    func integer(_ names: String...) -> Int64? { first(names, WireScalar.integer) }

    func double(_ names: String...) -> Double? { first(names, WireScalar.double) }

    func time(_ names: String...) -> Timestamp? {
        first(names) { WireScalar.text($0).flatMap(Timestamp.init(serviceTimestamp:)) }
    }

    func array(_ names: String...) -> [JSONValue]? { first(names, \.arrayValue) }

    func object(_ names: String...) -> WireObject? { first(names) { WireObject($0) } }

    /// An object, or text with the JSON of one.
    func embeddedObject(_ name: String) -> WireObject? {
        first([name]) { WireObject(Self.unpacked($0)) }
    }

    /// A list, or text with the JSON of one.
    func embeddedArray(_ name: String) -> [JSONValue]? {
        first([name]) { Self.unpacked($0)?.arrayValue }
    }

    private static func unpacked(_ value: JSONValue) -> JSONValue? {
        guard let text = value.stringValue else { return value }
        return try? JSONValue.parse(Array(text.utf8))
    }

    private func first<T>(_ names: [String], _ read: (JSONValue) -> T?) -> T? {
        for name in names {
            if let value = members[name], let found = read(value) { return found }
        }
        return nil
    }
}

/// Converts scalars from whichever JSON type the service sent.
enum WireScalar {
    /// Never blank. Numbers and booleans are converted to text.
    static func text(_ value: JSONValue) -> String? {
        let text =
            switch value {
            case .string(let text): text.trimmingWhitespace()
            case .bool(let bool): bool ? "true" : "false"
            case .double(let double): value.integerValue.map(String.init) ?? String(double)
            case .integer(let integer): String(integer)
            case .unsigned(let integer): String(integer)
            case .null, .array, .object: ""
            }
        return text.isEmpty ? nil : text
    }

    static func bool(_ value: JSONValue) -> Bool? {
        switch text(value)?.lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    static func integer(_ value: JSONValue) -> Int64? {
        value.integerValue ?? text(value).flatMap { Int64($0) }
    }

    /// A finite number. A trailing percent sign is ignored.
    static func double(_ value: JSONValue) -> Double? {
        guard var text = text(value) else { return nil }
        if text.hasSuffix("%") { text.removeLast() }
        return Double(text.trimmingWhitespace()).flatMap { $0.isFinite ? $0 : nil }
    }
}
