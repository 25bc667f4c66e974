/// Hides what may be a secret in a text that people read. The configuration has only names of
/// files, but its comments may have anything, and so may a file that is not valid.
package enum SecretMask {
    /// What Prometheus shows instead of a secret.
    private static let mask = "<secret>"
    /// Longer lines are hidden whole.
    private static let maximumLine = 64 << 10

    package static func masked(_ text: String) -> String {
        var region = Region()
        // What was commented out goes on in the next comment.
        var commented = Region()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in
            guard line.utf8.count <= maximumLine else { return mask }
            let shape = LineShape(line)
            // Lines of a value that look like comments are part of it.
            if shape.isComment, !region.hides(shape) {
                return masked(line, LineShape(commented: line), &commented)
            }
            if !shape.isBlank { commented = Region() }
            return masked(line, shape, &region)
        }
        .joined(separator: "\n")
    }

    private static func masked(
        _ line: Substring,
        _ shape: LineShape,
        _ region: inout Region
    ) -> String {
        region.leave(shape)
        if shape.isBlank { return String(line) }
        if region.hides(shape) { return shape.indentation + mask }
        let keys = SecretKeys(in: line)
        if let value = keys.value {
            region.value = value.column
            return maskedUsers(in: line[..<value.start]) + mask
        }
        // The keys of a mapping below a key tell what is in it.
        if region.key == nil { region.key = keys.openColumn }
        return maskedUsers(in: line)
    }

    /// The user and password of a URL.
    private static func maskedUsers(in line: Substring) -> String {
        line.contains("://")
            ? String(line.replacing(/:\/\/[^\s\/"'@]*@/) { _ in "://\(mask)@" }) : String(line)
    }
}

/// What the lines above say of the next ones.
private struct Region {
    /// The column of a key whose value has begun and goes on in deeper lines; nil outside of one.
    var value: Int?
    /// The column of a key whose value begins in a later line; nil outside of one.
    var key: Int?

    mutating func leave(_ line: LineShape) {
        guard !line.isBlank else { return }
        if let value, line.column <= value { self.value = nil }
        // The items of a list may stand below their key without being deeper.
        if let key, line.column < key || (line.column == key && !line.isItem) { self.key = nil }
    }

    func hides(_ line: LineShape) -> Bool {
        if let value, line.column > value { return true }
        return key != nil && !line.isMapping && !line.isComment
    }
}

/// What a line of YAML looks like by itself.
private struct LineShape {
    /// With the dashes of list items.
    let indentation: String
    /// Of the first character that is no space.
    let column: Int
    let isItem: Bool
    private(set) var isComment = false
    /// Whether it has a key, or only brackets.
    let isMapping: Bool
    let isBlank: Bool

    init(_ line: Substring) {
        self.init(line, line.drop { $0 == " " || $0 == "\t" })
        isComment = line[line.utf8.index(line.startIndex, offsetBy: column)...].hasPrefix("#")
    }

    /// The shape of what stands behind the `#`.
    init(commented line: Substring) {
        let hash = line.firstIndex(of: "#") ?? line.startIndex
        self.init(line, line[hash...].drop { "# \t".contains($0) })
    }

    private init(_ line: Substring, _ content: Substring) {
        var rest = content
        column = line.utf8.count - rest.utf8.count
        isItem = rest == "-" || rest.hasPrefix("- ")
        while rest == "-" || rest.hasPrefix("- ") {
            rest = rest.dropFirst().drop { $0 == " " }
        }
        indentation = String(line[..<rest.startIndex])
        isBlank = rest.allSatisfy { $0 == " " || $0 == "\t" || $0 == "\r" }
        isMapping =
            rest.hasPrefix("{") || Self.hasKey(rest) || rest.allSatisfy { "{}[], ".contains($0) }
    }

    /// A colon that ends a key is followed by a space or by nothing, and stands in no quotes.
    private static func hasKey(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: quote) else { return false }
            rest = rest[rest.index(after: end)...].drop { $0 == UInt8(ascii: " ") }
            guard rest.first == UInt8(ascii: ":") else { return false }
        }
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            rest = rest[rest.index(after: colon)...]
            if rest.first.map({ " \t\r".utf8.contains($0) }) ?? true { return true }
        }
        return false
    }
}

/// The keys in a line that name a secret. Every byte is read a fixed number of times.
private struct SecretKeys {
    /// The first one whose value stands beside it.
    private(set) var value: (column: Int, start: String.Index)?
    /// The column of the last one whose value does not.
    private(set) var openColumn: Int?

    /// Parts of names, in lower case.
    private static let parts = [
        "password", "passwd", "passphrase", "secret", "token", "credential", "authorization",
        "private_key", "private-key", "privatekey", "access_key", "access-key", "accesskey",
    ].map { Array($0.utf8) }

    init(in line: Substring) {
        let bytes = line.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        var start = 0
        while start < bytes.count {
            guard Self.isWord(bytes[start]) else {
                start += 1
                continue
            }
            let end = bytes[start...].firstIndex { !Self.isWord($0) } ?? bytes.count
            // A key begins with its quote.
            let isQuoted = start > 0 && "\"'".utf8.contains(bytes[start - 1])
            let column = isQuoted ? start - 1 : start
            if Self.isSecret(bytes[start..<end]), let after = Self.separatorEnd(bytes, end) {
                if after == bytes.count || bytes[after] == UInt8(ascii: "#") {
                    openColumn = column
                } else if bytes[after] != UInt8(ascii: "{") {
                    value = (column, line.utf8.index(line.startIndex, offsetBy: after))
                    return
                }
            }
            start = end
        }
    }

    /// Where the value after a key would begin; nil if no `:` or `=` follows.
    private static func separatorEnd(_ bytes: [UInt8], _ end: Int) -> Int? {
        func skipSpace(_ index: Int) -> Int {
            bytes[index...].firstIndex { !" \t\r".utf8.contains($0) } ?? bytes.count
        }
        var index = end
        if index < bytes.count, "\"'".utf8.contains(bytes[index]) { index += 1 }
        index = skipSpace(index)
        guard index < bytes.count, ":=".utf8.contains(bytes[index]) else { return nil }
        return skipSpace(index + 1)
    }

    /// Whether the word has one of the parts, and no `_file` after it.
    private static func isSecret(_ word: ArraySlice<UInt8>) -> Bool {
        var end = parts.compactMap { lastEnd(of: $0, in: word) }.max()
        let pieces = word.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        if let piece = pieces.last(where: { $0.elementsEqual("sk".utf8) }) {
            end = max(end ?? 0, piece.endIndex)
        }
        guard let end else { return false }
        return lastEnd(of: Array("_file".utf8), in: word[end...]) == nil
    }

    private static func lastEnd(of part: [UInt8], in word: ArraySlice<UInt8>) -> Int? {
        guard word.count >= part.count else { return nil }
        var start = word.endIndex - part.count
        while start >= word.startIndex {
            if word[start] == part[0], word[start...].starts(with: part) {
                return start + part.count
            }
            start -= 1
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
            true
        default: false
        }
    }
}
