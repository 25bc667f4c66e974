/// Documents that are laid over others, such as a part of a configuration over its defaults.
extension YAMLNode {
    /// This node with `other` laid over it: mappings are merged key by key, everything else is
    /// replaced. Every value keeps its place in its own file.
    package func overlaid(with other: YAMLNode) -> YAMLNode {
        guard case .mapping(let mine) = content, case .mapping(let theirs) = other.content else {
            return other
        }
        var merged = mine
        for entry in theirs {
            guard let index = merged.firstIndex(where: { $0.key == entry.key }) else {
                merged.append(entry)
                continue
            }
            merged[index] = Entry(
                key: entry.key,
                keyMark: entry.keyMark,
                value: merged[index].value.overlaid(with: entry.value)
            )
        }
        return YAMLNode(content: .mapping(merged), mark: mark)
    }
}

/// Parts of a document as written.
extension YAMLNode {
    package static let empty = YAMLNode(content: .mapping([]), mark: .start)

    /// The value of a key; nil if this is not a mapping or has no such key.
    package subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The mapping without the keys that are not kept.
    package func keeping(_ isKept: (String) -> Bool) -> YAMLNode {
        guard case .mapping(let entries) = content else { return self }
        return YAMLNode(content: .mapping(entries.filter { isKept($0.key) }), mark: mark)
    }

    /// The mapping with the value of a key changed, if there is one.
    package func changing(_ key: String, _ change: (YAMLNode) -> YAMLNode) -> YAMLNode {
        guard case .mapping(let entries) = content else { return self }
        let changed = entries.map { entry in
            entry.key == key
                ? Entry(key: key, keyMark: entry.keyMark, value: change(entry.value)) : entry
        }
        return YAMLNode(content: .mapping(changed), mark: mark)
    }
}

extension YAMLType where Value == YAMLNode {
    /// Anything as written.
    package static var anyNode: YAMLType {
        YAMLType(name: "a value", placeholder: .empty) {
            node,
            _ in node
        }
    }

    /// A mapping as written, to be read as a document of its own.
    package static var node: YAMLType {
        YAMLType(name: "a mapping", placeholder: .empty) {
            node,
            context in
            guard case .mapping = node.content else {
                context.report("expected a mapping, found \(node.kindOfStructure)", at: node.mark)
                return nil
            }
            return node
        }
    }
}
