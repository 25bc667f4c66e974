/// The way from the root to a value, as `$.graphs[3].status`.
///
/// A linked list: going down costs one allocation and the text is built only for an error.
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
    /// A name that is no plain word stands quoted in brackets, as in RFC 9535.
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

/// A place in an array or a name in an object, for the containers of Codable.
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
