/// One node of a document as written: text, list or mapping, and where it starts.
///
/// Scalars remain text. What `no`, `1:30` or `0o14` means is decided by the type that the reader
/// declares (`YAMLType`), never by YAML's resolution rules.
package struct YAMLNode: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// `isPlain` is false for what is text and nothing else: quoted and block scalars, and
        /// those tagged `!!str` or `!!binary`.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the order of the file, merged entries last. Keys are unique.
        case mapping([Entry])
    }

    package struct Entry: Hashable, Sendable {
        package let key: String
        package let keyMark: YAMLMark
        package let value: YAMLNode
    }

    package let content: Content
    package let mark: YAMLMark

    /// Whether the value is missing (`key:`) or written as `~` or `null`. All read as an absent
    /// key.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return YAMLScalarKind.isNull(text)
    }

    /// Describes the node in messages such as "expected a list, found ...".
    var kind: String {
        switch content {
        case .scalar where isNull: "nothing"
        case .scalar(let text, _): quoted(text)
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Like `kind`, where a list or a mapping is expected. Does not quote a scalar: it may be a
    /// secret written in place of the section that names its file.
    var kindOfStructure: String {
        if case .scalar = content, !isNull { "text" } else { kind }
    }
}

/// Text in double quotes for a message, escaped and truncated so that the message stays on one
/// line.
func quoted(_ text: String) -> String {
    let limit = 80
    var result = "\""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        guard index < limit else { return result + "...\"" }
        result += scalar.escaped(asASCII: false)
    }
    return result + "\""
}
