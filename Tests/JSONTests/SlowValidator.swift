import JSON

/// The language of `JSONValue.parse`, parsed in a slow and obvious way: recursive descent over RFC
/// 8259, one function per rule. nil means refused.
struct SlowValidator {
    private var rest: ArraySlice<UInt8>
    private let maximumDepth: Int

    static func read(_ bytes: [UInt8], maximumDepth: Int = 32) -> JSONValue? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var validator = SlowValidator(rest: bytes[...], maximumDepth: maximumDepth)
        validator.skipSpace()
        guard let value = validator.value(depth: 0) else { return nil }
        validator.skipSpace()
        return validator.rest.isEmpty ? value : nil
    }

    private mutating func skipSpace() {
        rest = rest.drop { " \n\r\t".utf8.contains($0) }
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    private mutating func value(depth: Int) -> JSONValue? {
        if take("null") { return .null }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        switch rest.first {
        case UInt8(ascii: "\""): return string().map(JSONValue.string)
        case UInt8(ascii: "["): return depth < maximumDepth ? array(depth: depth + 1) : nil
        case UInt8(ascii: "{"): return depth < maximumDepth ? object(depth: depth + 1) : nil
        default: return number()
        }
    }

    private mutating func array(depth: Int) -> JSONValue? {
        guard take("[") else { return nil }
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            skipSpace()
            guard let element = value(depth: depth) else { return nil }
            elements.append(element)
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func object(depth: Int) -> JSONValue? {
        guard take("{") else { return nil }
        var members: [JSONMember] = []
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            skipSpace()
            guard let name = string(), !name.utf8.contains(0) else { return nil }
            guard !members.contains(where: { Array($0.name.utf8) == Array(name.utf8) }) else {
                return nil
            }
            skipSpace()
            guard take(":") else { return nil }
            skipSpace()
            guard let value = value(depth: depth) else { return nil }
            members.append(JSONMember(name, value))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func number() -> JSONValue? {
        let start = rest
        _ = take("-")
        let whole = digits()
        guard !whole.isEmpty, whole == "0" || !whole.hasPrefix("0") else { return nil }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard !digits().isEmpty else { return nil }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard !digits().isEmpty else { return nil }
        }
        let text = String(decoding: start.dropLast(rest.count), as: UTF8.self)
        guard text.utf8.count <= 1024 || isInteger && text.utf8.count <= 18 else { return nil }
        if isInteger {
            if let value = Int64(text) { return .integer(value) }
            return UInt64(text).map(JSONValue.unsigned)
        }
        guard let value = Double(text), value.isFinite else { return nil }
        return .double(value)
    }

    private mutating func digits() -> String {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        return String(decoding: digits, as: UTF8.self)
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var units: [UInt16] = []
        while let byte = rest.first {
            if take("\"") { return String(decoding: units, as: UTF16.self) }
            guard byte >= 0x20 else { return nil }
            if take("\\") {
                guard let unit = escape() else { return nil }
                units.append(unit)
            } else {
                let scalar = String(decoding: rest.prefix(4), as: UTF8.self).unicodeScalars.first
                guard let scalar else { return nil }
                units += Array(String(scalar).utf16)
                rest = rest.dropFirst(String(scalar).utf8.count)
            }
        }
        return nil
    }

    private mutating func escape() -> UInt16? {
        let plain: [(String, UInt16)] = [
            ("\"", 0x22), ("\\", 0x5C), ("/", 0x2F), ("b", 8), ("f", 12), ("n", 10), ("r", 13),
            ("t", 9),
        ]
        for (letter, unit) in plain where take(letter) { return unit }
        guard take("u") else { return nil }
        let text = String(decoding: rest.prefix(4), as: UTF8.self)
        guard text.utf8.count == 4, text.allSatisfy(\.isHexDigit), text.allSatisfy(\.isASCII) else {
            return nil
        }
        rest = rest.dropFirst(4)
        return UInt16(text, radix: 16)
    }
}
