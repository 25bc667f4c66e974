import CYAML

/// One event of libyaml's parser.
struct YAMLEvent {
    enum Kind {
        case streamStart
        /// `isImplicit` is false where the text has a `---`.
        case documentStart(isImplicit: Bool)
        case documentEnd
        case streamEnd
        case alias
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    let kind: Kind
    /// The name of the anchor, or the one that an alias refers to.
    let anchor: String?
    /// The full tag, such as `tag:yaml.org,2002:str`; nil if there is none.
    let tag: String?
    let mark: YAMLMark
}

/// Text that is not YAML.
struct YAMLSyntaxError: Error {
    let message: String
    let mark: YAMLMark
}

/// The events of a text, from libyaml.
@safe
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml reads the text while it parses.
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(from: bytes)
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        // Fails only for lack of memory; then the first event fails too.
        _ = unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    mutating func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxError }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe Self.event(event)
    }

    private static func event(_ event: yaml_event_t) -> YAMLEvent {
        var anchor: UnsafeMutablePointer<yaml_char_t>?
        var tag: UnsafeMutablePointer<yaml_char_t>?
        let kind: YAMLEvent.Kind
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT:
            kind = .documentStart(isImplicit: unsafe event.data.document_start.implicit != 0)
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_ALIAS_EVENT:
            unsafe anchor = event.data.alias.anchor
            kind = .alias
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            unsafe (anchor, tag) = (scalar.anchor, scalar.tag)
            kind = .scalar(
                unsafe String(
                    decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                    as: UTF8.self
                ),
                isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            )
        case YAML_SEQUENCE_START_EVENT:
            unsafe (anchor, tag) = (event.data.sequence_start.anchor, event.data.sequence_start.tag)
            kind = .sequenceStart
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            unsafe (anchor, tag) = (event.data.mapping_start.anchor, event.data.mapping_start.tag)
            kind = .mappingStart
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: kind = .streamStart
        }
        return YAMLEvent(
            kind: kind,
            anchor: unsafe anchor.map { unsafe String(cString: $0) },
            tag: unsafe tag.map { unsafe String(cString: $0) },
            mark: YAMLMark(unsafe event.start_mark)
        )
    }

    private var syntaxError: YAMLSyntaxError {
        guard let problem = unsafe parser.pointee.problem else {
            return YAMLSyntaxError(message: "out of memory", mark: .start)
        }
        var message = unsafe String(cString: problem)
        if let context = unsafe parser.pointee.context {
            let mark = YAMLMark(unsafe parser.pointee.context_mark)
            message += unsafe " \(String(cString: context))"
            message += " (line \(mark.line), column \(mark.column))"
        }
        return YAMLSyntaxError(
            message: message,
            mark: YAMLMark(unsafe parser.pointee.problem_mark)
        )
    }
}

extension YAMLMark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
