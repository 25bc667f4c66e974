/// The path from the root to a value, written as `$.graphs[3].status`.
///
/// A linked list, because a path is extended for every decoded value but printed only in errors:
/// descending costs one allocation and no text.
indirect enum JSONPath {
    case root
    case member(parent: JSONPath, name: String)
    case element(parent: JSONPath, index: Int)

    init(_ keys: [any CodingKey]) {
        self = keys.reduce(.root) { $0.appending($1) }
    }

    func member(_ name: String) -> JSONPath { .member(parent: self, name: name) }
    func element(_ index: Int) -> JSONPath { .element(parent: self, index: index) }

    func appending(_ key: any CodingKey) -> JSONPath {
        if let index = key.intValue { element(index) } else { member(key.stringValue) }
    }

    func error(_ message: String) -> JSONError {
        JSONError(path: description, message: message)
    }

    var codingPath: [any CodingKey] {
        switch self {
        case .root: []
        case .member(let parent, let name): parent.codingPath + [JSONKey(name)]
        case .element(let parent, let index): parent.codingPath + [JSONKey(index)]
        }
    }
}

extension JSONPath: CustomStringConvertible {
    /// A name that is not a plain word is quoted in brackets, as in RFC 9535.
    var description: String {
        switch self {
        case .root: "$"
        case .element(let parent, let index): "\(parent)[\(index)]"
        case .member(let parent, let name): "\(parent)\(Self.step(name))"
        }
    }

    private static func step(_ name: String) -> String {
        let isWord =
            !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0 == "_" || ("a"..."z").contains($0) || ("A"..."Z").contains($0)
                    || ("0"..."9").contains($0)
            }
        return isWord ? ".\(name)" : "[\(name.debugDescription)]"
    }
}

/// An array index or a member name, as Codable containers need it.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(_ index: Int) {
        stringValue = String(index)
        intValue = index
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(intValue) }
}
