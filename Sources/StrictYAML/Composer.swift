/// Composes nodes from the events of a text. Aliases and merge keys are resolved here, with a limit
/// on what they add, because a few lines of aliases can stand for any number of nodes.
struct Composer: ~Copyable {
    private var events: YAMLEvents
    private let limits: YAMLDocument.Limits
    private let issues: YAMLIssueList
    /// Anchors by name; nil while the node that carries the anchor is being composed.
    private var anchors: [String: Composed?] = [:]
    /// What aliases have added so far.
    private var aliased = Size()
    /// What has been composed so far, including what aliases have added.
    private var composed = Size()

    private struct Size {
        var nodes = 0
        /// Of scalars and keys.
        var bytes = 0

        static func + (left: Size, right: Size) -> Size {
            Size(nodes: left.nodes + right.nodes, bytes: left.bytes + right.bytes)
        }

        static func - (left: Size, right: Size) -> Size {
            Size(nodes: left.nodes - right.nodes, bytes: left.bytes - right.bytes)
        }
    }

    private struct Composed {
        var node: YAMLNode
        /// The levels of collections, this one included; 0 for a scalar.
        var height: Int
        var size = Size()
    }

    init(_ text: YAMLText, limits: YAMLDocument.Limits, issues: YAMLIssueList) {
        events = YAMLEvents(text.text)
        self.limits = limits
        self.issues = issues
    }

    /// - Returns: the root of the first document; nil for an empty text or after reporting an
    ///   issue.
    mutating func compose(_ dialect: YAMLDocument.Dialect) -> YAMLNode? {
        do throws(YAMLSyntaxError) {
            _ = try events.next()
            guard case .documentStart = try events.next().kind else { return nil }
            let root = try node(try events.next(), depth: 0).node
            _ = try events.next()
            if dialect == .strict { try reportSecondDocument() }
            return root
        } catch {
            issues.report(error.message, at: error.mark)
            return nil
        }
    }

    /// A `---` or `...` at the end is no second document.
    private mutating func reportSecondDocument() throws(YAMLSyntaxError) {
        while true {
            let start = try events.next()
            guard case .documentStart = start.kind else { return }
            let root = try events.next()
            guard case .scalar("", isPlain: true) = root.kind, root.anchor == nil, root.tag == nil
            else {
                throw YAMLSyntaxError(
                    message: "a second document starts here; a file must contain one document",
                    mark: start.mark
                )
            }
            _ = try events.next()
        }
    }

    // MARK: Nodes

    private mutating func node(
        _ event: YAMLEvent,
        depth: Int
    ) throws(YAMLSyntaxError) -> Composed {
        guard depth < limits.maximumDepth else { throw tooDeep(event.mark) }
        if case .alias = event.kind { return try resolve(event, depth: depth) }
        let before = composed
        if let anchor = event.anchor { anchors[anchor] = .some(nil) }
        var result = try content(event, depth: depth)
        result.size = composed - before
        if let anchor = event.anchor { anchors[anchor] = result }
        return result
    }

    private mutating func content(
        _ event: YAMLEvent,
        depth: Int
    ) throws(YAMLSyntaxError) -> Composed {
        composed.nodes += 1
        switch event.kind {
        case .sequenceStart:
            return try sequence(event.mark, depth: depth)
        case .mappingStart:
            return try mapping(event.mark, depth: depth)
        case .scalar(let text, let isPlain):
            composed.bytes += text.utf8.count
            return Composed(
                node: YAMLNode(
                    content: scalar(text, isPlain: isPlain, event),
                    mark: event.mark
                ),
                height: 0
            )
        case .streamStart, .documentStart, .documentEnd, .streamEnd, .alias, .sequenceEnd,
            .mappingEnd:
            throw YAMLSyntaxError(message: "not YAML", mark: event.mark)
        }
    }

    private func scalar(_ text: String, isPlain: Bool, _ event: YAMLEvent) -> YAMLNode.Content {
        guard let tag = YAMLTag(event.tag) else { return .scalar(text, isPlain: isPlain) }
        do throws(YAMLProblem) {
            return try tag.content(of: text, isPlain: isPlain)
        } catch {
            issues.report(error.message, at: event.mark)
            return .scalar(text, isPlain: isPlain)
        }
    }

    private mutating func sequence(
        _ mark: YAMLMark,
        depth: Int
    ) throws(YAMLSyntaxError) -> Composed {
        var items: [YAMLNode] = []
        var height = 0
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let item = try node(event, depth: depth + 1)
            items.append(item.node)
            height = max(height, item.height)
        }
        return Composed(node: YAMLNode(content: .sequence(items), mark: mark), height: height + 1)
    }

    private mutating func mapping(
        _ mark: YAMLMark,
        depth: Int
    ) throws(YAMLSyntaxError) -> Composed {
        var entries = MappingEntries(issues)
        var height = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try node(event, depth: depth + 1).node
            let value = try node(try events.next(), depth: depth + 1)
            height = max(height, value.height)
            entries.add(key: key, at: event.mark, tag: event.tag, value: value.node)
        }
        return Composed(
            node: YAMLNode(content: .mapping(entries.merged), mark: mark),
            height: height + 1
        )
    }

    // MARK: Aliases

    private mutating func resolve(
        _ event: YAMLEvent,
        depth: Int
    ) throws(YAMLSyntaxError) -> Composed {
        let name = event.anchor ?? ""
        guard let known = anchors[name] else {
            throw YAMLSyntaxError(message: "unknown anchor \(quoted(name))", mark: event.mark)
        }
        guard let target = known else {
            throw YAMLSyntaxError(
                message: "the value of anchor \(quoted(name)) contains itself",
                mark: event.mark
            )
        }
        guard depth + target.height < limits.maximumDepth else { throw tooDeep(event.mark) }
        aliased = aliased + target.size
        composed = composed + target.size
        guard aliased.nodes <= limits.maximumAliasedNodes, aliased.bytes <= limits.maximumBytes
        else {
            throw YAMLSyntaxError(
                message: "aliases expand the document by more than \(limits.maximumAliasedNodes)"
                    + " values or \(limits.maximumBytes) bytes; write out what is needed",
                mark: event.mark
            )
        }
        return target
    }

    private func tooDeep(_ mark: YAMLMark) -> YAMLSyntaxError {
        YAMLSyntaxError(
            message: "nested deeper than \(limits.maximumDepth) levels",
            mark: mark
        )
    }
}
