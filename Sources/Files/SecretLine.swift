/// A file that has a secret in one line, and nothing else.
package enum SecretLine {
    /// The secret without the line break that editors add. Throws for a file that others can write,
    /// and for one that has no line or several.
    package static func read(_ file: String) throws(FileError) -> String {
        if let refusal = SecretFileAccess.refusal(file) { throw refusal }
        var text = try TextFile.text(file)
        // A line feed after a carriage return is one character.
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        let isLine = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 }
        guard isLine else {
            throw FileError(path: file, reason: "must contain one line with only the secret")
        }
        return text
    }
}
